"""Typed dataclass: sends dataclasses to 03_typed_dataclass, which knows them as a struct, and gets
dataclasses back.

    python3 03_typed_dataclass.py [PORT]
"""
import sys
from dataclasses import dataclass, field
from multiprocessing.connection import Client
from typing import List, Optional


@dataclass
class Reading:
    sensor: str
    value: float
    history: List[float] = field(default_factory=list)
    note: Optional[str] = None


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Client(("localhost", port), authkey=b"Hello World!") as connection:
    for reading in [Reading("oven", 180.0, [176.0, 184.0]),
                    Reading("cellar", 12.5),
                    Reading("attic", "hot"),  # not a float: C++ says so, and goes on
                    {"value": 21, "sensor": "hall", "history": []}]:  # a dict will do as well
        connection.send(reading)
        print(connection.recv())

"""Values: sends one object of each kind to 02_values and prints what it makes of them.

    python3 02_values.py [PORT]
"""
import sys
from multiprocessing.connection import Client


class Book:
    def __init__(self, title, author):
        self.title = title
        self.author = author


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
values = [100, 2 ** 100, "Gr\u00fc\u00dfe", b"\x00\xff", (1, 2.5), (1, "two"), {"a": 1, None: 2},
          Book("Emma", "Austen"), {1, 2}, [None, True, ...]]

with Client(("localhost", port), authkey=b"Hello World!") as connection:
    for value in values:
        connection.send(value)
        print(connection.recv())

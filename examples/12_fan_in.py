"""Fan-in: a worker that sends a thousand readings to 12_fan_in.

    python3 12_fan_in.py [PORT [SENSOR]]
"""
import sys
from multiprocessing.connection import Client

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
sensor = sys.argv[2] if len(sys.argv) > 2 else "roof"

with Client(("localhost", port), authkey=b"Hello World!") as connection:
    for number in range(1000):
        connection.send({"sensor": sensor, "value": number % 10})
print("sent")

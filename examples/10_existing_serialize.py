"""Existing serialize: gets a C++ object of 10_existing_serialize as a dict, and answers with dicts
that become such objects.

    python3 10_existing_serialize.py [PORT]
"""
import sys
from multiprocessing.connection import Listener

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Listener(("localhost", port), authkey=b"Hello World!") as listener:
    print("listening on localhost:%d" % listener.address[1], flush=True)
    with listener.accept() as connection:
        timetable = connection.recv()
        print(timetable)
        timetable["departures"]["Airport"] = [20, 50, 55]
        connection.send(timetable)
        connection.send({"departures": {"Depot": []}})  # as version 0 of the class had it
        archive = connection.recv()
        print("an archive of Boost's:", type(archive).__name__)
        connection.send(archive)

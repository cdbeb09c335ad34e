"""Hello: answers the C++ program 01_hello, once, with its own message reversed.

    python3 01_hello.py [PORT]
"""
import sys
from multiprocessing.connection import Listener

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Listener(("localhost", port), authkey=b"Hello World!") as listener:
    print("listening on localhost:%d" % listener.address[1], flush=True)
    with listener.accept() as connection:
        message = connection.recv()
        print("received", message)
        connection.send(message[::-1])

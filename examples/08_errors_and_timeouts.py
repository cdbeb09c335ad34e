"""Errors and timeouts: a listener that misbehaves as its client asks, and outlives bad clients.

    python3 08_errors_and_timeouts.py [PORT]
"""
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener


def serve(connection):
    """False when the client has asked for the end."""
    while True:
        wish = connection.recv()
        if wish == "be slow":
            connection.recv()
            connection.send("the slow answer")
        elif wish == "send text":
            connection.send("text")
        elif wish == "send bytes":
            connection.send_bytes(b"these are no pickle")
        elif wish == "send much":
            connection.send("much " * 1000)
        else:
            return False


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

with Listener(("localhost", port), backlog=16, authkey=b"Hello World!") as listener:
    print("listening on localhost:%d" % listener.address[1], flush=True)
    serving = True
    while serving:
        try:
            with listener.accept() as connection:
                serving = serve(connection)
        except AuthenticationError:
            print("a client has another key")
        except (EOFError, OSError):
            print("a client left")

"""at_port.py PROGRAM PORT: runs a program that has port 8888 written into it at another port.

The program's text stays as it is: only what Listener and Client are given changes on the way. A
Listener says `listening on PORT` once it does.
"""
import runpy
import sys
from multiprocessing import connection

from common import say

FIXED = 8888


def moved(address, port):
    return (address[0], port) if address[1] == FIXED else address


def main():
    program, port = sys.argv[1], int(sys.argv[2])
    listener, client = connection.Listener, connection.Client

    def listen(address, *rest, **named):
        bound = listener(moved(address, port), *rest, **named)
        say("listening on %d" % bound.address[1])
        return bound

    connection.Listener = listen
    connection.Client = lambda address, *rest, **named: client(moved(address, port), *rest, **named)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()

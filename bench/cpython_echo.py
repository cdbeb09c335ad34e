"""An echo of many clients with CPython: one thread, a selector, a Connection for each client.

usage: cpython_echo.py HOST:PORT
"""
import selectors
import sys
from multiprocessing.connection import Connection, Listener


def main():
    host, _, port = sys.argv[1].rpartition(":")
    listener = Listener((host, int(port)), backlog=4096)
    print("%s:%d" % listener.address, flush=True)
    socket = listener._listener._socket
    with selectors.DefaultSelector() as selector:
        selector.register(socket, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is socket:
                    connection = Connection(socket.accept()[0].detach())
                    selector.register(connection, selectors.EVENT_READ)
                    continue
                connection = key.fileobj
                try:
                    connection.send_bytes(connection.recv_bytes())
                except (EOFError, OSError):
                    selector.unregister(connection)
                    connection.close()


main()

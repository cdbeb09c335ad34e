"""Chat hub: a guest of 07_chat_hub: sends its lines, and prints everybody else's.

    python3 07_chat_hub.py [PORT [NAME [GUESTS]]]   with a number, greets and leaves when it has
                                                    heard from so many others
"""
import sys
import threading
from multiprocessing.connection import Client

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
NAME = sys.argv[2] if len(sys.argv) > 2 else "Python"


def meet(hub, guests):
    met = set()
    hub.send((NAME, "hello"))
    while len(met) < guests:
        name, _ = hub.recv()
        if name not in met:
            met.add(name)
            hub.send((NAME, "hello"))
    for name in sorted(met):
        print(NAME, "met", name)
    leave(hub)


def leave(hub):
    """Says good-bye and waits until the hub has closed: what was sent before has then arrived."""
    hub.send(None)
    try:
        while True:
            hub.recv()
    except EOFError:
        pass


def print_messages(hub):
    try:
        while True:
            print("%s: %r" % hub.recv(), flush=True)
    except (EOFError, OSError):
        pass


with Client(("localhost", PORT), authkey=b"Hello World!") as hub:
    if len(sys.argv) > 3:
        meet(hub, int(sys.argv[3]))
    else:
        threading.Thread(target=print_messages, args=(hub,), daemon=True).start()
        for line in sys.stdin:
            hub.send((NAME, line.rstrip("\n")))

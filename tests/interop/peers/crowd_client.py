"""crowd_client.py ADDRESS KEY COUNT: COUNT clients at once.

Connects them all, says `ready`, waits for a line, then sends a message of its own through each of
them, reads all the replies, and says `done`.
"""
import os
import sys

from common import open_client, parse_key, say


def main():
    address, key, count = sys.argv[1], parse_key(sys.argv[2]), int(sys.argv[3])
    clients = [open_client(address, key) for _ in range(count)]
    say("ready")
    sys.stdin.readline()
    for number, client in enumerate(clients):
        client.send((os.getpid(), number, [u"text"] * number))
    for number, client in enumerate(clients):
        assert client.recv() == (os.getpid(), number, [u"text"] * number), number
    say("done")


if __name__ == "__main__":
    main()

"""huge_client.py ADDRESS KEY SIZE: sends so many bytes as one message to `parley echo --raw`, and
says `the same` if they come back. Most of them are zeros that take no memory here."""
import mmap
import sys

from common import open_client, parse_key, say

MARK = b"mark"


def main():
    size = int(sys.argv[3])
    client = open_client(sys.argv[1], parse_key(sys.argv[2]))
    message = mmap.mmap(-1, size)
    for place in (0, 2 ** 31 - 2, size - len(MARK)):
        message[place:place + len(MARK)] = MARK
    client.send_bytes(message)
    message.close()
    reply = client.recv_bytes()
    good = len(reply) == size and all(
        reply[place:place + len(MARK)] == MARK for place in (0, 2 ** 31 - 2, size - len(MARK)))
    say("the same" if good and reply.count(b"\0") == size - 3 * len(MARK) else "another")
    client.send_bytes(b"next")
    assert client.recv_bytes() == b"next"


if __name__ == "__main__":
    main()

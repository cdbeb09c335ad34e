"""soak_client.py ADDRESS KEY SEED: a client that never tires of connecting, echoing and dying.

For each line on standard input, a number of seconds, it goes on for so long and then says
`sessions messages worst`: how many of each there were, and the longest that a reply to a small
message took, in seconds. Messages carry their checksum; a lost or altered one is an exception.
"""
import hashlib
import os
import random
import socket
import struct
import sys
import time

from common import open_client, parse_key, say

clock = getattr(time, "monotonic", time.time)
SMALL = 16384


class Client(object):
    def __init__(self, address, key, seed):
        self.address, self.key = address, key
        self.chance = random.Random(seed)
        self.counter = 0
        self.sessions = self.messages = 0
        self.worst = 0.0

    def message(self, size):
        self.counter += 1
        payload = os.urandom(min(size, 64)) * (size // 64 + 1)
        return (self.counter, hashlib.sha256(payload).hexdigest(), payload, {u"size": size})

    def size(self):
        return int(2 ** self.chance.uniform(0, 18))

    def exchange(self, client):
        """A few messages at once where they are small, one where it is big."""
        sizes = [self.size()]
        if sizes[0] < 256:
            sizes *= self.chance.randrange(1, 9)
        sent = [self.message(size) for size in sizes]
        began = clock()
        for message in sent:
            client.send(message)
        for message in sent:
            reply = client.recv()
            if reply != message or hashlib.sha256(reply[2]).hexdigest() != message[1]:
                raise AssertionError("message %d was altered" % message[0])
        if sizes[0] < SMALL:
            self.worst = max(self.worst, clock() - began)
        self.messages += len(sent)

    def session(self):
        self.sessions += 1
        ending = self.chance.random()
        if ending < 0.1:
            return self.intrude()
        client = open_client(self.address, self.key)
        for _ in range(self.chance.randrange(0, 50)):
            self.exchange(client)
        if ending < 0.2:
            os.write(client.fileno(), struct.pack("!i", 1000) + b"half")
        elif ending < 0.3:
            reset(client)
        elif ending < 0.4:
            client.send(self.message(self.size()))  # and is gone before the reply
        client.close()

    def intrude(self):
        try:
            open_client(self.address, b"wrong")
        except Exception as error:
            if type(error).__name__ != "AuthenticationError":
                raise
        else:
            raise AssertionError("a wrong key was accepted")

    def run(self, seconds):
        self.sessions = self.messages = 0
        self.worst = 0.0
        end = clock() + seconds
        while clock() < end:
            self.session()
        say("%d %d %f" % (self.sessions, self.messages, self.worst))


def reset(client):
    sock = socket.fromfd(client.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def main():
    client = Client(sys.argv[1], parse_key(sys.argv[2]), int(sys.argv[3]))
    for line in iter(sys.stdin.readline, ""):
        client.run(float(line))


if __name__ == "__main__":
    main()

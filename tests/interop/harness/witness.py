"""Witness: what must still be true of a server after somebody was hostile to it."""
import os
import time

from multiprocessing.connection import Connection, answer_challenge, deliver_challenge

from harness.child import until, seconds
from harness.wire import socket_to

SANITIZED = "PARLEY_TEST_SANITIZER" in os.environ
SLACK = 16 << 20  # bytes of memory that an allocator may keep


def good_client(address, key):
    """A Connection of this Python's own."""
    sock = socket_to(address)
    sock.settimeout(None)
    client = Connection(sock.detach())
    if key is not None:
        answer_challenge(client, key)
        deliver_challenge(client, key)
    return client


class Witness(object):
    def __init__(self, test, echo, key):
        self.test, self.echo, self.key = test, echo, key
        listening = echo.sockets()
        self.serve()
        # The good client's own descriptors are none of those that are there at rest.
        assert until(lambda: echo.sockets() <= listening, 20), "it keeps a client that has gone"
        self.memory = echo.resident_bytes()
        self.descriptors = self.settled()

    def serve(self):
        """A good client is served; how long that took, all in all."""
        began = time.monotonic()
        client = good_client(self.echo.address, self.key)
        client.send(["served", began])
        assert client.poll(seconds(10)), "no reply"
        reply = client.recv()
        took = time.monotonic() - began
        client.close()
        assert reply == ["served", began], reply
        return took

    def settled(self):
        """How many descriptors are open once their number stays the same for a moment."""
        counts = [-1, -2]

        def is_settled():
            counts[:] = [counts[1], self.echo.descriptors()]
            return counts[0] == counts[1]

        assert until(is_settled, 20, pause=0.2), "its descriptors come and go"
        return counts[1]

    def check_service(self):
        self.test.assertIsNone(self.echo.status, "the server is gone")
        self.test.assertLess(self.serve(), seconds(1), "served late")

    def check_rest(self):
        """Memory and descriptors are back where they were."""
        self.test.assertTrue(until(lambda: self.echo.descriptors() <= self.descriptors, 10),
                             "%d descriptors, %d before"
                             % (self.echo.descriptors(), self.descriptors))
        if not SANITIZED:
            self.test.assertTrue(
                until(lambda: self.echo.resident_bytes() <= self.memory + SLACK, 10),
                "%d bytes of memory, %d before" % (self.echo.resident_bytes(), self.memory))

    def check(self):
        self.check_service()
        self.check_rest()

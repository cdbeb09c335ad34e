"""RoundTrip(program): sends pickles through pickle_round_trip and hands back what it wrote.
EchoTrip(address, key): the same through a `parley echo`, which closes the connection on what it refuses."""
import pickletools
import struct
import subprocess
from multiprocessing.connection import Client


class Refused(Exception):
    pass


def end_of_pickle(data):
    """Where the pickle ends. CPython reads no further; parley takes nothing but a pickle."""
    at = -1
    try:
        for _, _, at in pickletools.genops(data):
            pass
    except Exception:  # it never ends
        return len(data)
    return at + 1


class RoundTrip(object):
    def __init__(self, program):
        self._child = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, pickle, protocol=0, buffers=0):
        """The pickle as parley writes it, by default in the protocol that it came in. So many buffers
        go out of band."""
        self._child.stdin.write(struct.pack(">IBB", len(pickle), protocol, buffers) + pickle)
        self._child.stdin.flush()
        size, = struct.unpack(">I", self._child.stdout.read(4))
        answer = self._child.stdout.read(size)
        if answer[:1] != b"=":
            raise Refused(answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    def close(self):
        self._child.stdin.close()
        self._child.stdout.close()
        if self._child.wait() != 0:
            raise AssertionError("pickle_round_trip ended with %d" % self._child.returncode)


class EchoTrip(object):
    def __init__(self, address, key):
        self._address, self._key = address, key.encode("ascii")
        self._connection = None

    def __call__(self, pickle, protocol=0, buffers=0):
        """The pickle as it comes back. The protocol is the server's to choose; it has no buffers."""
        assert protocol == 0 and buffers == 0
        if self._connection is None:
            self._connection = Client(self._address, authkey=self._key)
        self._connection.send_bytes(pickle)
        try:
            return self._connection.recv_bytes()
        except (EOFError, IOError):
            self.close()
            raise Refused("the connection was closed")

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

"""RoundTrip(program): sends pickles through pickle_round_trip and hands back what it wrote."""
import struct
import subprocess


class Refused(Exception):
    pass


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

"""Big transfers draw a progress bar on a terminal, and nothing elsewhere."""
import os
import pty
import socket
import struct
import subprocess

from support import SUCCESS, ToolTest, main, needs_terminal, parley, seconds, until

SIZE = 32 << 20


class Server(object):
    """Accepts one client; reads a message and sends one only as it is told to."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1)
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]

    def accept(self):
        self._client, _ = self._listener.accept()
        self._client.settimeout(seconds(20))

    def read_message(self):
        size, = struct.unpack("!i", self._read(4))
        return self._read(size)

    def _read(self, size):
        data = bytearray()
        while len(data) < size:
            part = self._client.recv(size - len(data))
            assert part, "the client hung up"
            data += part
        return bytes(data)

    def send(self, data):
        self._client.sendall(data)

    def close(self):
        self._listener.close()
        self._client.close()


class ProgressTest(ToolTest):
    def start(self, *arguments, **streams):
        child = subprocess.Popen([parley.program()] + list(arguments), env=parley.environment(TERM="xterm"),
                                 **streams)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def reader(self, terminal):
        """A function that says whether some text has been drawn by now."""
        os.set_blocking(terminal, False)
        seen = []

        def has_drawn(text):
            try:
                seen.append(os.read(terminal, 65536).decode())
            except OSError:  # nothing yet, or no more
                pass
            return text in "".join(seen)
        return has_drawn

    @needs_terminal
    def test_both_ways_are_drawn_while_they_last(self):
        server = Server()
        self.addCleanup(server.close)
        master, terminal = pty.openpty()
        self.addCleanup(os.close, master)
        path = os.path.join(self.folder, "reply")
        with open(path, "wb") as out:
            child = self.start("send", server.address, "--raw", "@" + self.file("big", bytes(SIZE)),
                               stdout=out, stderr=terminal)
        os.close(terminal)
        has_drawn = self.reader(master)
        server.accept()
        self.assertTrue(until(lambda: has_drawn("MiB of 32.0 MiB [")))
        self.assertEqual(server.read_message(), bytes(SIZE))
        server.send(struct.pack("!i", SIZE) + bytes(SIZE // 2))
        self.assertTrue(until(lambda: has_drawn("received 16.0 MiB")))
        server.send(bytes(SIZE // 2))
        self.assertEqual(child.wait(seconds(20)), SUCCESS)
        self.assertEqual(os.path.getsize(path), SIZE)

    def test_nothing_is_drawn_elsewhere(self):
        server = Server()
        self.addCleanup(server.close)
        child = self.start("send", server.address, "--raw", "@" + self.file("big", bytes(SIZE)),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        server.accept()
        server.read_message()
        server.send(struct.pack("!i", 2) + b"ok")
        self.assertEqual(child.communicate(timeout=seconds(20)), (b"ok", b""))


if __name__ == "__main__":
    main()

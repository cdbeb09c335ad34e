"""Big transfers draw a progress bar on a terminal, and nothing elsewhere."""
import os
import pty
import re
import socket
import struct
import subprocess

from support import SUCCESS, ToolTest, main, needs_terminal, parley, seconds, until

SIZE = 32 << 20


class Server(object):
    """Accepts one client; reads a message and sends one only as it is told to."""

    def __init__(self, path=None):
        """On a Unix socket where there is a path, or else over TCP."""
        self._listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._listener.bind(path or ("127.0.0.1", 0))
        self._listener.listen(1)
        self.address = "unix:" + path if path else "127.0.0.1:%d" % self._listener.getsockname()[1]

    def accept(self):
        self._client, _ = self._listener.accept()
        self._client.settimeout(seconds(20))

    def read_size(self):
        size, = struct.unpack("!i", self.read(4))
        return size

    def read_message(self):
        return self.read(self.read_size())

    def read(self, size):
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
        """A function that says whether something like it has been drawn by now."""
        os.set_blocking(terminal, False)
        seen = []

        def has_drawn(pattern):
            try:
                seen.append(os.read(terminal, 65536).decode())
            except OSError:  # nothing yet, or no more
                pass
            return re.search(pattern, "".join(seen)) is not None
        return has_drawn

    @needs_terminal
    def test_both_ways_are_drawn_while_they_last(self):
        self.transfer(Server())

    @needs_terminal
    def test_so_they_are_over_a_unix_socket(self):
        self.transfer(Server(os.path.join(self.folder, "socket")))

    def transfer(self, server):
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
        self.assertTrue(until(lambda: has_drawn(r"sent \S+ \w+ of 32\.0 MiB \[")))
        self.assertEqual(server.read_size(), SIZE)
        server.read(SIZE // 2)
        self.assertTrue(until(lambda: has_drawn(r"sent (1[6-9]|2\d)\.\d MiB of 32\.0 MiB \[#{15}")))
        server.read(SIZE // 2)
        server.send(struct.pack("!i", SIZE) + bytes(SIZE // 2))
        self.assertTrue(until(lambda: has_drawn(r"received 16\.0 MiB")))
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

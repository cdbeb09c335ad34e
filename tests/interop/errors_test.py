"""Bad input of every kind: one clear line on standard error, an exit status that tells the kind, no
hang, and a server that serves on."""
import os
import signal
import socket
import threading

from harness.suite import KEY, PYTHONS, InteropTest, hexed, main

# As README.md lists them.
USAGE, UNREACHABLE, AUTHENTICATION, PEER, INPUT = 2, 3, 4, 5, 6


class OneShotServer(object):
    """Accepts one client on a free port, says its piece, and hangs up."""

    def __init__(self, speech):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1)
        self._speech = speech
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        client, _ = self._listener.accept()
        with client:
            client.sendall(self._speech)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass


class ErrorsTest(InteropTest):
    def assert_fails(self, child, status, words, timeout=20):
        """child must end with that status after one line on standard error that has the words."""
        got, out, err = child.finish(timeout)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, r"\A[^\n]+\n\Z", "one line")
        self.assertRegex(err.lower(), words)

    def assert_serves(self, echo, key=KEY):
        self.assertEqual(self.connect(echo.address, key=key).ask("[1]", timeout=5), "[1]")

    # What the command line can have wrong.

    def test_a_bad_address_is_told(self):
        for address in ("", "nonsense", "host:", "host:port", "host:65536", "host:-1", "::1:80",
                        "[::1]", "[::1:80", "unix", "unix:" + "x" * 200):
            for verb in ("echo", "connect"):
                with self.subTest(verb=verb, address=address):
                    child = self.parley(verb, address)
                    self.assert_fails(child, USAGE, "address|usage|required")

    def test_a_wrong_command_line_is_told(self):
        for arguments in ((), ("nonsense",), ("echo",), ("connect",), ("echo", ":0", "--nonsense"),
                          ("connect", ":1", "--protocol", "6"), ("echo", ":0", "more")):
            with self.subTest(arguments=arguments):
                got, _, err = self.parley(*arguments).finish()
                self.assertEqual(got, USAGE)
                self.assertNotEqual(err, "")

    def test_a_key_file_that_cannot_be_read_is_told(self):
        missing = os.path.join(self.folder, "missing")
        for path in (missing, self.folder):
            with self.subTest(path=path):
                child = self.parley("echo", "127.0.0.1:0", "--authkey-file", path)
                self.assert_fails(child, USAGE, "key")

    # What the system can refuse.

    def test_a_refused_connection_is_told(self):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))  # bound, not listening: nobody else can take it
            address = "127.0.0.1:%d" % reserved.getsockname()[1]
            self.assert_fails(self.connect(address), UNREACHABLE, "refused")
        missing = "unix:" + os.path.join(self.folder, "missing")
        self.assert_fails(self.connect(missing), UNREACHABLE, "no such file|nobody listens")
        self.assert_fails(self.connect("unix:@parley-nobody"), UNREACHABLE, "refused")

    def test_a_host_that_does_not_exist_is_told(self):
        self.assert_fails(self.connect("no-such-host.invalid:80"), UNREACHABLE, "no-such-host",
                          timeout=60)

    def test_an_address_in_use_is_told(self):
        for transport in ("tcp4", "tcp6", "unix", "abstract"):
            with self.subTest(transport=transport):
                echo = self.echo(self.fresh_address(transport), key=KEY)
                second = self.parley("echo", echo.address)
                self.assert_fails(second, UNREACHABLE, "in use")
                self.assert_serves(echo)

    def test_an_address_that_is_not_ours_is_told(self):
        self.assert_fails(self.parley("echo", "192.0.2.1:0"), UNREACHABLE, "assign")
        nowhere = "unix:" + os.path.join(self.folder, "missing", "socket")
        self.assert_fails(self.parley("echo", nowhere), UNREACHABLE, "no such file")

    # What the key can have wrong.

    def test_a_wrong_key_is_told_on_both_sides(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        self.assert_fails(self.connect(echo.address, key=b"wrong"), AUTHENTICATION, "key")
        self.assert_serves(echo)

    def test_a_missing_key_is_told(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        client = self.connect(echo.address)
        client.write("[1]\n")
        self.assert_fails(client, AUTHENTICATION, "key")
        self.assert_serves(echo)

    def test_a_key_that_nobody_asks_for_is_told(self):
        echo = self.echo("127.0.0.1:0")
        client = self.connect(echo.address, key=KEY)
        self.assert_fails(client, AUTHENTICATION, "key", timeout=40)
        self.assert_serves(echo, key=None)

    def test_a_python_client_without_the_key_fails_alone(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        self.peer(PYTHONS[-1], "echo_client.py", echo.address, hexed(None), "small").finish()
        self.assert_serves(echo)

    # What the other side can have wrong.

    def test_a_peer_that_speaks_http_is_told(self):
        speech = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
        for key, status in ((KEY, PEER), (None, PEER)):
            with self.subTest(key=key):
                client = self.connect(OneShotServer(speech).address, key=key)
                client.write("[1]\n")
                self.assert_fails(client, status, "peer|multiprocessing|frame|message|length")

    def test_a_peer_that_hangs_up_is_told(self):
        for speech in (b"", b"\0", b"\0\0\0\x14", b"\0\0\0\x14#CHALLENGE#"):
            with self.subTest(speech=speech):
                client = self.connect(OneShotServer(speech).address, key=KEY)
                self.assert_fails(client, PEER, "clos|end|hung|truncated|peer")

    def test_a_reply_that_is_no_pickle_is_told(self):
        client = self.connect(OneShotServer(b"\0\0\0\x05junk!").address)
        client.write("[1]\n")
        self.assert_fails(client, PEER, "pickle|opcode")

    def test_an_http_client_is_dropped_and_the_server_serves_on(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        host, port = echo.address.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while browser.recv(4096):  # ends when the server hangs up
                pass
        self.assert_serves(echo)

    # What its input can have wrong.

    def test_a_malformed_literal_is_told(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        for literal in ("[1, 2", "'open", "1 +", "__import__('os')", "nonsense", "{[]: 1}", "1 2",
                        "'\\ud8'", "(" * 5000):
            with self.subTest(literal=literal[:20]):
                client = self.connect(echo.address, key=KEY)
                client.write(literal + "\n")
                self.assert_fails(client, INPUT, "literal|line 1")
        self.assert_serves(echo)

    # How the server ends.

    def test_a_signal_ends_the_server_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for transport in ("tcp4", "unix"):
                with self.subTest(signal=number, transport=transport):
                    echo = self.echo(self.fresh_address(transport), key=KEY)
                    guest = self.connect(echo.address, key=KEY)
                    guest.ask("1")
                    echo.signal(number)
                    self.assertEqual(echo.wait(), 0)
                    self.assertFalse(transport == "unix" and os.path.exists(echo.address[5:]))


if __name__ == "__main__":
    main()

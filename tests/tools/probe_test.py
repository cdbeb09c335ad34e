"""`parley probe`: it tells every kind of other side apart, and ends as a client would."""
import socket
import threading

from support import AUTHENTICATION, INPUT, PEER, SUCCESS, UNREACHABLE, USAGE, ToolTest, main
from harness.pythons import find_pythons, one_of_each

KEY = "Hello World!"


class ProbeTest(ToolTest):
    def probe(self, address, *arguments, key=None, status=SUCCESS):
        """The findings by their labels. Standard error must be empty, or one line: the
        complaint."""
        env = {} if key is None else {"PARLEY_AUTHKEY": key}
        got, out, err = self.run_tool("probe", address, *arguments, env=env)
        self.assertEqual(got, status, err)
        self.complaint = err
        if status == SUCCESS:
            self.assertEqual(err, b"")
        else:
            self.assert_one_line(err)
        lines = [line.split(None, 1) for line in out.decode().splitlines() if line[0] != " "]
        return {label: finding for label, finding in lines}

    def one_shot(self, speech):
        """The address of a server that says its piece to one client and hangs up."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        self.addCleanup(listener.close)

        def serve():
            client, _ = listener.accept()
            with client:
                client.sendall(speech)
                client.shutdown(socket.SHUT_WR)
                client.recv(1)
        threading.Thread(target=serve, daemon=True).start()
        return "127.0.0.1:%d" % listener.getsockname()[1]

    def test_pythons_of_both_dialects_are_told_apart(self):
        for python in one_of_each(find_pythons()):
            with self.subTest(python=str(python)):
                listener = self.peer(python, "listener.py", "127.0.0.1:0", "x" + KEY.encode().hex())
                address = listener.read_line().split()[-1]
                findings = self.probe(address, key=KEY)
                dialect = "modern" if python.version >= (3, 12) else "legacy"
                self.assertIn(dialect, findings["dialect"])
                self.assertIn("accepted", findings["key"])
                self.assertIn("sha256" if dialect == "modern" else "md5", findings["answers"])
                self.assertRegex(findings["round"], r"trip +\d+\.\d+ ms")

    def test_a_key_that_fails_is_explained(self):
        echo = self.echo("127.0.0.1:0", key=KEY.encode())
        self.assertIn("another authkey",
                      self.probe(echo.address, key="wrong", status=AUTHENTICATION)["key"])
        self.assertIn("none was given", self.probe(echo.address, status=AUTHENTICATION)["key"])
        self.assertIn("accepted", self.probe(echo.address, key=KEY)["key"])

    def test_a_legacy_listener_under_a_strict_policy_is_explained(self):
        address = self.one_shot(b"\0\0\0\x1f#CHALLENGE#" + b"x" * 20)
        findings = self.probe(address, "--strict", key=KEY, status=AUTHENTICATION)
        self.assertIn("policy", findings["key"])

    def test_the_dialect_of_red_hats_pythons_is_told_and_guessed(self):
        address = self.one_shot(b"\0\0\0\x1f#CHALLENGE#" + b"x" * 20 + b"\0\0\0\x09#FAILURE#")
        findings = self.probe(address, key=KEY, status=AUTHENTICATION)
        self.assertIn("--bare-sha256", findings["hint"])
        for python in find_pythons():
            if (3, 6) <= python.version < (3, 12):
                listener = self.peer(python, "red_hat_listener.py", "127.0.0.1:0",
                                     "x" + KEY.encode().hex())
                address = listener.read_line().split()[-1]
                findings = self.probe(address, "--bare-sha256", key=KEY)
                self.assertEqual(findings["answers"], "with sha256, unnamed")
                break

    def test_a_listener_that_asks_for_no_key_is_told(self):
        echo = self.echo("127.0.0.1:0")
        self.assertIn("none was given", self.probe(echo.address, "--timeout", "0.1")["key"])
        self.probe(echo.address, "--timeout", "0.1", key=KEY, status=AUTHENTICATION)

    def test_it_can_say_something(self):
        for key in (None, KEY):
            echo = self.echo("127.0.0.1:0", key=key and key.encode())
            findings = self.probe(echo.address, "--say", "['ping']", "--protocol", "3",
                                  "--timeout", "1", key=key)
            self.assertEqual(findings["reply"], "['ping']")
        self.probe("127.0.0.1:1", "--say", "nonsense", status=INPUT)

    def test_other_protocols_are_told(self):
        for speech in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\xff\xff\xff\xf0", b"220 mail ESMTP\r\n"):
            with self.subTest(speech=speech):
                findings = self.probe(self.one_shot(speech), status=PEER)
                self.assertIn("none of multiprocessing's", findings["greeting"])
                self.assertIn(b"does not speak multiprocessing", self.complaint)

    def test_a_peer_that_hangs_up_is_told(self):
        for speech in (b"", b"\0\0", b"\0\0\0\x14#CHALL"):
            with self.subTest(speech=speech):
                findings = self.probe(self.one_shot(speech), status=PEER)
                self.assertEqual("closes" in findings["greeting"], not speech)

    def test_a_challenge_of_no_known_dialect_is_told(self):
        address = self.one_shot(b"\0\0\0\x0e#CHALLENGE#abc")
        self.assertIn("no known dialect",
                      self.probe(address, key=KEY, status=AUTHENTICATION)["greeting"])

    def test_a_peer_that_speaks_first_is_told(self):
        address = self.one_shot(b"\0\0\0\x05\x80\x04K\x01.")
        self.assertIn("speaks first", self.probe(address)["greeting"])

    def test_nobody_there_is_told(self):
        self.probe("unix:" + self.folder + "/missing", status=UNREACHABLE)
        self.probe("nonsense", status=USAGE)


if __name__ == "__main__":
    main()

"""`parley connect` to a Listener of every CPython: transports, keys, literals, protocols."""
from harness.literals import COMMON, PYTHON3
from harness.suite import KEY, TRANSPORTS, InteropTest, hexed, main, python3


class ConnectTest(InteropTest):
    def listener(self, python, transport, key=KEY, mode="objects"):
        """(the listener process, its address)"""
        child = self.peer(python, "listener.py", self.fresh_address(transport), hexed(key), mode)
        return child, child.read_line()[len("listening on "):]

    def converse(self, python, transport, key, literals, *flags):
        mode = "repr" if python3(python) else "objects"
        listener, address = self.listener(python, transport, key, mode)
        client = self.connect(address, *flags, key=key)
        for literal in literals:
            self.assertEqual(client.ask(literal), literal)
            if python3(python):
                self.assertEqual(listener.read_line(), literal, "as Python saw it")
        status, out, err = client.finish()
        self.assertEqual((status, out), (0, client_output(literals)))
        if key is not None and key.endswith(b"\n"):
            self.assertIn("newline", err, "a warning")
        else:
            self.assertEqual(err, "")
        self.assertEqual(listener.read_line(), "closed")

    def protocol_flags(self, python):
        return () if python3(python) else ("--protocol", "2")

    def test_every_literal_reaches_python_and_comes_back(self):
        self.with_each_python(lambda python: self.converse(
            python, "tcp4", KEY, PYTHON3 if python3(python) else COMMON,
            *self.protocol_flags(python)))

    def test_what_is_written_in_other_ways_comes_back_as_its_repr(self):
        written = [("...", "Ellipsis"), ('"it"', "'it'"), ("0x_ff", "255"), ("( 1 , )", "(1,)"),
                   ("'a' 'b'", "'ab'"), ("1e3", "1000.0"), ("{2: 1, 2: 3}", "{2: 3}")]

        def converse(python):
            if python3(python):
                _, address = self.listener(python, "unix")
                client = self.connect(address, key=KEY)
                for literal, canonical in written:
                    self.assertEqual(client.ask(literal), canonical)
        self.with_each_python(converse)

    def test_every_transport_is_spoken(self):
        for transport in TRANSPORTS:
            with self.subTest(transport=transport):
                self.with_each_python(lambda python: self.converse(
                    python, transport, KEY, COMMON, *self.protocol_flags(python)))

    def test_every_protocol_can_be_written(self):
        def each_protocol(python):
            if not python3(python):
                return
            for protocol in (2, 3, 4) + ((5,) if python.version >= (3, 8) else ()):
                with self.subTest(protocol=protocol):
                    self.converse(python, "unix", KEY, PYTHON3, "--protocol", str(protocol))
        self.with_each_python(each_protocol)

    def test_every_key_is_a_key(self):
        for key in (None, b"k", b"k" * 1024, b"with\0NULs\0", b"Hello World!\n"):
            with self.subTest(key=key):
                self.with_each_python(lambda python: self.converse(
                    python, "unix", key, COMMON, *self.protocol_flags(python)))

    def test_a_wrong_key_is_told_in_one_line_and_python_listens_on(self):
        def intrude(python):
            listener, address = self.listener(python, "tcp4")
            intruder = self.connect(address, key=b"wrong")
            status, out, err = intruder.finish()
            self.assertNotEqual(status, 0)
            self.assertEqual(out, "")
            self.assertRegex(err, r"\A[^\n]+\n\Z")
            self.assertEqual(listener.read_line(), "rejected: AuthenticationError")
            friend = self.connect(address, *self.protocol_flags(python), key=KEY)
            self.assertEqual(friend.ask("[1]"), "[1]")
        self.with_each_python(intrude)


def client_output(literals):
    return "".join(literal + "\n" for literal in literals)


if __name__ == "__main__":
    main()

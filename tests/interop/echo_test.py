"""Every CPython as the client of `parley echo`: transports, keys, payloads."""
from harness.suite import KEY, TRANSPORTS, InteropTest, hexed, main


class EchoTest(InteropTest):
    def exchange(self, python, echo, key, *tasks):
        self.succeeded(self.peer(python, "echo_client.py", echo.address, hexed(key), *tasks))

    def intrude(self, python, echo):
        intruder = self.peer(python, "echo_client.py", echo.address, hexed(b"wrong"), "small")
        status, _, err = intruder.finish()
        self.assertEqual(status, 1)
        self.assertIn("AuthenticationError", err)

    def test_objects_come_back_as_they_were_sent(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        self.with_each_python(self.exchange, echo, KEY, "objects")

    def test_every_protocol_is_understood(self):
        echo = self.echo(self.fresh_address("unix"), key=KEY)
        self.with_each_python(self.exchange, echo, KEY, "protocols")

    def test_raw_bytes_come_back_as_they_were_sent(self):
        for transport in TRANSPORTS:
            with self.subTest(transport=transport):
                echo = self.echo(self.fresh_address(transport), "--raw", key=KEY)
                self.with_each_python(self.exchange, echo, KEY, "raw")

    def test_a_message_may_have_64_mebibytes(self):
        echo = self.echo(self.fresh_address("unix"), "--raw", key=KEY)
        self.with_each_python(self.exchange, echo, KEY, "raw=%d" % (64 << 20))

    def test_every_key_is_a_key(self):
        keys = (None, b"k", b"k" * 1024, b"with\0NULs\0", b"Hello World!\n", bytes(range(256)))
        for key in keys:
            with self.subTest(key=key):
                echo = self.echo("127.0.0.1:0", key=key)
                self.with_each_python(self.exchange, echo, key, "small")

    def test_the_key_may_come_from_the_environment(self):
        echo = self.echo("127.0.0.1:0", env={"PARLEY_AUTHKEY": KEY.decode()})
        self.with_each_python(self.exchange, echo, KEY, "small")

    def test_a_wrong_key_is_refused_and_the_server_serves_on(self):
        for transport in TRANSPORTS:
            with self.subTest(transport=transport):
                echo = self.echo(self.fresh_address(transport), key=KEY)
                self.with_each_python(self.intrude, echo)
                self.with_each_python(self.exchange, echo, KEY, "small")

    def test_no_host_means_every_interface_of_both_families(self):
        echo = self.echo(":0", key=KEY)
        port = echo.address.rpartition(":")[2]
        for host in ("127.0.0.1", "[::1]", "localhost"):
            echo.address = host + ":" + port
            with self.subTest(host=host):
                self.with_each_python(self.exchange, echo, KEY, "small")


if __name__ == "__main__":
    main()

"""Where the key comes from, what is said about it, and `parley keygen`."""
import os
import resource
import stat

from support import SUCCESS, USAGE, ToolTest, main


class KeyTest(ToolTest):
    def greet(self, echo, path):
        """What a client with the key file at path says on standard error."""
        status, out, err = self.run_tool("connect", echo.address, "--authkey-file", path,
                                         stdin=b"[1]\n")
        self.assertEqual((status, out), (SUCCESS, b"[1]\n"), err)
        return err

    def test_a_key_that_others_can_read_draws_a_warning(self):
        echo = self.echo("127.0.0.1:0", key=b"key")
        self.assertEqual(self.greet(echo, self.file("mine", b"key")), b"")
        for mode in (0o640, 0o604, 0o644):
            with self.subTest(mode=oct(mode)):
                err = self.greet(echo, self.file("theirs", b"key", mode))
                self.assert_one_line(err)
                self.assertIn(b"others can read", err)

    def test_a_newline_at_the_end_of_a_key_is_part_of_it_and_draws_a_warning(self):
        echo = self.echo("127.0.0.1:0", env={"PARLEY_AUTHKEY": "key\n"})
        err = self.greet(echo, self.file("key", b"key\n"))
        self.assert_one_line(err)
        self.assertIn(b"newline", err)

    def test_an_empty_key_is_a_key(self):
        echo = self.echo("127.0.0.1:0", env={"PARLEY_AUTHKEY": ""})
        self.greet(echo, self.file("empty", b""))
        status, _, err = self.run_tool("connect", echo.address, stdin=b"[1]\n")
        self.assertNotEqual(status, SUCCESS)
        self.assertIn(b"asks for an authkey", err)

    def test_the_file_is_taken_before_the_variable(self):
        echo = self.echo("127.0.0.1:0", key=b"key")
        client = self.connect(echo.address, key=b"key", env={"PARLEY_AUTHKEY": "wrong"})
        self.assertEqual(client.ask("[1]"), "[1]")

    def test_the_key_may_come_through_a_pipe(self):
        echo = self.echo("127.0.0.1:0", key=b"key")
        reading, writing = os.pipe()
        os.write(writing, b"key")
        os.close(writing)
        self.addCleanup(os.close, reading)
        status, out, err = self.run_tool("send", echo.address, "1", "--authkey-file",
                                         "/dev/fd/%d" % reading, pass_fds=[reading])
        self.assertEqual((status, out, err), (SUCCESS, b"1\n", b""))

    def test_a_file_without_end_is_no_key(self):
        status, _, err = self.run_tool("echo", ":0", "--authkey-file", "/dev/zero")
        self.assertEqual(status, USAGE)
        self.assert_one_line(err)


class KeygenTest(ToolTest):
    def test_a_key_that_cannot_be_written_leaves_no_file(self):
        path = os.path.join(self.folder, "key")
        status, _, err = self.run_tool(
            "keygen", path, restore_signals=False,  # Python ignores SIGXFSZ
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
        self.assertEqual(status, USAGE)
        self.assertIn(b"cannot write the key file", err)
        self.assertFalse(os.path.exists(path))

    def test_the_file_is_its_owners_alone_and_never_overwritten(self):
        path = os.path.join(self.folder, "key")
        self.assertEqual(self.run_tool("keygen", path), (SUCCESS, b"", b""))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, "rb") as file:
            key = file.read()
        self.assertRegex(key, rb"\A[A-Za-z0-9_-]{43,}\Z")
        status, _, err = self.run_tool("keygen", path)
        self.assertEqual(status, USAGE)
        self.assert_one_line(err)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), key)

    def test_each_key_is_another(self):
        keys = {self.run_tool("keygen")[1] for _ in range(5)}
        self.assertEqual(len(keys), 5)
        for key in keys:
            self.assertRegex(key, rb"\A[A-Za-z0-9_-]{43,}\Z")

    def test_a_key_opens_what_it_locks(self):
        path = os.path.join(self.folder, "key")
        self.run_tool("keygen", path)
        with open(path, "rb") as file:
            echo = self.echo("127.0.0.1:0", key=file.read())
        self.assertEqual(self.run_tool("send", echo.address, "1", "--authkey-file", path),
                         (SUCCESS, b"1\n", b""))


if __name__ == "__main__":
    main()

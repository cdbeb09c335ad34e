"""Standard input, output and error that are closed, full or gone; signals."""
import os
import signal
import subprocess

from support import PEER, SUCCESS, SYSTEM, USAGE, ToolTest, main, parley, seconds

SILENCE = subprocess.DEVNULL


class StreamsTest(ToolTest):
    def setUp(self):
        super(StreamsTest, self).setUp()
        self.server = self.echo("127.0.0.1:0")

    def shell(self, script):
        """Runs a shell script in which $parley is the program and $address the server's."""
        done = subprocess.run(["bash", "-c", script], stdin=SILENCE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=seconds(20), env=parley.environment(
                                  parley=parley.program(), address=self.server.address))
        return done.returncode, done.stdout, done.stderr

    def test_closed_input_is_the_end_of_it(self):
        self.assertEqual(self.shell("$parley connect $address <&-"), (SUCCESS, b"", b""))

    def test_input_that_cannot_be_read_is_told(self):
        status, _, err = self.shell("$parley connect $address </")
        self.assertNotEqual(status, SUCCESS)
        self.assert_one_line(err)

    def test_closed_output_is_told(self):
        for command in ("echo 1 | $parley connect $address >&-", "$parley echo :0 >&-",
                        "$parley send $address 1 >&-", "$parley keygen >&-"):
            with self.subTest(command=command):
                status, _, err = self.shell(command)
                self.assertEqual(status, SYSTEM)
                self.assert_one_line(err)

    def test_a_full_device_is_told(self):
        status, _, err = self.shell("$parley send $address 1 >/dev/full")
        self.assertEqual(status, SYSTEM)
        self.assert_one_line(err)
        self.assertIn(b"No space", err)

    def test_a_reader_that_leaves_ends_the_program_without_a_word(self):
        script = "yes 1 | $parley connect $address | head -n 1; echo ${PIPESTATUS[1]}"
        self.assertEqual(self.shell(script), (0, b"1\n%d\n" % (128 + signal.SIGPIPE), b""))

    def test_a_socket_never_takes_the_place_of_a_stream(self):
        status, out, err = self.shell("echo \"'$(printf x%.0s {1..5000})'\" |"
                                      " $parley connect $address 2>&-")
        self.assertEqual((status, len(out), err), (SUCCESS, 5003, b""))
        status, _, _ = self.shell("$parley connect $address <&- >&- 2>&-")
        self.assertEqual(status, SUCCESS)

    def test_lines_without_end_and_with_carriage_returns_are_lines(self):
        done = self.run_tool("connect", self.server.address,
                             stdin=b"1\r\n\r\n  # comment\n\n \t\n(2,\t3)\n 'last'")
        self.assertEqual(done, (SUCCESS, b"1\n(2, 3)\n'last'\n", b""))

    def test_a_bad_line_is_named_and_ends_it(self):
        status, out, err = self.run_tool("connect", self.server.address,
                                         stdin=b"1\n\n# comment\nnonsense\n2\n")
        self.assertEqual((status, out), (6, b"1\n"))
        self.assert_one_line(err)
        self.assertIn(b"line 4", err)

    def test_a_long_line_is_one_message(self):
        text = b"'" + b"x" * (8 << 20) + b"'"
        done = self.run_tool("connect", self.server.address, stdin=text + b"\n1\n", timeout=60)
        self.assertEqual(done, (SUCCESS, text + b"\n1\n", b""))

    def test_many_lines_are_as_many_replies(self):
        lines = b"".join(b"%d\n" % number for number in range(20000))
        self.assertEqual(self.run_tool("connect", self.server.address, stdin=lines, timeout=60),
                         (SUCCESS, lines, b""))

    def test_replies_come_as_soon_as_they_are_there(self):
        client = self.connect(self.server.address)
        for number in range(3):
            self.assertEqual(client.ask(str(number)), str(number))

    def test_a_server_without_a_log_serves_on(self):
        reading, writing = os.pipe()
        os.close(reading)
        server = subprocess.Popen([parley.program(), "echo", "127.0.0.1:0"], stdin=SILENCE,
                                  stdout=subprocess.PIPE, stderr=writing,
                                  env=parley.environment(PARLEY_AUTHKEY="key"))
        os.close(writing)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.addCleanup(server.stdout.close)
        address = server.stdout.readline().decode().split()[-1]
        for _ in range(3):
            self.assertNotEqual(self.run_tool("connect", address,
                                              env={"PARLEY_AUTHKEY": "wrong"})[0], SUCCESS)
        self.assertEqual(self.run_tool("send", address, "1", env={"PARLEY_AUTHKEY": "key"}),
                         (SUCCESS, b"1\n", b""))

    def test_a_failure_of_one_client_is_one_line_of_the_log(self):
        server = self.echo("127.0.0.1:0", key=b"key")
        self.run_tool("connect", server.address, env={"PARLEY_AUTHKEY": "wrong"})
        line = server.read_error_line()
        self.assertRegex(line, r" warning 127\.0\.0\.1:\d+: .*authkey")
        server.signal(signal.SIGTERM)
        status, _, err = server.finish()
        self.assertEqual((status, err.count("\n")), (SUCCESS, 1), err)

    def test_a_message_that_is_no_pickle_ends_that_client_without_a_reply(self):
        status, out, err = self.run_tool("send", self.server.address, "--raw", stdin=b"junk")
        self.assertEqual((status, out), (PEER, b""))
        self.assert_one_line(err)
        self.assertIn("pickle", self.server.read_error_line())
        self.assertEqual(self.run_tool("send", self.server.address, "1"), (SUCCESS, b"1\n", b""))

    def test_a_wrong_verb_is_named(self):
        status, out, err = self.run_tool("nonsense")
        self.assertEqual((status, out), (USAGE, b""))
        self.assert_one_line(err)
        self.assertIn(b"nonsense", err)


if __name__ == "__main__":
    main()

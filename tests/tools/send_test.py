"""`parley send`: literals, files, standard input, raw bytes, JSON; and how it fails."""
import json
import os
import resource
import socket
import unittest

from support import (AUTHENTICATION, INPUT, PEER, SUCCESS, SYSTEM, TIMEOUT, UNREACHABLE, USAGE,
                     ToolTest, main)


class SendTest(ToolTest):
    def setUp(self):
        super(SendTest, self).setUp()
        self.server = self.echo("127.0.0.1:0")

    def send(self, *arguments, **options):
        return self.run_tool("send", self.server.address, *arguments, **options)

    def test_a_message_may_come_from_anywhere(self):
        path = self.file("message", b"[1,\n 2]\n")
        for arguments, stdin in ((["[1, 2]"], b""), (["@" + path], b""), (["-"], b"[1, 2]\n"),
                                 ([], b"[1, 2]")):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.send(*arguments, stdin=stdin), (SUCCESS, b"[1, 2]\n", b""))

    def test_what_begins_with_a_minus_goes_behind_two(self):
        self.assertEqual(self.send("--", "-5"), (SUCCESS, b"-5\n", b""))

    def test_a_message_that_is_none_is_told_before_anyone_is_called(self):
        for arguments in (["nonsense"], ["{'a': }", "--json"], ["[1", "--json"], ["", "--json"],
                          ["[1] 2", "--json"], ["[NaN]", "--json"]):
            with self.subTest(arguments=arguments):
                status, out, err = self.run_tool("send", "127.0.0.1:1", *arguments)
                self.assertEqual((status, out), (INPUT, b""))
                self.assert_one_line(err)
                self.assertIn(b"not JSON" if "--json" in arguments else b"needs quotes", err)

    def test_json_and_literals_are_told_from_each_other(self):
        for arguments, hint in ((['{"a": true}'], b"it is JSON: --json"),
                                (["{'a': 1}", "--json"], b"leave --json out"),
                                (["b'x'", "--json"], b"leave --json out")):
            with self.subTest(arguments=arguments):
                status, _, err = self.send(*arguments)
                self.assertEqual(status, INPUT)
                self.assert_one_line(err)
                self.assertIn(hint, err)

    def test_a_file_that_is_not_there_is_told(self):
        for name in (self.folder + "/missing", ""):
            status, _, err = self.send("@" + name)
            self.assertEqual(status, USAGE)
            self.assert_one_line(err)
        self.assertIn(b"a file's name", err)

    def test_an_address_that_nobody_can_call_is_told(self):
        for address, words in (("unix:", b"'unix:': a client needs the path"),
                               ("unix:@", b"'unix:@': expected a name"),
                               ("tcp://localhost:80", b"without a scheme")):
            with self.subTest(address=address):
                status, _, err = self.run_tool("send", address, "1")
                self.assertEqual(status, USAGE)
                self.assert_one_line(err)
                self.assertIn(words, err)

    def test_nobody_there_is_told_with_what_helps(self):
        for address in ("unix:" + self.folder + "/nobody", "127.0.0.1:1"):
            status, _, err = self.run_tool("send", address, "1")
            self.assertEqual(status, UNREACHABLE)
            self.assertIn(b"--retry", err)
            self.assert_one_line(err)
            status, _, err = self.run_tool("send", address, "1", "--retry", "0.01")
            self.assertEqual(status, UNREACHABLE)
            self.assertNotIn(b"--retry", err)

    def test_a_peer_that_hangs_up_is_told_with_what_helps(self):
        for arguments, hint in ((["x", "--raw"], b"does it expect objects?"),
                                (["1"], b"--no-reply")):
            listener = self.parley("listen", "127.0.0.1:0", "--once")
            address = listener.read_error_line().split()[-1]
            with self.subTest(arguments=arguments):
                status, _, err = self.run_tool("send", address, *arguments)
                self.assertEqual(status, PEER)
                self.assert_one_line(err)
                self.assertIn(hint, err)

    def test_a_reply_that_is_no_pickle_is_told_with_what_helps(self):
        listener = self.parley("listen", "127.0.0.1:0", "--once", "--raw", "--reply", "ok")
        address = listener.read_error_line().split()[-1]
        status, _, err = self.run_tool("send", address, "1")
        self.assertEqual(status, PEER)
        self.assert_one_line(err)
        self.assertIn(b"is it bytes? --raw", err)

    def test_another_protocol_is_told_with_what_helps(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
            client = self.parley("send", "127.0.0.1:%d" % listener.getsockname()[1], "1")
            with listener.accept()[0] as peer:
                peer.sendall(b"HTTP/1.1 400 Bad Request")
                peer.recv(100)
            status, _, err = client.finish()
        self.assertEqual(status, PEER)
        self.assertIn("parley probe", err)

    def test_raw_bytes_are_exactly_those(self):
        server = self.echo("127.0.0.1:0", "--raw")
        for data in (b"", b"\0\xff\n", b"line\n", bytes(range(256)) * 8192):
            done = self.run_tool("send", server.address, "--raw", stdin=data)
            self.assertEqual(done, (SUCCESS, data, b""))

    def test_json_goes_there_and_back(self):
        texts = ['null', 'true', '-1', '1.5', '1e+22', '"\\u00e9\\ud83d\\ude00\\u0007\\"\\\\"', '[]',
                 '{}', '{"b": [1, {"a": null}], "a": ""}', str(2 ** 64), str(-10 ** 60),
                 str(2 ** 63), '{"%s": 1}' % ("\\u00e9" * 3000),
                 '[%s]' % ", ".join(map(str, range(5000))), '"\x7f\u2028"', '[' * 900 + ']' * 900]
        for text in texts:
            with self.subTest(text=text[:60]):
                status, out, err = self.send(text, "--json")
                self.assertEqual((status, err), (SUCCESS, b""))
                reply = json.loads(out.decode())
                self.assertEqual(reply, json.loads(text))
                self.assertIs(type(reply), type(json.loads(text)))

    def test_what_json_has_no_form_for_is_told(self):
        path = self.file("deep", b"[" * 2000 + b"]" * 2000)
        self.assertEqual(self.send("@" + path, "--json")[0], INPUT)
        for literal in ("b'x'", "{1}", "{1: 2}", "1e999", "...", "2j", "[" * 1100 + "]" * 1100):
            listener = self.parley("listen", "127.0.0.1:0", "--once", "--reply", literal)
            address = listener.read_error_line().split()[-1]
            with self.subTest(literal=literal):
                status, out, err = self.run_tool("send", address, "1", "--json")
                self.assertEqual((status, out), (PEER, b""))
                self.assert_one_line(err)
                self.assertIn(b"JSON", err)

    def reply_in_json(self, message):
        """What is printed of a reply of these bytes."""
        listener = self.parley("listen", "127.0.0.1:0", "--once", "--raw", "--reply",
                               os.fsdecode(message))
        address = listener.read_error_line().split()[-1]
        return self.run_tool("send", address, "1", "--json")

    def test_text_of_python_2_and_half_characters_go_into_json(self):
        self.assertEqual(self.reply_in_json(b"(U\x03abcU\x02\xc3\xa9l."),
                         (SUCCESS, b'["abc", "\xc3\xa9"]\n', b""))
        self.assertEqual(self.reply_in_json(b"V\\ud83d\n."), (SUCCESS, b'"\\ud83d"\n', b""))
        status, out, err = self.reply_in_json(b"U\x02\xff\xfe.")
        self.assertEqual((status, out), (PEER, b""))
        self.assertIn(b"bytes that are no UTF-8", err)

    @unittest.skipIf("PARLEY_TEST_SANITIZER" in os.environ, "a sanitizer takes what there is")
    def test_memory_that_runs_out_is_told(self):
        path = os.path.join(self.folder, "large")
        with open(path, "wb") as file:
            file.truncate(1 << 30)
        status, out, err = self.send(
            "--raw", "@" + path,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)))
        self.assertEqual((status, out, err), (SYSTEM, b"", b"parley: out of memory\n"))

    def test_without_a_reply_it_leaves_at_once(self):
        listener = self.parley("listen", "127.0.0.1:0", "--once")
        address = listener.read_error_line().split()[-1]
        self.assertEqual(self.run_tool("send", address, "'bye'", "--no-reply"), (SUCCESS, b"", b""))
        self.assertEqual(listener.read_line(), "'bye'")
        self.assertEqual(listener.wait(), SUCCESS)

    def test_a_reply_that_does_not_come_is_a_timeout(self):
        listener = self.parley("listen", "127.0.0.1:0")
        address = listener.read_error_line().split()[-1]
        status, _, err = self.run_tool("send", address, "1", "--timeout", "0.1")
        self.assertEqual(status, TIMEOUT)
        self.assert_one_line(err)

    def test_a_listener_that_says_nothing_is_told_as_such(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(1)
            status, _, err = self.run_tool(
                "send", "127.0.0.1:%d" % silent.getsockname()[1], "1", "--timeout", "0.1",
                env={"PARLEY_AUTHKEY": "key"})
        self.assertEqual(status, AUTHENTICATION)
        self.assert_one_line(err)
        self.assertIn(b"asks for no authkey", err)

    def test_a_handshake_that_does_not_end_is_a_timeout(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
            client = self.parley("send", "127.0.0.1:%d" % listener.getsockname()[1], "1",
                                 "--timeout", "1", env={"PARLEY_AUTHKEY": "key"})
            with listener.accept()[0] as peer:
                peer.sendall(b"\0\0\0\x1f#CHALL")
                status, _, err = client.finish()
        self.assertEqual(status, TIMEOUT)
        self.assertIn("handshake did not end", err)

    def test_it_waits_for_a_listener_to_come_up(self):
        address = "unix:" + self.folder + "/late"
        client = self.parley("send", address, "1", "--retry", "20")
        self.assertIsNone(client.status)
        self.echo(address)
        self.assertEqual(client.finish(), (SUCCESS, "1\n", ""))


if __name__ == "__main__":
    main()

"""`parley listen`: what it prints, of whom, and how it ends."""
import os
import signal
import socket
import struct
import subprocess

from support import SUCCESS, SYSTEM, ToolTest, main, parley, seconds, until


class ListenTest(ToolTest):
    def listen(self, *flags, **options):
        listener = self.parley("listen", "127.0.0.1:0", *flags, **options)
        listener.address = listener.read_error_line().split()[-1]
        return listener

    def say(self, listener, message, *flags, **options):
        done = self.run_tool("send", listener.address, message, "--no-reply", *flags, **options)
        self.assertEqual(done, (SUCCESS, b"", b""))

    def test_each_message_is_a_line(self):
        listener = self.listen()
        for message in ("1", "'two\\nlines'", "[3]"):
            self.say(listener, message)
            self.assertEqual(listener.read_line(), message)
        listener.signal(signal.SIGTERM)
        self.assertEqual(listener.wait(), SUCCESS)

    def test_once_is_once(self):
        listener = self.listen("--once")
        self.say(listener, "1")
        self.assertEqual(listener.finish()[:2], (SUCCESS, "1\n"))

    def test_a_reply_is_sent_to_each(self):
        listener = self.listen("--reply", "{'ok': True}")
        for number in range(3):
            self.assertEqual(self.run_tool("send", listener.address, str(number)),
                             (SUCCESS, b"{'ok': True}\n", b""))

    def test_json_is_a_line(self):
        listener = self.listen("--json", "--once", "--reply", '{"ok": true}')
        self.assertEqual(self.run_tool("send", listener.address, "(None, 1.0, 'x')"),
                         (SUCCESS, b"{'ok': True}\n", b""))
        self.assertEqual(listener.read_line(), '[null, 1.0, "x"]')
        self.assertEqual(listener.wait(), SUCCESS)

    def listen_into(self, path, *flags):
        """A listener that writes to a file."""
        with open(path, "wb") as file:
            listener = subprocess.Popen([parley.program(), "listen", "127.0.0.1:0"] + list(flags),
                                        stdout=file, stderr=subprocess.PIPE)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)
        self.addCleanup(listener.stderr.close)
        listener.address = listener.stderr.readline().decode().split()[-1]
        return listener

    def test_raw_bytes_come_out_as_they_are(self):
        data = os.urandom(1 << 20)
        path = os.path.join(self.folder, "out")
        listener = self.listen_into(path, "--raw", "--once")
        self.say(listener, "@" + self.file("in", data), "--raw")
        self.assertEqual(listener.wait(seconds(20)), SUCCESS)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)

    def test_a_slow_client_keeps_nobody_waiting(self):
        listener = self.listen()
        host, port = listener.address.split(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.sendall(struct.pack("!i", 100) + b"half")
            self.say(listener, "'quick'")
            self.assertEqual(listener.read_line(), "'quick'")

    def test_a_client_that_fails_is_logged_and_is_nothing_to_others(self):
        listener = self.listen(key=b"key")
        self.run_tool("send", listener.address, "1", env={"PARLEY_AUTHKEY": "wrong"})
        self.assertIn("authkey", listener.read_error_line())
        self.say(listener, "1", env={"PARLEY_AUTHKEY": "key"})
        self.assertEqual(listener.read_line(), "1")

    def test_a_second_signal_ends_it_where_nobody_reads_what_it_prints(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        listener = self.listen_into("/dev/fd/%d" % writing)
        os.close(writing)
        self.say(listener, "@" + self.file("long", b"'%s'" % (b"x" * (1 << 20))))
        os.read(reading, 1)  # it prints, and will have to wait
        self.assertTrue(until(lambda: listener.poll() is not None or self.stopped(listener)))
        self.assertEqual(listener.wait(seconds(20)), -signal.SIGTERM)

    @staticmethod
    def stopped(listener):
        listener.terminate()

    def test_output_that_is_full_ends_it(self):
        listener = self.listen_into("/dev/full")
        self.say(listener, "1")
        self.assertEqual(listener.wait(seconds(20)), SYSTEM)
        self.assert_one_line(listener.stderr.read())



if __name__ == "__main__":
    main()

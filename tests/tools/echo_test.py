"""parley echo as a server of many: its threads, its limits, its end, its words about itself."""
import fcntl
import os
import signal
import struct
import subprocess
from multiprocessing.connection import Client

from support import SUCCESS, USAGE, ToolTest, main

from harness import parley  # noqa: E402, since support finds it
from harness.child import seconds  # noqa: E402
from harness.suite import KEY  # noqa: E402
from harness.wire import RawPeer  # noqa: E402

F_SETPIPE_SZ = 1031  # fcntl has it from Python 3.10 on


def split(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


class EchoTest(ToolTest):
    def client(self, echo):
        connection = Client(split(echo.address))
        self.addCleanup(connection.close)
        return connection

    def stopped(self, echo):
        echo.signal(signal.SIGTERM)
        return self.ended(echo)

    def ended(self, echo):
        status, _, err = echo.finish()
        self.assertEqual(status, SUCCESS, err)
        return err

    def exchange(self, client):
        client.send_bytes(b"x")
        self.assertEqual(client.recv_bytes(), b"x")

    def half_a_message(self, *options):
        """A server, a client that says nothing, and one whose message has begun when it ends."""
        echo = self.echo("127.0.0.1:0", "--raw", *options)
        idle, busy = self.client(echo), self.client(echo)
        os.write(busy.fileno(), struct.pack("!i", 10) + b"01234")
        self.exchange(idle)
        echo.signal(signal.SIGTERM)
        self.assertRaises(EOFError, idle.recv_bytes)
        return echo, busy

    def test_many_clients_share_few_threads(self):
        echo = self.echo("127.0.0.1:0", "--threads", "2")
        clients = [self.client(echo) for _ in range(100)]
        for number, client in enumerate(clients):
            client.send(number)
        for number, client in enumerate(clients):
            self.assertEqual(client.recv(), number)
        self.assertLessEqual(len(os.listdir("/proc/%d/task" % echo.pid)), 3)
        self.stopped(echo)

    def test_over_the_limit_clients_wait(self):
        echo = self.echo("127.0.0.1:0", "--max-connections", "2")
        first, second, third = (self.client(echo) for _ in range(3))
        for client in (first, second):
            client.send("in")
            self.assertEqual(client.recv(), "in")
        third.send("waiting")
        self.assertFalse(third.poll(0.2))
        first.close()
        self.assertEqual(third.recv(), "waiting")
        self.stopped(echo)

    def test_limits_that_are_none_are_told_in_a_short_line(self):
        for option in ("--max-connections", "--threads"):
            for value in ("0", "-1", "x", "1e400"):
                with self.subTest(option=option, value=value):
                    status, out, err = self.run_tool("echo", "127.0.0.1:0", option, value)
                    self.assertEqual((status, out), (USAGE, b""))
                    self.assert_one_line(err)
                    self.assertLess(len(err), 120)

    def test_who_says_nothing_is_dropped(self):
        echo = self.echo("127.0.0.1:0", "--idle-timeout", "0.2")
        client = self.client(echo)
        client.send(1)
        self.assertEqual(client.recv(), 1)
        self.assertRaises(EOFError, client.recv)
        self.assertIn("idle for too long", self.stopped(echo))

    def test_at_the_end_a_message_that_has_begun_is_answered(self):
        echo, busy = self.half_a_message("--drain", "1000")
        os.write(busy.fileno(), b"56789")
        self.assertEqual(busy.recv_bytes(), b"0123456789")
        self.assertRaises(EOFError, busy.recv_bytes)
        self.ended(echo)

    def test_who_does_not_finish_in_time_is_cut_off(self):
        echo = self.echo("127.0.0.1:0", "--raw", "--drain", "0.2")
        busy = self.client(echo)
        os.write(busy.fileno(), struct.pack("!i", 10) + b"01234")
        self.exchange(self.client(echo))
        self.assertIn("cut off", self.stopped(echo))

    def test_a_second_signal_ends_it_at_once(self):
        echo, _ = self.half_a_message("--drain", "1000")
        self.assertIn("cut off", self.stopped(echo))

    def test_a_log_that_nobody_reads_holds_nobody_up(self):
        log, theirs = os.pipe()
        fcntl.fcntl(theirs, F_SETPIPE_SZ, 4096)
        echo = subprocess.Popen(
            [parley.program(), "echo", "127.0.0.1:0", "--authkey-file",
             parley.write_key(self.folder, KEY)],
            stdout=subprocess.PIPE, stderr=theirs, env=parley.environment())
        for clean_up in (echo.wait, echo.stdout.close, echo.kill):
            self.addCleanup(clean_up)
        os.close(theirs)
        address = echo.stdout.readline().decode().split()[-1]

        def fail(times):
            for _ in range(times):
                with RawPeer(address) as stranger:
                    stranger.send_frame(b"no answer")
                    stranger.drain()

        fail(200)
        echo.send_signal(signal.SIGUSR1)
        with RawPeer(address) as good:
            good.authenticate(KEY)
        told = os.read(log, 1 << 16)
        fail(1)
        told += os.read(log, 1 << 16)
        echo.terminate()
        self.assertEqual(echo.wait(seconds(20)), SUCCESS)
        with open(log, "rb") as rest:
            told += rest.read()
        self.assertRegex(told, rb"parley: \d+ lines left out, since nobody read on\n")
        self.assertTrue(told.endswith(b"\n"), "a line is cut")

    def test_it_sums_itself_up(self):
        echo = self.echo("127.0.0.1:0", "--raw", key=KEY)
        with Client(split(echo.address), authkey=KEY) as client:
            client.send_bytes(b"12345")
            client.recv_bytes()
            echo.signal(signal.SIGUSR1)
            line = echo.read_error_line()
        self.assertRegex(line, r"1 connections now, 1 accepted, 0 rejected; messages: 1 received, "
                               r"1 sent; bytes: 5 received, 5 sent")
        self.stopped(echo)


if __name__ == "__main__":
    main()

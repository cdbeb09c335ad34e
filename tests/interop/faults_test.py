"""Faults that no peer can be blamed for: processes killed at any step, links that are cut, slow or
lossy, buffers that are full, descriptors that run out, a clock that is set. The server serves on,
and nobody waits for ever.

Links are those of two network namespaces; where the machine forbids them, or has no `tc netem`, the
tests that need one are skipped, with a word.
"""
import os
import resource
import shutil
import signal
import socket
import subprocess
import time

from harness.child import Child, seconds
from harness.parley import HERE, environment, program, write_key
from harness.suite import KEY, PYTHONS, InteropTest, hexed, main
from harness.wire import HungUp, RawPeer, frame, mac
from harness.witness import Witness

SILENT, SLOW = 500, 50
UNREACHABLE, PEER, TIMEOUT = 3, 5, 7


class KilledTest(InteropTest):
    """kill -9 of either side, at every step of the handshake and of a frame."""

    def test_clients_killed_at_each_step(self):
        echo = self.echo(self.fresh_address("unix"), key=KEY)
        witness = Witness(self, echo, KEY)
        for steps in range(8):
            with self.subTest(steps=steps):
                victim = self.peer(PYTHONS[-1], "stops_at.py", "client", echo.address, hexed(KEY),
                                   str(steps))
                self.assertEqual(victim.read_line(), "stopped")
                victim.signal(signal.SIGKILL)
                victim.wait()
                witness.check()

    def test_listeners_killed_at_each_step(self):
        for steps in range(8):
            with self.subTest(steps=steps):
                address = self.fresh_address("unix")
                victim = self.peer(PYTHONS[-1], "stops_at.py", "listener", address, hexed(KEY),
                                   str(steps))
                self.assertEqual(victim.read_line(), "listening")
                client = self.connect(address, key=KEY)
                client.write("'hello'\n")
                self.assertEqual(victim.read_line(), "stopped")
                victim.signal(signal.SIGKILL)
                status, _, err = client.finish()
                self.assertEqual(status, PEER, err)
                self.assertRegex(err, r"\A[^\n]+\n\Z", "one line")

    def test_the_server_killed_under_its_clients(self):
        echo = self.echo("127.0.0.1:0", key=KEY)
        clients = [self.connect(echo.address, key=KEY) for _ in range(5)]
        for client in clients:
            self.assertEqual(client.ask("1"), "1")
        echo.signal(signal.SIGKILL)
        echo.wait()
        for client in clients:
            client.write("2\n")
            status, _, err = client.finish()
            self.assertEqual(status, PEER, err)

    def test_a_server_started_again_takes_the_file_of_one_that_was_killed(self):
        address = self.fresh_address("unix")
        first = self.echo(address, key=KEY)
        first.signal(signal.SIGKILL)
        first.wait()
        self.assertTrue(os.path.exists(address[5:]))
        second = self.echo(address, key=KEY)
        self.assertEqual(self.connect(second.address, key=KEY).ask("1"), "1")


class PatienceTest(InteropTest):
    def test_silent_and_slow_strangers_delay_nobody(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        echo = self.echo("127.0.0.1:0", "--raw", key=KEY)
        witness = Witness(self, echo, KEY)
        silent = [self.stranger(echo) for _ in range(SILENT)]
        slow = [self.stranger(echo) for _ in range(SLOW)]
        dribble = frame(mac(KEY, b"not the challenge"))
        for byte in range(5):  # a byte a second
            for peer in slow:
                peer.send(dribble[byte:byte + 1])
            until_next = time.monotonic() + 1
            while time.monotonic() < until_next:
                witness.check_service()
        for peer in silent + slow:
            peer.close()
        witness.check()

    def stranger(self, echo):
        peer = RawPeer(echo.address)
        self.addCleanup(peer.close)
        return peer

    def test_who_does_not_read_waits_alone(self):
        """Its messages fill every buffer on the way; the others are served, and it gets them all."""
        echo = self.echo("127.0.0.1:0", "--raw", key=KEY)
        witness = Witness(self, echo, KEY)
        peer = RawPeer(echo.address).authenticate(KEY)
        message = frame(b"x" * 100000)
        peer.socket.settimeout(seconds(1))
        sent = 0
        try:
            while True:
                sent += peer.socket.send(message[sent % len(message):])
        except socket.timeout:
            pass
        witness.check_service()
        peer.socket.settimeout(seconds(20))
        for _ in range(sent // len(message)):
            self.assertEqual(peer.receive_frame(), b"x" * 100000)
        peer.close()
        witness.check()


class ExhaustionTest(InteropTest):
    def test_a_server_out_of_descriptors_serves_on_says_so_and_recovers(self):
        key_file = write_key(self.folder, KEY)
        few = 24
        limited = ("import os, resource, sys\n"
                   "resource.setrlimit(resource.RLIMIT_NOFILE, (%d, %d))\n"
                   "os.execv(sys.argv[1], sys.argv[1:])" % (few, few))
        server = self.started(Child(
            [PYTHONS[-1].path, "-c", limited, program(), "echo", "127.0.0.1:0", "--authkey-file",
             key_file], env=environment()))
        address = server.read_line()[len("listening on "):]
        first = RawPeer(address).authenticate(KEY)
        self.addCleanup(first.close)
        crowd = []
        while server.descriptors() < few and len(crowd) < 2 * few:
            crowd.append(RawPeer(address))
            try:
                crowd[-1].socket.settimeout(seconds(1))
                crowd[-1].authenticate(KEY)
            except (HungUp, socket.timeout):
                break
        more = [RawPeer(address) for _ in range(5)]
        first.send_frame(b"\x80\x04K\x07.")
        self.assertEqual(first.receive_frame(), b"\x80\x04K\x07.")
        self.assertIn("too many open files", server.read_error_line().lower())
        for peer in crowd + more:
            peer.close()
        good = None
        for _ in range(100):
            try:
                good = RawPeer(address).authenticate(KEY)
                break
            except HungUp:
                continue
        self.assertIsNotNone(good, "it does not recover")
        self.addCleanup(good.close)
        good.send_frame(b"\x80\x04K\x08.")
        self.assertEqual(good.receive_frame(), b"\x80\x04K\x08.")
        self.assertIsNone(server.status)


class ClockTest(InteropTest):
    """The wall clock leaps by a year with every look at it; every limit of time is kept all the
    same: they go by the monotonic clock."""

    def setUp(self):
        super(ClockTest, self).setUp()
        compiler = shutil.which("cc") or shutil.which("c++") or shutil.which("clang")
        if compiler is None:
            self.skipTest("no C compiler for the clock that leaps")
        self.library = os.path.join(self.folder, "leaping_clock.so")
        subprocess.run([compiler, "-x", "c", "-shared", "-fPIC", "-o", self.library,
                        os.path.join(HERE, "leaping_clock.c")], check=True)

    def test_the_clock_leaps(self):
        told = subprocess.run([PYTHONS[-1].path, "-c", "import time; print(int(time.time()))"],
                              env=dict(os.environ, LD_PRELOAD=self.library),
                              stdout=subprocess.PIPE, check=True)
        self.assertGreater(int(told.stdout), time.time() + 300 * 86400)

    def leaping(self):
        if "PARLEY_TEST_SANITIZER" in os.environ:
            self.skipTest("a sanitizer wants to be the first library")
        return {"LD_PRELOAD": self.library}

    def test_no_limit_of_time_goes_by_the_wall_clock(self):
        echo = self.echo("127.0.0.1:0", key=KEY, env=self.leaping())
        half_open = RawPeer(echo.address)
        self.addCleanup(half_open.close)
        half_open.challenge()
        for _ in range(5):
            client = self.connect(echo.address, "--timeout", "20", key=KEY, env=self.leaping())
            self.assertEqual(client.ask("1"), "1")
            self.assertEqual(client.finish()[0], 0)
        # A year has passed for whoever looks at the wall clock; the half-open peer is still there.
        half_open.socket.settimeout(seconds(0.2))
        with self.assertRaises(socket.timeout):
            half_open.receive(1)

    def test_a_timeout_comes_though_the_wall_clock_is_set_back(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        self.addCleanup(listener.close)
        env = dict(self.leaping(), LEAP="-31536000")
        client = self.connect("127.0.0.1:%d" % listener.getsockname()[1], "--timeout", "1", env=env)
        client.write("1\n")
        status, _, err = client.finish()
        self.assertEqual(status, TIMEOUT, err)


class Link(object):
    """Two network namespaces with a cable between them: `here` and `there`."""

    def __init__(self, test):
        self.names = ["parley%d%s" % (os.getpid(), side) for side in ("a", "b")]
        self.addresses = ["10.213.7.1", "10.213.7.2"]
        self.test = test
        if shutil.which("ip") is None:
            test.skipTest("no `ip` here")
        for name in self.names:
            made = subprocess.run(["ip", "netns", "add", name], stderr=subprocess.PIPE)
            if made.returncode != 0:
                test.skipTest("no network namespaces here: " + made.stderr.decode().strip())
            test.addCleanup(subprocess.run, ["ip", "netns", "delete", name])
        self.ip("link", "add", "veth0", "netns", self.names[0], "type", "veth", "peer", "name",
                "veth0", "netns", self.names[1])
        for name, address in zip(self.names, self.addresses):
            self.ip("-n", name, "address", "add", address + "/24", "dev", "veth0")
            for device in ("lo", "veth0"):
                self.ip("-n", name, "link", "set", device, "up")

    def ip(self, *words):
        done = subprocess.run(("ip",) + words, stderr=subprocess.PIPE)
        if done.returncode != 0:
            self.test.skipTest("ip %s: %s" % (" ".join(words), done.stderr.decode().strip()))

    def impair(self, *how):
        for name in self.names:
            done = subprocess.run(["tc", "-n", name, "qdisc", "replace", "dev", "veth0", "root",
                                   "netem"] + list(how), stderr=subprocess.PIPE)
            if done.returncode != 0:
                self.test.skipTest("no tc netem here: " + done.stderr.decode().strip())

    def cut(self):
        self.ip("-n", self.names[0], "link", "set", "veth0", "down")

    def parley(self, side, *arguments):
        command = ["ip", "netns", "exec", self.names[side], program()] + list(arguments)
        return self.test.started(Child(command, env=environment()))


class LinkTest(InteropTest):
    def setUp(self):
        super(LinkTest, self).setUp()
        self.link = Link(self)
        self.key = write_key(self.folder, KEY)
        self.server = self.link.parley(0, "echo", ":8888", "--authkey-file", self.key)
        self.assertEqual(self.server.read_line()[:12], "listening on")
        self.address = self.link.addresses[0] + ":8888"

    def client(self, *arguments):
        return self.link.parley(1, "connect", self.address, "--authkey-file", self.key, *arguments)

    def exchange(self, client, text):
        client.write("'%s'\n" % text)
        self.assertEqual(client.read_line(60), "'%s'" % text)

    def test_a_link_that_loses_repeats_and_reorders_loses_no_message(self):
        self.link.impair("delay", "10ms", "5ms", "loss", "5%", "duplicate", "2%", "reorder", "10%")
        client = self.client()
        for size in (1, 1000, 30000, 300000):
            self.exchange(client, "x" * size)
        self.assertEqual(client.finish(60)[0], 0)

    def test_a_cut_link_ends_in_a_timeout_and_the_server_serves_on(self):
        client = self.client("--timeout", "2")
        self.exchange(client, "before")
        self.link.cut()
        client.write("'after'\n")
        status, _, err = client.finish(30)
        self.assertEqual(status, TIMEOUT, err)
        local = self.link.parley(0, "connect", "127.0.0.1:8888", "--authkey-file", self.key)
        self.exchange(local, "still served")

    def test_a_cut_link_in_the_handshake_ends_it(self):
        self.link.cut()
        status, _, err = self.client("--timeout", "2").finish(30)
        self.assertIn(status, (UNREACHABLE, TIMEOUT), err)
        self.assertRegex(err, r"\A[^\n]+\n\Z", "one line")

    def test_an_unreachable_host_is_told(self):
        far = self.link.parley(1, "connect", "198.51.100.1:8888")
        status, _, err = far.finish()
        self.assertEqual(status, UNREACHABLE, err)
        self.assertRegex(err.lower(), r"\A[^\n]*unreachable[^\n]*\n\Z")


if __name__ == "__main__":
    main()

"""What peers that have the key can do to `parley echo`: lose their own connection. After each the
server serves a good client within a second, memory and descriptors return to where they were, and
nothing that they sent was executed."""
import collections
import os
import pickle
import random
import signal
import struct
import sys
import time

from harness.parley import HERE
from harness.suite import KEY, PYTHONS, InteropTest, hexed, main
from harness.wire import HungUp, RawPeer, frame, half_close
from harness.witness import Witness

sys.path.insert(0, os.path.join(HERE, "peers"))
import bombs  # noqa: E402


class InsidersTest(InteropTest):
    def setUp(self):
        super(InsidersTest, self).setUp()
        self.echo = self.echo(self.fresh_address("unix"), key=KEY)
        self.witness = Witness(self, self.echo, KEY)
        self.sentinel = os.path.join(self.folder, "executed")

    def insider(self):
        peer = RawPeer(self.echo.address).authenticate(KEY)
        self.addCleanup(peer.close)
        return peer

    def send_pickle(self, pickled):
        """What comes back for a pickle; None where the server hangs up instead."""
        with self.insider() as peer:
            try:
                peer.send_frame(pickled)
                return peer.receive_frame()
            except HungUp:
                return None

    def check(self):
        self.witness.check()
        self.assertFalse(os.path.exists(self.sentinel), "something was executed")

    def test_nothing_is_ever_executed(self):
        for name, pickled in bombs.malicious(self.sentinel):
            with self.subTest(pickle=name):
                self.send_pickle(pickled)
                self.check()

    def test_bombs_stay_small(self):
        for name, pickled in bombs.bombs():
            with self.subTest(pickle=name):
                reply = self.send_pickle(pickled)
                if reply is not None:
                    self.assertLess(len(reply), 100 * len(pickled) + 1000)
                self.check()

    def test_malformed_pickles_close_their_connection_without_a_reply(self):
        for name, pickled in bombs.malformed():
            with self.subTest(pickle=name):
                self.assertIsNone(self.send_pickle(pickled))
                self.check()

    def test_random_bytes_are_refused_or_come_back(self):
        """As frames, and as a stream of whatever length its first bytes say."""
        chance = random.Random(2)
        for _ in range(200):
            noise = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 3000)))
            self.send_pickle(noise)
            peer = self.insider()
            peer.send(noise)
            half_close(peer)
            peer.drain()
            peer.close()
        self.check()

    def test_good_pickles_with_bytes_altered_are_refused_or_come_back(self):
        chance = random.Random(3)
        good = pickle.dumps([{"key": (1.5, 2 ** 70, "text" * 20), b"b": {3, None}},
                             collections.OrderedDict(a=[1] * 20), 1j], 4)
        peer = self.insider()
        for _ in range(2000):
            altered = bytearray(good)
            for _ in range(chance.randrange(1, 4)):
                altered[chance.randrange(len(good))] = chance.randrange(256)
            try:
                peer.send_frame(altered)
                peer.receive_frame()
            except HungUp:
                peer.close()
                peer = self.insider()
        peer.close()
        self.check()

    def test_impossible_lengths_close_their_connection(self):
        headers = [struct.pack("!i", -2), struct.pack("!i", -2 ** 31),
                   struct.pack("!iQ", -1, 2 ** 63), struct.pack("!iQ", -1, 2 ** 64 - 1)]
        for header in headers:
            with self.subTest(header=header):
                peer = self.insider()
                peer.send(header)
                self.assertEqual(peer.drain(), b"")
                self.check()

    def test_memory_grows_with_what_arrived_and_not_with_what_was_announced(self):
        headers = [struct.pack("!i", 0x7FFFFFFF), struct.pack("!iQ", -1, 2 ** 40),
                   struct.pack("!iQ", -1, 2 ** 63 - 1)]
        peers = []
        for header in headers * 20:
            peers.append(self.insider())
            try:
                peers[-1].send(header + b"x" * 100)
            except HungUp:
                pass  # over the limit on messages, if there is one
        self.witness.check_service()
        self.assertLess(self.echo.resident_bytes(), self.witness.memory + (64 << 20))
        for peer in peers:
            peer.close()
        self.check()

    def test_frames_that_end_early_harm_nobody(self):
        message = frame(b"\x80\x04" + b"N0" * 50 + b"N.")
        for cut in range(1, len(message)):
            peer = self.insider()
            peer.send(message[:cut])
            (RawPeer.reset if cut % 2 else RawPeer.close)(peer)
        self.check()

    def test_a_client_killed_inside_a_frame_harms_nobody(self):
        for python in PYTHONS:
            victim = self.peer(python, "half_frame.py", self.echo.address, hexed(KEY))
            self.assertEqual(victim.read_line(), "half sent")
            victim.signal(signal.SIGKILL)
            victim.wait()
        self.check()

    def test_a_byte_at_a_time_is_enough(self):
        with self.insider() as peer:
            for byte in frame(b"\x80\x04N."):
                peer.send(bytes([byte]))
            self.assertEqual(peer.receive_frame(), b"\x80\x04N.")
        self.check()

    def test_a_byte_a_second_holds_nobody_up(self):
        with self.insider() as peer:
            for byte in frame(b"\x80\x04N."):
                peer.send(bytes([byte]))
                self.witness.check_service()
                time.sleep(1)  # slowness is what it is about
            self.assertEqual(peer.receive_frame(), b"\x80\x04N.")
        self.check()

    def test_other_protocols_are_messages_that_never_end(self):
        """Their first four bytes make a length; nothing is set aside for it."""
        for greeting in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
                         b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + b"h" * 193):
            with self.subTest(greeting=greeting[:4]):
                peer = self.insider()
                peer.send(greeting)
                self.witness.check_service()
                half_close(peer)
                self.assertEqual(peer.drain(), b"")
                peer.close()
                self.check()

    def test_a_handshake_once_more_is_no_message(self):
        """What let somebody in is a malformed pickle from then on, and answered by nobody."""
        for message in (b"#CHALLENGE#{sha256}" + b"n" * 32, b"#WELCOME#", b"#FAILURE#"):
            with self.subTest(message=message):
                self.assertIsNone(self.send_pickle(message))
                self.check()

    def test_who_never_reads_waits_alone(self):
        deaf = [self.insider() for _ in range(20)]
        message = frame(b"\x80\x04B" + struct.pack("<I", 1 << 18) + b"x" * (1 << 18) + b".")
        for peer in deaf:
            peer.fill(message, 100)
        self.witness.check_service()
        for peer in deaf:
            peer.close()
        self.check()

    def test_whoever_stays_idle_is_left_in_peace(self):
        idle = [self.insider() for _ in range(200)]
        self.witness.check_service()
        for number, peer in enumerate(idle):
            peer.send_frame(b"\x80\x04K" + bytes([number]) + b".")
        for number, peer in enumerate(idle):
            self.assertEqual(peer.receive_frame(), b"\x80\x04K" + bytes([number]) + b".")
            peer.close()
        self.check()


if __name__ == "__main__":
    main()

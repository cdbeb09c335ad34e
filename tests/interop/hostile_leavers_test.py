"""How peers can stop short: cut off after any byte, half closed, reset with a reply under way, deaf
to what they asked for; and the server told to end in the midst of all that. After each it serves a
good client within a second, memory and descriptors return to where they were, and it ends when told
to, with status 0."""
import os
import select
import signal
import socket
import struct

from harness.child import seconds
from harness.suite import KEY, InteropTest, main
from harness.wire import CHALLENGE, WELCOME, RawPeer, frame, half_close, mac
from harness.witness import SANITIZED, Witness

NONE = b"\x80\x04N."
LONG = frame(b"\x80\x04B" + struct.pack("<I", 1 << 20) + b"x" * (1 << 20) + b".")


def good_words(peer):
    """A good client's part of the handshake, one frame after the other."""
    yield frame(mac(KEY, peer.challenge()))
    peer.receive_frame()
    yield frame(CHALLENGE + b"{sha256}" + b"n" * 32)
    peer.receive_frame()
    yield frame(WELCOME)


def says_until(peer, place):
    """Says so many bytes of that; False if there are fewer."""
    for words in good_words(peer):
        peer.send(words[:place])
        if place <= len(words):
            return True
        place -= len(words)
    return False


class LeaversTest(InteropTest):
    def start(self, transport="tcp4", *flags):
        self.server = self.echo(self.fresh_address(transport), *flags, key=KEY)

    def start_watched(self, transport="tcp4"):
        self.start(transport)
        self.witness = Witness(self, self.server, KEY)

    def stranger(self):
        peer = RawPeer(self.server.address)
        self.addCleanup(peer.close)
        return peer

    def insider(self):
        return self.stranger().authenticate(KEY)

    def test_a_handshake_may_break_off_after_any_byte(self):
        for transport in ("tcp4", "unix"):
            self.start_watched(transport)
            for leave in (RawPeer.close, RawPeer.reset, half_close):
                with self.subTest(transport=transport, leave=leave.__name__):
                    cuts, is_cut = 0, True
                    while is_cut:
                        peer = self.stranger()
                        is_cut = says_until(peer, cuts)
                        leave(peer)
                        cuts += 1
                    self.assertGreater(cuts, 100)
                    self.witness.check()

    def test_whoever_half_closes_has_its_reply_and_is_let_go(self):
        self.start_watched()
        peers = [self.insider() for _ in range(200)]
        for peer in peers:
            peer.send(frame(NONE) * 3)
            half_close(peer)
        for peer in peers:
            self.assertEqual([peer.receive_frame() for _ in range(3)], [NONE] * 3)
            self.assertEqual(peer.drain(), b"")
        self.witness.check()  # though they are all still there

    def test_a_reset_under_a_reply_harms_nobody(self):
        for transport in ("tcp4", "unix"):
            with self.subTest(transport=transport):
                self.start_watched(transport)
                for taken in (0, 1, 5, 100000):
                    for _ in range(5):
                        peer = self.insider()
                        peer.send(LONG)
                        peer.receive(taken)
                        peer.reset()
                self.witness.check()

    def test_a_thousand_that_connect_and_reset_harm_nobody(self):
        self.start_watched()
        for _ in range(1000):
            self.stranger().reset()
        self.witness.check()

    def test_the_deaf_take_little_memory_however_much_they_say(self):
        self.start_watched()
        deaf = [self.insider() for _ in range(30)]
        for peer in deaf:
            peer.fill(LONG, 1000)
        self.witness.check_service()
        if not SANITIZED:
            # For each the message that came, its value, and the one that goes.
            self.assertLess(self.server.resident_bytes(),
                            self.witness.memory + len(deaf) * (4 << 20))
        for peer in deaf:
            peer.close()
        self.witness.check()

    def test_small_messages_without_number_are_all_answered(self):
        """They are written as fast as anybody takes them, and read only when nobody does."""
        self.start_watched()
        peer = self.insider()
        peer.socket.setblocking(False)
        count, reply = 200000, frame(NONE)
        unsent, got = memoryview(reply * count), 0
        while got < count * len(reply):
            poll = ([peer.socket], [peer.socket] if unsent else [], [], seconds(20))
            readable, writable, _ = select.select(*poll)
            self.assertTrue(readable or writable, "it is stuck")
            if writable:
                unsent = unsent[peer.socket.send(unsent[:1 << 20]):]
            elif readable:
                piece = peer.socket.recv(1 << 20)
                self.assertEqual(piece, (reply * (len(piece) // len(reply) + 2))[
                    got % len(reply):][:len(piece)])
                got += len(piece)
        peer.close()
        self.witness.check()

    def test_descriptors_that_come_along_are_not_kept(self):
        self.start_watched("unix")
        with open(os.devnull) as gift:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", gift.fileno()) * 50)]
            for _ in range(50):
                peer = self.stranger()
                answer = frame(mac(KEY, peer.challenge()))
                for byte in answer:
                    peer.socket.sendmsg([bytes([byte])], rights)
                self.assertEqual(peer.receive_frame(), WELCOME)
                peer.demand()
                for byte in frame(NONE):
                    peer.socket.sendmsg([bytes([byte])], rights)
                self.assertEqual(peer.receive_frame(), NONE)
                self.assertLess(self.server.descriptors(), self.witness.descriptors + 5)
                peer.close()
        self.witness.check()

    def test_urgent_bytes_harm_nobody(self):
        self.start_watched()
        for arrive in (self.stranger, self.insider):
            peer = arrive()
            try:
                for _ in range(100):
                    peer.socket.send(b"!", socket.MSG_OOB)
                    self.witness.check_service()
            except (BrokenPipeError, ConnectionResetError):
                pass  # what is left of them in the stream makes no frame
            peer.close()
            self.witness.check()

    def assert_ends(self, number):
        self.server.signal(number)
        self.assertEqual(self.server.wait(), 0)

    def test_it_ends_when_told_to_whatever_its_peers_are_about(self):
        part = frame(NONE)[:5]
        about = {
            "nothing": lambda: None,
            "silence": self.stranger,
            "an answer": lambda: self.stranger().send(part),
            "a handshake half done": lambda: self.stranger().prove(KEY),
            "idling": self.insider,
            "a message": lambda: self.insider().send(part),
            "a half-closed end": lambda: half_close(self.insider()),
            "many messages, deaf": lambda: self.insider().fill(frame(NONE) * 100000, 1000),
            "a long message, deaf": lambda: self.insider().fill(LONG, 1000),
            "a reset": lambda: self.insider().reset(),
        }
        for name, act in about.items():
            with self.subTest(about=name):
                self.start("tcp4", "--drain", "0.5")
                for _ in range(5):
                    act()
                self.assert_ends(signal.SIGTERM)
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(about="all of it", signal=number):
                self.start("tcp4", "--drain", "0.5")
                for act in about.values():
                    act()
                self.assert_ends(number)

    def test_it_ends_in_the_middle_of_a_storm(self):
        """Clients come and go, and talk, while it is told to end; each of them has a whole reply, or
        the end of its stream."""
        self.start("unix", "--drain", "1")
        talkers = [self.insider() for _ in range(20)]
        for peer in talkers:
            peer.send(frame(NONE) * 1000)
        for _ in range(200):
            self.stranger().reset()
        self.assert_ends(signal.SIGTERM)
        for peer in talkers:
            said = peer.drain()
            self.assertEqual(said, (frame(NONE) * 1000)[:len(said)])
            self.assertEqual(len(said) % len(frame(NONE)), 0, "a reply is cut")


if __name__ == "__main__":
    main()

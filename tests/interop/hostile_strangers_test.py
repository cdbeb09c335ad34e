"""What peers without the key, or with a key and no manners, can do to `parley echo` before they are
authenticated: nothing. After each the server serves a good client within a second, and its memory
and descriptors return to where they were."""
import random
import socket
import struct
import time

from harness.child import seconds
from harness.suite import KEY, InteropTest, main
from harness.wire import (
    CHALLENGE, FAILURE, WELCOME, HungUp, RawPeer, frame, half_close, mac, one_bit_off)
from harness.witness import Witness

HANDSHAKE_TIMEOUT = 20  # seconds
TLS_HELLO = (b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(range(32)) + b"\0" * 160)
GREETINGS = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": TLS_HELLO,
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "zeros": b"\0" * 4096,
    "ones": b"\xff" * 4096,
}
LENGTHS = {
    "257": struct.pack("!i", 257),
    "a mebibyte": struct.pack("!i", 1 << 20),
    "the longest short one": struct.pack("!i", 0x7FFFFFFF),
    "-2": struct.pack("!i", -2),
    "the most negative": struct.pack("!i", -2 ** 31),
    "a long 257": struct.pack("!iQ", -1, 257),
    "a long 2^32": struct.pack("!iQ", -1, 2 ** 32),
    "the longest": struct.pack("!iQ", -1, 2 ** 63 - 1),
    "2^63": struct.pack("!iQ", -1, 2 ** 63),
    "2^64 - 1": struct.pack("!iQ", -1, 2 ** 64 - 1),
}


class StrangersTest(InteropTest):
    def setUp(self):
        super(StrangersTest, self).setUp()
        self.echo = self.echo("127.0.0.1:0", "--raw", key=KEY)
        self.witness = Witness(self, self.echo, KEY)

    def stranger(self):
        peer = RawPeer(self.echo.address)
        self.addCleanup(peer.close)
        return peer

    def assert_dropped(self, peer):
        """The server hangs up on peer, and has not let it in. What it said until then."""
        said = peer.drain()
        self.assertNotIn(WELCOME, said)
        peer.close()
        self.witness.check()
        return said

    def assert_refused(self, peer):
        """The server says #FAILURE#, or nothing, and hangs up."""
        self.assertIn(self.assert_dropped(peer), (b"", frame(FAILURE)))

    def test_other_protocols_are_dropped(self):
        for name, greeting in GREETINGS.items():
            with self.subTest(greeting=name):
                peer = self.stranger()
                peer.challenge()
                self.say(peer, greeting)
                self.assert_refused(peer)

    def say(self, peer, data):
        try:
            peer.send(data)
        except HungUp:
            pass  # it may hang up before it has heard everything

    def test_random_bytes_are_dropped(self):
        chance = random.Random(1)
        for round_ in range(100):
            with self.subTest(round=round_):
                peer = self.stranger()
                # A first byte of 1 to 127 makes a length that no handshake has.
                self.say(peer, bytes([chance.randrange(1, 128)]) + bytes(
                    chance.randrange(256) for _ in range(chance.randrange(4, 3000))))
                peer.challenge()
                self.assert_refused(peer)

    def test_impossible_lengths_are_dropped(self):
        for name, header in LENGTHS.items():
            with self.subTest(length=name):
                peer = self.stranger()
                peer.challenge()
                peer.send(header)
                self.assert_refused(peer)

    def test_peers_that_hang_up_harm_nobody(self):
        answer = frame(mac(KEY, b"x"))
        for cut in list(range(len(answer))):
            for leave in (RawPeer.close, RawPeer.reset):
                peer = self.stranger()
                peer.challenge()
                peer.send(answer[:cut])
                leave(peer)
        for _ in range(100):
            self.stranger().reset()
        self.witness.check()

    def test_half_closed_peers_are_dropped(self):
        peer = self.stranger()
        peer.challenge()
        half_close(peer)
        self.assert_refused(peer)

    def test_wrong_answers_are_refused(self):
        def answers(challenge):
            nonce = challenge.partition(b"}")[2]
            yield "nothing", b""
            yield "the challenge itself", challenge
            yield "zeros", b"{sha256}" + b"\0" * 32
            yield "another key's", mac(b"another", challenge)
            yield "another key's, bare", mac(b"another", challenge, "md5", label=False)
            yield "one bit off", one_bit_off(mac(KEY, challenge))
            yield "one byte short", mac(KEY, challenge)[:-1]
            yield "one byte more", mac(KEY, challenge) + b"\0"
            yield "an empty code", b"{sha256}"
            yield "no label's end", b"{sha256"
            yield "an unknown digest", b"{sha1}" + mac(KEY, challenge, "sha1")[6:]
            yield "a digest that is no name", b"{../../md5}" + b"\0" * 16
            yield "an empty name", b"{}" + b"\0" * 16
            yield "another digest's code", b"{sha384}" + mac(KEY, challenge)[8:]
            yield "the code of the nonce alone", mac(KEY, nonce)
            # A man in the middle relabels the challenge to have a weaker code made.
            yield "a relabelled challenge's code", mac(KEY, b"{md5}" + nonce, "md5")
            yield "such a code, bare", mac(KEY, nonce, "md5", label=False)
            yield "a welcome", WELCOME
            yield "a challenge", CHALLENGE + b"{sha256}" + b"n" * 32
            yield "a pickle", b"\x80\x04N."
        names = [name for name, _ in answers(b"{sha256}")]
        for place, name in enumerate(names):
            with self.subTest(answer=name):
                peer = self.stranger()
                challenge = peer.challenge()
                peer.send_frame(list(answers(challenge))[place][1])
                self.assert_refused(peer)

    def test_what_cpython_accepts_is_welcome(self):
        for digest in ("md5", "sha256", "sha384", "sha3_256", "sha3_384"):
            with self.subTest(digest=digest), self.stranger() as peer:
                peer.send_frame(mac(KEY, peer.challenge(), digest))
                self.assertEqual(peer.receive_frame(), WELCOME)
        for digest in ("md5", "sha256"):
            with self.subTest(bare=digest), self.stranger() as peer:
                peer.send_frame(mac(KEY, peer.challenge(), digest, label=False))
                self.assertEqual(peer.receive_frame(), WELCOME)

    def test_a_replayed_answer_is_refused(self):
        good = self.stranger()
        answer = mac(KEY, good.challenge())
        good.send_frame(answer)
        self.assertEqual(good.receive_frame(), WELCOME)
        good.close()
        thief = self.stranger()
        thief.challenge()
        thief.send_frame(answer)
        self.assert_refused(thief)

    def test_no_challenge_comes_twice(self):
        seen = set()
        for _ in range(200):
            with self.stranger() as peer:
                seen.add(peer.challenge())
        self.assertEqual(len(seen), 200)

    def test_the_server_answers_nobody_who_has_not_proven_the_key(self):
        """Or else the answer to one connection's challenge could be had from another."""
        first, second = self.stranger(), self.stranger()
        second.challenge()
        second.send_frame(CHALLENGE + first.challenge())
        self.assertIn(second.drain(), (b"", frame(FAILURE)))
        first.close()
        second.close()
        self.witness.check()

    def test_its_own_challenge_is_not_answered(self):
        peer = self.stranger()
        challenge = peer.challenge()
        peer.send_frame(mac(KEY, challenge))
        self.assertEqual(peer.receive_frame(), WELCOME)
        peer.send_frame(CHALLENGE + challenge)
        self.assert_refused(peer)

    def test_a_handshake_out_of_order_is_dropped(self):
        second_halves = {
            "no challenge": [b"\x80\x04N."],
            "a welcome": [WELCOME],
            "a failure": [FAILURE],
            "nothing": [b""],
            "the keyword alone": [CHALLENGE],
            "19 bytes": [CHALLENGE + b"n" * 19],
            "21 bytes without a digest": [CHALLENGE + b"n" * 21],
            "an unknown digest": [CHALLENGE + b"{sha1}" + b"n" * 32],
            "a digest without an end": [CHALLENGE + b"{sha256" + b"n" * 32],
            "a short nonce": [CHALLENGE + b"{sha256}" + b"n" * 8],
            "257 bytes": [CHALLENGE + b"{sha256}" + b"n" * (257 - 19)],
        }
        for name, messages in second_halves.items():
            with self.subTest(after_the_welcome=name):
                peer = self.stranger()
                peer.prove(KEY)
                for message in messages:
                    self.say(peer, frame(message))
                self.assert_refused(peer)

    def test_whoever_does_not_welcome_the_answer_is_dropped(self):
        for name, verdict in (("a failure", FAILURE), ("a pickle", b"\x80\x04N."), ("nothing", b""),
                              ("a challenge", CHALLENGE + b"n" * 20)):
            with self.subTest(verdict=name):
                peer = self.stranger()
                peer.prove(KEY)
                peer.send_frame(CHALLENGE + b"{sha256}" + b"n" * 32)
                peer.receive_frame()
                self.say(peer, frame(verdict))
                self.assert_refused(peer)

    def test_a_message_that_comes_with_the_welcome_is_not_lost(self):
        with self.stranger() as peer:
            peer.prove(KEY)
            peer.send_frame(CHALLENGE + b"{sha256}" + b"n" * 32)
            peer.receive_frame()
            peer.send(frame(WELCOME) + frame(b"\x80\x04N.") + frame(b"\x80\x04K\7."))
            self.assertEqual(peer.receive_frame(), b"\x80\x04N.")
            self.assertEqual(peer.receive_frame(), b"\x80\x04K\7.")

    def test_a_thousand_half_open_peers_delay_nobody(self):
        peers = [self.stranger() for _ in range(1000)]
        self.witness.check_service()
        for peer in peers[::2]:
            self.say(peer, b"\0")
        self.witness.check_service()
        for peer in peers:
            peer.close()
        self.witness.check()

    def test_slow_peers_are_dropped_in_time_and_delay_nobody(self):
        began = time.monotonic()
        silent = [self.stranger() for _ in range(50)]
        slow = [self.stranger() for _ in range(10)]
        stopped = [self.stranger() for _ in range(10)]
        for peer in stopped:
            peer.prove(KEY)
        dribble = frame(b"x" * 200)
        while time.monotonic() < began + HANDSHAKE_TIMEOUT + seconds(3):
            for peer in slow:
                self.say(peer, dribble[:1])
            dribble = dribble[1:]
            self.witness.check_service()
            time.sleep(1)  # a byte a second is what makes them slow
        for peer in silent + slow + stopped:
            peer.socket.settimeout(seconds(2))
            peer.drain()
            peer.close()
        self.witness.check()


if __name__ == "__main__":
    main()

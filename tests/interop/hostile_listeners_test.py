"""What listeners can do to `parley connect`, `send` and `probe`: nothing but make them give up. Each
ends with the status of its kind after one line on standard error, in time, in little memory, having
executed nothing, and having shown no byte of a listener that has not proven the key."""
import os
import resource
import socket
import struct
import sys
import time

from harness.crooked_listener import NONCE, CrookedListener
from harness.parley import HERE
from harness.suite import KEY, InteropTest, main
from harness.wire import CHALLENGE, FAILURE, WELCOME, frame, mac, one_bit_off
from harness.witness import SANITIZED

sys.path.insert(0, os.path.join(HERE, "peers"))
import bombs  # noqa: E402

AUTHENTICATION, PEER, TIMEOUT = 4, 5, 7  # exit statuses
SECRET = frame(b"\x80\x04\x8c\x06SECRET.")  # what nobody may see who has not let us in
VERBS = {"connect": (), "send": ("1",), "probe": ("--say", "1")}
TLS_ALERT = b"\x15\x03\x03\x00\x02\x02\x46"
MOST_MEMORY = 64 << 20
FOR_EACH_BYTE = 256 + 64  # docs/pickle.md, "Bounds", and the text that is printed


class ListenersTest(InteropTest):
    def visit(self, listener, verb, *flags, key=KEY, patience=20, received=0):
        """(status, output, standard error) of a client that has something to say, whose memory stays
        small when it has received so many bytes."""
        arguments = VERBS[verb] + ("--timeout", str(patience)) + flags
        child = self.parley(verb, listener.address, *arguments, key=key)
        if verb == "connect":
            child.write("1\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        status, out, err = child.finish(60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        if not SANITIZED and after > before:  # it is the largest child so far
            self.assertLess(after * 1024, MOST_MEMORY + received * FOR_EACH_BYTE)
        return status, out, err

    def assert_gives_up(self, plot, statuses, key=KEY, patience=20, verbs=tuple(VERBS)):
        for verb in verbs:
            with self.subTest(verb=verb), CrookedListener(plot) as listener:
                status, out, err = self.visit(listener, verb, key=key, patience=patience)
                self.assertIn(status, statuses, err)
                self.assertRegex(err, r"\A[^\n]+\n\Z", "one line")
                self.assertNotIn("SECRET", out + err)
                if verb != "probe":  # which is there to tell what it finds
                    self.assertEqual(out, "")

    # Before it has proven the key.

    def test_other_protocols_are_told(self):
        for speech in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", TLS_ALERT,
                       b"\x16\x03\x03" + b"\x55" * 300, b"\0" * 4096, b"\xff" * 4096,
                       bytes(range(256)) * 16):
            with self.subTest(speech=speech[:12]):
                self.assert_gives_up(lambda guest: guest.send(speech), (AUTHENTICATION, PEER))

    def test_impossible_lengths_are_refused(self):
        for header in (struct.pack("!i", 257), struct.pack("!i", 0x7FFFFFFF), struct.pack("!i", -2),
                       struct.pack("!iQ", -1, 257), struct.pack("!iQ", -1, 2 ** 63 - 1),
                       struct.pack("!iQ", -1, 2 ** 64 - 1)):
            with self.subTest(header=header):
                self.assert_gives_up(lambda guest: guest.send(header), (AUTHENTICATION, PEER),
                                     verbs=("connect", "probe"))

    def test_malformed_challenges_are_not_answered(self):
        for challenge in (b"", CHALLENGE, CHALLENGE + b"n" * 19, CHALLENGE + b"n" * 21,
                          CHALLENGE + b"{sha256}" + b"n" * 8, CHALLENGE + b"{sha1}" + NONCE,
                          CHALLENGE + b"{sha256" + NONCE, CHALLENGE + b"{}" + NONCE,
                          CHALLENGE.lower() + NONCE, WELCOME, FAILURE):
            with self.subTest(challenge=challenge):
                def plot(guest):
                    guest.send_frame(challenge)
                    self.answered = guest.receive_frame()
                self.answered = b""
                self.assert_gives_up(plot, (AUTHENTICATION, PEER), verbs=("connect", "probe"))
                # A parting #FAILURE# is no answer.
                self.assertIn(self.answered, (b"", FAILURE))

    def test_a_downgrade_is_refused_by_a_strict_client(self):
        for label, nonce in ((b"{md5}", NONCE), (b"", b"n" * 20)):
            with self.subTest(label=label), CrookedListener(
                    lambda guest: guest.ask(nonce, label)) as listener:
                status, _, err = self.visit(listener, "send", "--strict")
                self.assertEqual(status, AUTHENTICATION)
                self.assertIn("md5", err.lower())
                self.assertEqual(listener.heard, b"")

    def test_a_wrong_verdict_is_no_welcome(self):
        for verdict in (b"", FAILURE, WELCOME[:-1], WELCOME + b"\0", WELCOME.lower(),
                        b"\x80\x04\x8c\x06SECRET.", CHALLENGE + b"{sha256}" + NONCE):
            with self.subTest(verdict=verdict):
                def plot(guest):
                    guest.ask()
                    guest.send(frame(verdict) + SECRET)
                self.assert_gives_up(plot, (AUTHENTICATION, PEER))

    def test_challenges_without_end_are_not_answered(self):
        """Or else a listener could have as many MACs made as it likes."""
        answers = []

        def plot(guest):
            for number in range(1000):
                answers.append(guest.ask(bytes([number % 256]) * 32))
        self.assert_gives_up(plot, (AUTHENTICATION, PEER))
        self.assertLessEqual(len([answer for answer in answers if answer != FAILURE]), len(VERBS))

    def test_a_wrong_answer_is_refused(self):
        def answers(challenge):
            yield b""
            yield challenge
            yield CHALLENGE + challenge
            yield mac(b"another", challenge)
            yield one_bit_off(mac(KEY, challenge))
            yield mac(KEY, challenge) + b"\0"
            yield mac(KEY, challenge.partition(b"}")[2])
            yield b"{sha1}" + mac(KEY, challenge, "sha1")[6:]
            yield mac(KEY, b"{md5}" + challenge.partition(b"}")[2], "md5")
            yield mac(KEY, NONCE)
            yield WELCOME
            yield FAILURE
        for place in range(len(list(answers(b"{sha256}")))):
            with self.subTest(place=place):
                def plot(guest):
                    challenge = guest.welcome()
                    guest.send(frame(list(answers(challenge))[place]) + SECRET)
                self.assert_gives_up(plot, (AUTHENTICATION, PEER), verbs=("send", "probe"))

    def test_a_replayed_answer_is_refused(self):
        recorded = []

        def plot(guest):
            challenge = guest.welcome()
            recorded.append(mac(KEY, challenge))
            guest.send(frame(recorded[0]) + SECRET)
        with CrookedListener(plot) as listener:
            self.visit(listener, "send")  # the one it records
            status, out, _ = self.visit(listener, "send")
            self.assertEqual((status, out), (AUTHENTICATION, ""))
        self.assertEqual(len(set(recorded)), 2)

    def test_a_challenge_of_its_own_key_is_not_answered_by_a_client(self):
        """A listener without the key bounces the client's challenge back, on the same connection or
        on another one, to have the answer made."""
        challenges, said = [], []

        def plot(guest):
            if challenges:
                guest.send_frame(CHALLENGE + challenges[0])
            else:
                challenges.append(guest.welcome())
                guest.send_frame(CHALLENGE + challenges[0])
            said.append(guest.drain())
        with CrookedListener(plot) as listener:
            for _ in ("the same connection", "another one"):
                status, out, _ = self.visit(listener, "send")
                self.assertIn(status, (AUTHENTICATION, PEER))
                self.assertEqual(out, "")
        for bytes_ in said:
            self.assertIn(bytes_, (b"", frame(FAILURE)))
        self.assertEqual(len(said), 2)

    def test_a_listener_that_hangs_up_anywhere_is_told(self):
        def actions(guest):
            yield lambda: guest.send(b"\0\0")
            yield lambda: guest.send(struct.pack("!H", len(CHALLENGE) + 40) + CHALLENGE)
            yield lambda: guest.send(b"{sha256}" + NONCE)
            yield guest.receive_frame
            yield lambda: guest.send(frame(WELCOME)[:6])
            yield lambda: guest.send(frame(WELCOME)[6:])
            challenge = guest.challenge()
            yield lambda: guest.send(frame(mac(KEY, challenge))[:20])
            yield lambda: guest.send(frame(mac(KEY, challenge))[20:])
            yield guest.receive_frame
        for count in range(10):
            for leave in ("close", "reset"):
                with self.subTest(steps=count, leave=leave):
                    def plot(guest):
                        for _, action in zip(range(count), actions(guest)):
                            action()
                        getattr(guest, leave)()
                    self.assert_gives_up(plot, (AUTHENTICATION, PEER), verbs=("send",))

    def test_silence_and_slow_bytes_run_into_the_timeout(self):
        def dribble(guest):
            for byte in frame(CHALLENGE + b"{sha256}" + NONCE):
                guest.send(bytes([byte]))
                time.sleep(0.2)  # slowness is what it is about

        def stop_after_the_welcome(guest):
            guest.welcome()
        for plot in (lambda guest: None, lambda guest: guest.send(b"\0\0"), dribble,
                     stop_after_the_welcome):
            self.assert_gives_up(plot, (AUTHENTICATION, TIMEOUT), patience=1)

    # After it has proven the key.

    def after(self, action):
        return lambda guest: action(guest.let_in(KEY))

    def test_replies_that_are_no_pickles_are_told(self):
        for name, pickled in list(bombs.malformed())[::7]:
            with self.subTest(pickle=name):
                self.assert_gives_up(self.after(lambda guest: guest.send_frame(pickled)), (PEER,),
                                     verbs=("send",))
        self.assert_gives_up(self.after(lambda guest: guest.send_frame(b"junk!")), (PEER,))

    def test_impossible_lengths_of_replies_are_told(self):
        for header in (struct.pack("!i", -2), struct.pack("!iQ", -1, 2 ** 63),
                       struct.pack("!iQ", -1, 2 ** 64 - 1)):
            with self.subTest(header=header):
                self.assert_gives_up(self.after(lambda guest: guest.send(header)), (PEER,))

    def test_memory_grows_with_what_arrived_and_not_with_what_was_announced(self):
        for header in (struct.pack("!i", 0x7FFFFFFF), struct.pack("!iQ", -1, 2 ** 40),
                       struct.pack("!iQ", -1, 2 ** 63 - 1)):
            with self.subTest(header=header):
                def announce(guest):
                    guest.send(header + b"x" * 100)
                    guest.close()
                self.assert_gives_up(self.after(announce), (PEER,))

    def test_replies_cut_anywhere_are_told(self):
        reply = frame(b"\x80\x04\x95\x07\0\0\0\0\0\0\0\x8c\x03abc\x94.")
        for cut in range(len(reply)):
            with self.subTest(cut=cut):
                def say_part(guest):
                    guest.send(reply[:cut])
                    guest.socket.shutdown(socket.SHUT_WR)
                self.assert_gives_up(self.after(say_part), (PEER,), verbs=("send",))

    def test_silence_and_slow_replies_run_into_the_timeout(self):
        def dribble(guest):
            for byte in frame(b"\x80\x04\x8c\x03abc."):
                guest.send(bytes([byte]))
                time.sleep(0.3)  # slowness is what it is about
        for action in (lambda guest: None, dribble):
            self.assert_gives_up(self.after(action), (TIMEOUT,), patience=3,
                                 verbs=("connect", "send"))

    def test_a_byte_at_a_time_is_enough(self):
        def plot(guest):
            challenge = frame(CHALLENGE + b"{sha256}" + NONCE)
            for byte in challenge:
                guest.send(bytes([byte]))
            guest.receive_frame()
            for byte in frame(WELCOME):
                guest.send(bytes([byte]))
            for byte in frame(mac(KEY, guest.challenge())):
                guest.send(bytes([byte]))
            guest.receive_frame()
            for byte in frame(b"\x80\x04\x8c\x03abc."):
                guest.send(bytes([byte]))
        for verb in VERBS:
            with self.subTest(verb=verb), CrookedListener(plot) as listener:
                status, out, err = self.visit(listener, verb)
                self.assertEqual((status, err), (0, ""))
                self.assertIn("'abc'", out)

    def test_nothing_is_ever_executed(self):
        sentinel = os.path.join(self.folder, "executed")
        for place, (name, pickled) in enumerate(bombs.malicious(sentinel)):
            verb = tuple(VERBS)[place % len(VERBS)]
            with self.subTest(pickle=name, verb=verb), CrookedListener(
                    self.after(lambda guest: guest.send_frame(pickled))) as listener:
                status, _, err = self.visit(listener, verb)
                self.assertIn(status, (0, PEER), err)
                self.assertFalse(os.path.exists(sentinel), "something was executed")

    def test_bombs_are_printed_or_refused_in_little_memory(self):
        for name, pickled in bombs.bombs():
            with self.subTest(pickle=name), CrookedListener(
                    self.after(lambda guest: guest.send_frame(pickled))) as listener:
                status, out, err = self.visit(listener, "send", patience=60,
                                              received=len(pickled))
                self.assertIn(status, (0, PEER), err)
                self.assertLess(len(out), 64 * len(pickled) + (17 << 20))


if __name__ == "__main__":
    main()

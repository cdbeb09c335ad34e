#!/usr/bin/env python3
"""Remakes handshake.txt: what real CPythons say in a handshake with parley, in both roles.

    tests/golden/handshake.py python2.7 python3.11 ...

Every interpreter runs its own answer_challenge and deliver_challenge against a peer that follows
docs/wire.md. Each line is: version, role of the CPython, key, then what CPython and what parley
sent, as whole streams in hexadecimal. The random bytes are fixed.
"""
from __future__ import print_function
import binascii
import hashlib
import hmac
import os
import struct
import subprocess
import sys
from multiprocessing import connection

KEYS = [b"Hello World!", b"", b"a\0b", b"k" * 200]
NONCE = bytes(bytearray(range(40)))
CHALLENGE, WELCOME = b"#CHALLENGE#", b"#WELCOME#"


def mac(key, message, name):
    return hmac.new(key, message, getattr(hashlib, name)).digest()


def frame(message):
    return struct.pack("!i", len(message)) + message


def parleys_challenge(role, key):
    if role == "listener":
        return b"{sha256}" + NONCE
    mark = mac(key, b"parley: challenge of a client\n" + NONCE[:24], "sha256")[:16]
    return b"{sha256}" + NONCE[:24] + mark


def parleys_answer(key, challenge):
    if len(challenge) == 20:
        return mac(key, challenge, "md5")
    name = challenge[1:challenge.index(b"}")]
    return b"{" + name + b"}" + mac(key, challenge, name.decode())


class Peer(object):
    """A connection whose other end is parley."""

    def __init__(self, role, key):
        self.role, self.key = role, key
        self.from_cpython = self.from_parley = b""
        self.inbox = []
        if role == "listener":
            self.say(CHALLENGE + parleys_challenge(role, key))

    def say(self, message):
        self.from_parley += frame(message)
        self.inbox.append(message)

    def send_bytes(self, message):
        self.from_cpython += frame(message)
        if message.startswith(CHALLENGE):
            self.say(parleys_answer(self.key, message[len(CHALLENGE):]))
        elif message == WELCOME:
            if self.role == "client":
                self.say(CHALLENGE + parleys_challenge(self.role, self.key))
        else:
            self.say(WELCOME)

    def recv_bytes(self, maxlength=None):
        return self.inbox.pop(0)


def transcript(role_of_cpython, key):
    peer = Peer("client" if role_of_cpython == "listener" else "listener", key)
    if role_of_cpython == "listener":
        connection.deliver_challenge(peer, key)
        connection.answer_challenge(peer, key)
    else:
        connection.answer_challenge(peer, key)
        connection.deliver_challenge(peer, key)
    return peer


def hexed(data):
    return binascii.hexlify(data).decode() or "-"


def print_transcripts():
    os.urandom = lambda size: bytes(bytearray(range(100, 100 + size)))
    version = "%d.%d.%d" % sys.version_info[:3]
    for role in ("listener", "client"):
        for key in KEYS:
            peer = transcript(role, key)
            print(version, role, hexed(key), hexed(peer.from_cpython), hexed(peer.from_parley))


def main(interpreters):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "handshake.txt"), "w") as out:
        print("# Written by tests/golden/handshake.py; see there.", file=out)
        for interpreter in interpreters:
            command = [interpreter, os.path.abspath(__file__), "--print"]
            out.write(subprocess.check_output(command).decode())


if __name__ == "__main__":
    print_transcripts() if sys.argv[1:] == ["--print"] else main(sys.argv[1:])

"""stops_at.py client|listener ADDRESS KEY STEPS: does so many steps of the handshake, of a message
and of half a message, says `stopped`, and waits to be killed. A step is one frame sent or received.
"""
import hashlib
import hmac
import socket
import struct
import sys

from common import parse_address, parse_key, say


def main():
    role, address, key, steps = sys.argv[1:]
    key, steps = parse_key(key), int(steps)
    path = parse_address(address)[1]
    sock = socket.socket(socket.AF_UNIX)
    if role == "listener":
        sock.bind(path)
        sock.listen(1)
        say("listening")
        sock = sock.accept()[0]
    else:
        sock.connect(path)

    def receive():
        (size,) = struct.unpack("!i", sock.recv(4, socket.MSG_WAITALL))
        return sock.recv(size, socket.MSG_WAITALL)

    def send(payload):
        sock.sendall(struct.pack("!i", len(payload)) + payload)

    def deliver():
        challenge = b"{sha256}" + b"n" * 32
        yield send(b"#CHALLENGE#" + challenge)
        yield receive()
        yield send(b"#WELCOME#")

    def answer():
        challenge = receive()[len(b"#CHALLENGE#"):]
        yield
        yield send(b"{sha256}" + hmac.new(key, challenge, hashlib.sha256).digest())
        yield receive()

    def half_a_message():
        yield sock.sendall(b"\0\0\1\0\x80\4half")

    halves = [deliver, answer] if role == "listener" else [answer, deliver]
    script = [step for step in halves + [half_a_message]]
    done = 0
    for part in script:
        turns = part()
        while done < steps:
            try:
                next(turns)
                done += 1
            except StopIteration:
                break
    say("stopped")
    sys.stdin.readline()


if __name__ == "__main__":
    main()

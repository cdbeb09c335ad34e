"""RawPeer: a client written out by hand, to do everything that a good one never does."""
import hashlib
import hmac
import re
import socket
import struct

from harness.child import seconds

CHALLENGE, WELCOME, FAILURE = b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#"


def frame(payload):
    return struct.pack("!i", len(payload)) + payload


def socket_to(address, timeout=20):
    """A connected socket, for an address in parley's notation."""
    if address.startswith("unix:"):
        path = address[5:]
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(seconds(timeout))
        sock.connect("\0" + path[1:] if path.startswith("@") else path)
        return sock
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), seconds(timeout))


def mac(key, message, digest="sha256", label=True):
    """The answer to a challenge: labelled as 3.12 and later do, bare as those before."""
    code = hmac.new(key, message, getattr(hashlib, digest)).digest()
    return b"{%s}" % digest.encode() + code if label else code


def half_close(peer):
    """Says no more, and still listens."""
    peer.socket.shutdown(socket.SHUT_WR)


def one_bit_off(code):
    return code[:-1] + bytes([code[-1] ^ 1])


class HungUp(Exception):
    """The server closed the connection."""


class RawPeer(object):
    def __init__(self, address, timeout=20):
        self.socket = socket_to(address, timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Hangs up without a farewell: RST instead of FIN, where there is one."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise HungUp()

    def fill(self, data, times):
        """Says the same so often without reading a byte, which nobody may take."""
        self.socket.settimeout(0.2)
        try:
            for _ in range(times):
                self.send(data)
        except socket.timeout:
            self.socket.settimeout(seconds(20))
        else:
            raise AssertionError("the server takes messages without end")

    def send_frame(self, payload):
        self.send(frame(payload))

    def receive(self, size):
        data = b""
        while len(data) < size:
            try:
                piece = self.socket.recv(min(size - len(data), 1 << 20))
            except ConnectionResetError:
                raise HungUp()
            if not piece:
                raise HungUp()
            data += piece
        return data

    def receive_frame(self):
        return self.receive(struct.unpack("!i", self.receive(4))[0])

    def drain(self):
        """Reads until the server hangs up, and returns what came; socket.timeout if it does not."""
        data = b""
        try:
            while True:
                data += self.receive(1)
        except HungUp:
            return data

    # The handshake, step by step.

    def challenge(self):
        """The server's challenge, without its keyword."""
        message = self.receive_frame()
        assert message.startswith(CHALLENGE), message
        return message[len(CHALLENGE):]

    def prove(self, key):
        """Answers the server's challenge as a good client does."""
        message = self.challenge()
        self.send_frame(mac(key, message))
        reply = self.receive_frame()
        assert reply == WELCOME, reply

    def demand(self, nonce=b"n" * 32, label=b"{sha256}"):
        """Challenges the server, and welcomes its answer; returns that."""
        self.send_frame(CHALLENGE + label + nonce)
        answer = self.receive_frame()
        self.send_frame(WELCOME)
        return answer

    def authenticate(self, key):
        self.prove(key)
        answer = self.demand()
        assert re.match(br"^\{sha256\}.{32}$", answer, re.DOTALL), answer
        return self

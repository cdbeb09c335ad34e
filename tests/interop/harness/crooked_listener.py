"""CrookedListener: a listener written out by hand, to do everything that a good one never does."""
import socket
import threading

from harness.child import seconds
from harness.wire import CHALLENGE, FAILURE, WELCOME, HungUp, RawPeer, mac

NONCE = b"n" * 32


class Guest(RawPeer):
    """The client at the other end of one accepted connection."""

    def __init__(self, sock):
        sock.settimeout(seconds(60))
        self.socket = sock

    def ask(self, nonce=NONCE, label=b"{sha256}"):
        """Challenges the client; its answer."""
        self.send_frame(CHALLENGE + label + nonce)
        return self.receive_frame()

    def welcome(self, nonce=NONCE):
        """As far as a listener's half goes; the client's challenge, without its keyword."""
        self.ask(nonce)
        self.send_frame(WELCOME)
        return self.challenge()

    def let_in(self, key):
        """The whole handshake, as a good listener does."""
        self.send_frame(mac(key, self.welcome()))
        reply = self.receive_frame()
        assert reply == WELCOME, reply
        return self

    def refuse(self):
        self.ask()
        self.send_frame(FAILURE)


class CrookedListener(object):
    """Accepts clients on a free port, one at a time; plot(guest) is what it does to each. Then it
    waits for the client to hang up, or hangs up itself where the plot does.

    What the plot says after the client has gone is lost without a word; `heard` is what the client
    said after the end of the plot."""

    def __init__(self, plot):
        self._plot = plot
        self.heard = b""
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(16)
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:  # closed
                return
            with Guest(sock) as guest:
                try:
                    self._plot(guest)
                    self.heard += guest.drain()
                except (HungUp, OSError):
                    pass  # the client has seen through it, or has lost its patience

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

"""What each cell of the matrix does: one CPython and one parley, once.

A method returns None where it went as it should, (True, note) where it did in a way that needs a
word, and (False, note) where that CPython cannot. What goes wrong is an AssertionError.
"""
import os

from harness.child import Child
from harness.literals import COMMON, PYTHON3
from harness.parley import HERE, Connect, Echo, environment, program
from harness.suite import KEY, hexed

KEYS = {"none": None, "right": KEY, "wrong": KEY, "empty": b"", "1 KiB": b"k" * 1024,
        "with NULs": b"with\0NULs\0"}
SYSTEM, AUTHENTICATION = 1, 4  # exit statuses

BY_HAND = "its Client() takes no IPv6 address: the socket was made by hand, the rest is its own"
EMPTY_KEY = ("before 3.13 its Listener skips the handshake for an empty key, and its clients then "
             "wait in vain")
NO_PROTOCOL = "it has no such pickle protocol"
ONLY_MD5 = "before 3.12 it knows HMAC-MD5 alone: refused, with the reason, as it must be"
OWN_DIGESTS = "from 3.12 on it names its digests, and Red Hat leaves it as it is"
HAS_ONLY_MD5 = ("before 3.12 it knows HMAC-MD5 alone, which such an OpenSSL does not make: refused, "
                "with the reason")


class Cells(object):
    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.children = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.kill()

    # Who takes part.

    def started(self, child):
        self.children.append(child)
        return child

    def address(self, transport):
        return {"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0",
                "unix": "unix:" + os.path.join(self.folder, "socket"),
                "abstract": "unix:@" + os.path.basename(self.folder)}[transport]

    def peer(self, script, *arguments):
        path = os.path.join(HERE, "peers", script)
        return self.started(Child([self.python.path, path] + list(arguments), env=environment(
            PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8")))

    def server(self, transport, *flags, key=KEY, env=None):
        return self.started(Echo(self.folder, self.address(transport), *flags, key=key, env=env))

    def client(self, address, *flags, key=KEY, env=None):
        if self.is_python2 and "--protocol" not in flags:
            flags += ("--protocol", "2")
        return self.started(Connect(self.folder, address, *flags, key=key, env=env))

    def listener(self, transport, key=KEY, script="listener.py"):
        """(process, address)"""
        child = self.peer(script, self.address(transport), hexed(key))
        return child, child.read_line()[len("listening on "):]

    @property
    def is_python2(self):
        return self.python.version[0] == 2

    @property
    def is_legacy(self):
        return self.python.version < (3, 12)

    # What they do.

    def run_client(self, echo, *tasks, key=KEY, script="echo_client.py"):
        status, out, err = self.peer(script, echo.address, hexed(key), *tasks).finish(120)
        assert status == 0, (out + err).strip()

    def assert_client_refused(self, echo, key, words="AuthenticationError"):
        status, _, err = self.peer("echo_client.py", echo.address, hexed(key), "small").finish(60)
        assert status == 1 and words in err, err
        assert echo.status is None, "the server is gone"

    def converse(self, client, literals):
        for literal in literals:
            reply = client.ask(literal, timeout=60)
            assert reply == literal, "%.80s came back as %.80s" % (literal, reply)
        status, _, err = client.finish()
        assert (status, err) == (0, ""), err

    def assert_refused(self, client, words="", expected=AUTHENTICATION):
        status, out, err = client.finish(40)
        assert status == expected and out == "" and err.count("\n") == 1, (status, out, err)
        assert words in err, err

    # Transports and keys.

    def echo(self, transport, key):
        echo = self.server(transport, key=KEYS[key])
        if key == "wrong":
            self.assert_client_refused(echo, b"wrong")
        self.run_client(echo, "small", key=KEYS[key])
        return (True, BY_HAND) if transport == "tcp6" else None

    def connect(self, transport, key):
        listener, address = self.listener(transport, KEYS[key])
        if key == "empty" and self.python.version < (3, 13):
            return False, EMPTY_KEY
        if key == "wrong":
            self.assert_refused(self.client(address, key=b"wrong"))
            assert listener.read_line() == "rejected: AuthenticationError"
        self.converse(self.client(address, key=KEYS[key]), COMMON)

    # Payloads.

    def echo_task(self, transport, task):
        self.run_client(self.server(transport), task)

    def echo_protocol(self, transport, protocol):
        if protocol > self.highest_protocol:
            return False, NO_PROTOCOL
        self.run_client(self.server(transport), "protocols=%d" % protocol)

    def echo_raw(self, transport, size):
        self.run_client(self.server(transport, "--raw"), "raw=%d" % size)

    @property
    def highest_protocol(self):
        return 2 if self.is_python2 else 4 if self.python.version < (3, 8) else 5

    def connect_protocol(self, transport, protocol):
        if protocol > self.highest_protocol:
            return False, NO_PROTOCOL
        _, address = self.listener(transport)
        self.converse(self.client(address, "--protocol", str(protocol)),
                      COMMON if self.is_python2 else PYTHON3)

    def connect_bytes(self, transport, size):
        _, address = self.listener(transport)
        literal = ("'%s'" if self.is_python2 else "b'%s'") % ("x" * size)
        self.converse(self.client(address), [literal])

    # Digests.

    def echo_strict(self):
        echo = self.server("tcp4", "--strict")
        if self.is_legacy:
            self.assert_client_refused(echo, KEY)
            return False, ONLY_MD5
        self.run_client(echo, "small")

    def connect_strict(self):
        _, address = self.listener("tcp4")
        client = self.client(address, "--strict")
        if self.is_legacy:
            self.assert_refused(client, "md5")
            return False, ONLY_MD5
        self.converse(client, COMMON)

    def echo_red_hat(self):
        if not self.is_legacy:
            return False, OWN_DIGESTS
        self.run_client(self.server("tcp4"), "small", script="red_hat_echo_client.py")

    def connect_red_hat(self):
        if not self.is_legacy:
            return False, OWN_DIGESTS
        _, address = self.listener("tcp4", script="red_hat_listener.py")
        self.converse(self.client(address, "--bare-sha256"), COMMON)

    def echo_without_md5(self):
        echo = self.server("tcp4", env=without_md5())
        if self.is_legacy:
            self.assert_client_refused(echo, KEY, words="Error")
            return False, HAS_ONLY_MD5
        self.run_client(echo, "small")

    def connect_without_md5(self):
        _, address = self.listener("tcp4")
        client = self.client(address, env=without_md5())
        if self.is_legacy:
            self.assert_refused(client, "md5", expected=SYSTEM)
            return False, HAS_ONLY_MD5
        self.converse(client, COMMON)


def without_md5():
    """The environment in which parley's OpenSSL has no MD5, as on a FIPS machine."""
    path = os.path.join(os.path.dirname(os.path.dirname(program())), "tests", "interop", "md5less",
                        "md5less.cnf")
    assert os.path.exists(path), path + " is missing: build the target md5less"
    return {"OPENSSL_CONF": path}

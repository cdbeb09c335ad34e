"""cpython_tests.py ECHO KEY PARLEY: CPython's own tests of its connections, with parley as
the remote side.

The cases are those of this Python's test package. Where they make a Pipe, they get a client of
`parley echo --raw` at ECHO: what its far end sends comes back at its near end. Where they start a
process that is a client, they get `parley connect`. Status 77 where this Python came without tests.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import multiprocessing
from multiprocessing import connection

from common import PYTHON2, format_address, open_client, parse_address, parse_key

ECHO, KEY, PARLEY = sys.argv[1], parse_key(sys.argv[2]), sys.argv[3]
sys.modules["__mp_main__"] = sys.modules["__main__"]
try:
    if PYTHON2:
        from test import test_multiprocessing as suite
    else:
        from test import _test_multiprocessing as suite
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)


def end_sending(conn):
    sock = socket.fromfd(conn.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
    sock.shutdown(socket.SHUT_WR)
    sock.close()


def halves(conn):
    """The connection as one that only receives and one that only sends."""
    kind, handle = type(conn), conn.fileno()
    reader = kind(os.dup(handle), writable=False)
    writer = kind(os.dup(handle), readable=False)
    conn.close()
    return reader, writer


class Near(object):
    """A connection to parley; where the tests expect the remote side to hang up at an empty
    message, its sending side ends with one."""

    def __init__(self):
        self.real = open_client(ECHO, KEY)
        self.ends_when_empty = False

    def __getattr__(self, name):
        return getattr(self.real, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.real.close()

    def send(self, thing):
        """The tests give a reply no more than a tenth of a second; on a busy machine it may take
        longer, so it is there when this returns."""
        self.real.send(thing)
        self.real.poll(60)

    def send_bytes(self, data, *part):
        self.real.send_bytes(data, *part)
        if self.ends_when_empty and not data:
            end_sending(self.real)


class Far(object):
    """The other end of Near: what goes in here comes out there, by way of parley."""

    def __init__(self, near, real):
        self.near, self.real = near, real
        self.holders = 1

    def __getattr__(self, name):
        return getattr(self.real, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.real.close()

    def fileno(self):
        if not hasattr(self, "idle"):
            self.idle = open_client(ECHO, KEY)
        return self.idle.fileno()

    def _arrived(self):
        """A pipe holds at once what was sent into it; the way through parley takes a moment."""
        if threading.current_thread().name == "MainThread":
            self.near.real.poll(60)

    def send(self, thing):
        self.real.send(thing)
        self._arrived()

    def send_bytes(self, *arguments):
        self.real.send_bytes(*arguments)
        self._arrived()

    def close(self):
        self.holders -= 1
        if self.holders == 0 and not self.real.closed:
            end_sending(self.real)


def pipe(duplex=True):
    near = Near()
    if duplex:
        return near, Far(near, near.real)
    near.real, writer = halves(near.real)
    return near, Far(near, writer)


class Process(object):
    """What stands in for the tests' child processes: parley itself, or a thread of ours that
    speaks into a far end."""

    pid = os.getpid()
    daemon = False

    def __init__(self, target=None, args=()):
        self.target, self.args = target, args
        self.thread = self.program = None
        for argument in args:
            if isinstance(argument, Far):
                argument.holders += 1

    def start(self):
        if self.target.__name__ == "_echo":
            self.args[0].near.ends_when_empty = True
        elif self.target.__name__ == "_test":
            self.program = self._say_hello(self.args[0])
        else:
            self.thread = threading.Thread(target=self.target, args=self.args)
            self.thread.daemon = True
            self.thread.start()

    def _say_hello(self, address):
        family = "AF_UNIX" if isinstance(address, (str, bytes)) else "AF_INET"
        program = subprocess.Popen(
            [PARLEY, "connect", format_address(family, address)]
            + (["--protocol", "2"] if PYTHON2 else []), stdin=subprocess.PIPE)
        program.stdin.write(b"'hello'\n")
        program.stdin.flush()
        return program

    def join(self, timeout=None):
        if self.thread:
            self.thread.join(timeout or 20)
        if self.program:
            self.program.kill()
            self.program.wait()
            self.program.stdin.close()


class ParleyClient(object):
    """`parley connect` in the place of a Client."""

    def __init__(self, address, family=None, authkey=None):
        family = "AF_UNIX" if isinstance(address, (str, bytes)) else "AF_INET"
        command = [PARLEY, "connect", format_address(family, address)]
        self.folder = tempfile.mkdtemp()
        if authkey is not None:
            path = os.path.join(self.folder, "authkey")
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(authkey)
            command += ["--authkey-file", path]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, thing):
        self.program.stdin.write(repr(thing).encode() + b"\n")
        self.program.stdin.flush()

    def close(self):
        self.program.kill()
        self.program.wait()
        self.program.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Connecting(object):
    """multiprocessing.connection with parley's clients."""

    Client = ParleyClient
    families = connection.families

    @staticmethod
    def Listener(address=None, *arguments, **options):
        if address == "\0something":  # the tests' one abstract name, and several Pythons at once
            address += str(os.getpid())
        return connection.Listener(address, *arguments, **options)


class EchoListener(object):
    """`parley echo` in the place of a Listener: whom it accepts, it sends their own messages."""

    def __init__(self, family):
        self.program = subprocess.Popen(
            [PARLEY, "echo", "unix:" if family == "AF_UNIX" else "127.0.0.1:0"],
            stdout=subprocess.PIPE)
        self.address = parse_address(self.program.stdout.readline().decode().split()[-1])[1]

    def accept(self):
        return Far(self.client, self.client.real)

    def close(self):
        self.program.terminate()
        self.program.wait()
        self.program.stdout.close()


class Listening(object):
    """multiprocessing.connection with parley's listeners."""

    families = connection.families

    @classmethod
    def Listener(cls, family):
        cls.listener = EchoListener(family)
        return cls.listener

    @classmethod
    def Client(cls, address):
        near = Near.__new__(Near)
        near.real = connection.Client(address)
        cls.listener.client = near
        return near


# The remote side is a client of these cases' listener, or the listener.
ROLES = {"_TestListener": Connecting, "test_issue16955": Listening}


class Remote(object):
    Pipe = staticmethod(pipe)
    Process = Process

    def setUp(self):
        self.pipe, self.process = multiprocessing.Pipe, multiprocessing.Process
        multiprocessing.Pipe, multiprocessing.Process = pipe, Process

    def tearDown(self):
        multiprocessing.Pipe, multiprocessing.Process = self.pipe, self.process


# The cases in which a remote side takes part.
CASES = {
    "_TestConnection": ["test_connection", "test_duplex_false", "test_spawn_close", "test_sendbytes",
                        "test_context"],
    "_TestListener": ["test_context", "test_abstract_socket"],
    "_TestListenerClient": ["test_listener_client", "test_issue14725", "test_issue16955"],
    "_TestPoll": ["test_empty_string", "test_strings", "test_boundaries", "test_dont_merge"],
    "TestWait": ["test_wait", "test_wait_slow", "test_wait_timeout", "test_neg_timeout"],
}


if sys.version_info >= (3, 13):  # before, Listener asks nobody for an empty key
    CASES["_TestListener"].append("test_empty_authkey")


class Challenges(unittest.TestCase):
    """What CPython's OtherTest does with a made-up connection, done with a real one."""

    def connect(self):
        return open_client(ECHO, None)

    def test_deliver_challenge_auth_failure(self):
        conn = self.connect()
        connection.answer_challenge(conn, KEY)
        self.assertRaises(multiprocessing.AuthenticationError,
                          connection.deliver_challenge, conn, b"abc")

    def test_answer_challenge_auth_failure(self):
        self.assertRaises(multiprocessing.AuthenticationError,
                          connection.answer_challenge, self.connect(), b"abc")

    def test_both_halves(self):
        conn = self.connect()
        connection.answer_challenge(conn, KEY)
        connection.deliver_challenge(conn, KEY)
        conn.send_bytes(b"in")
        self.assertEqual(conn.recv_bytes(), b"in")


def cases():
    for name, methods in sorted(CASES.items()):
        base = getattr(suite, name, None)
        if base is None:
            continue
        bases = (Remote, base)
        if not issubclass(base, unittest.TestCase):
            bases += (suite.ProcessesMixin, unittest.TestCase)
        for method in methods:
            role = ROLES.get(method, ROLES.get(name))
            case = type(name.lstrip("_"), bases, {"connection": role} if role else {})
            if hasattr(case, method):
                yield case(method)
    for method in unittest.defaultTestLoader.getTestCaseNames(Challenges):
        yield Challenges(method)


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(cases()))
    sys.exit(0 if result.wasSuccessful() and result.testsRun >= 8 else 1)

"""The base of every interop test, and the main() that their files end with."""
import os
import shutil
import sys
import tempfile
import unittest

from harness import parley
from harness.child import Child
from harness.pythons import find_pythons

KEY = b"Hello World!"
TRANSPORTS = ("tcp4", "tcp6", "unix", "abstract")
PYTHONS = []


class InteropTest(unittest.TestCase):
    """A test with a temporary folder, whose processes are gone when it is over."""

    maxDiff = None
    _serial = 0

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="parley-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def started(self, child):
        self.addCleanup(child.kill)
        return child

    def parley(self, *arguments, **options):
        return self.started(parley.Parley(self.folder, *arguments, **options))

    def echo(self, address, *flags, **options):
        return self.started(parley.Echo(self.folder, address, *flags, **options))

    def connect(self, address, *flags, **options):
        return self.started(parley.Connect(self.folder, address, *flags, **options))

    def peer(self, python, script, *arguments):
        """Starts ../peers/script under the given interpreter."""
        path = os.path.join(parley.HERE, "peers", script)
        env = parley.environment(PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8")
        return self.started(Child([python.path, path] + list(arguments), env=env))

    def with_each_python(self, action, *arguments):
        """action(python, *arguments) for every interpreter, each in a subtest of its own."""
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                action(python, *arguments)

    def fresh_address(self, transport):
        """An address of that transport that is free, or chooses its own port."""
        InteropTest._serial += 1
        name = "%d" % InteropTest._serial
        return {
            "tcp4": "127.0.0.1:0",
            "tcp6": "[::1]:0",
            "unix": "unix:" + os.path.join(self.folder, name),
            "abstract": "unix:@" + os.path.basename(self.folder) + "-" + name,
        }[transport]

    def succeeded(self, child, timeout=60):
        """Waits for child, which must end with status 0; its output."""
        status, out, err = child.finish(timeout)
        self.assertEqual(status, 0, "%s: %s%s" % (child.name, out, err))
        return out


def python3(python):
    return python.version[0] == 3


def hexed(key):
    """A key as the peers take it on their command line."""
    return "none" if key is None else "x" + key.hex()


def main(program=None):
    """Runs the tests of the program, parley itself unless told, against every CPython found."""
    print("testing " + (program or parley.program()))
    PYTHONS.extend(find_pythons())
    if not PYTHONS:
        sys.exit("no CPython found: nothing to talk to")
    for python in PYTHONS:
        print("using %s (%s)" % (python, python.path))
    sys.stdout.flush()
    unittest.main(verbosity=2)

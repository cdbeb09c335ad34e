"""Puts the harness of ../interop within reach, and adds what only these tests need."""
import os
import pty
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "interop"))

from harness import parley  # noqa: E402
from harness.child import seconds, until  # noqa: E402
from harness.suite import InteropTest  # noqa: E402

SUCCESS, SYSTEM, USAGE, UNREACHABLE, AUTHENTICATION, PEER, INPUT, TIMEOUT = range(8)
VERBS = ("bench", "connect", "dis", "echo", "keygen", "listen", "probe", "send")


def has_terminals():
    try:
        for descriptor in pty.openpty():
            os.close(descriptor)
    except OSError:
        return False
    return True


# A root that debootstrap made has none until somebody mounts them.
needs_terminal = unittest.skipUnless(has_terminals(), "no pseudo-terminals: is /dev/pts mounted?")


class ToolTest(InteropTest):
    def run_tool(self, *arguments, stdin=b"", env=None, timeout=20, **options):
        """Runs the program to its end: (exit status, output, standard error), both as bytes."""
        done = subprocess.run(
            [parley.program()] + list(arguments), input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=parley.environment(**(env or {})),
            timeout=seconds(timeout), **options)
        return done.returncode, done.stdout, done.stderr

    def assert_one_line(self, text):
        self.assertRegex(text, rb"\A[^\n]+\n\Z")

    def file(self, name, content, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)
        return path


def main():
    unittest.main(verbosity=2)

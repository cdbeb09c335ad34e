"""Descriptors passed between C++ and every CPython found, both ways.

usage: handle_test.py HANDLE_PEER [-v] [HandleTest.test_...]
"""
import sys
import unittest

from harness.child import Child
from harness.pythons import find_pythons
from harness.suite import PYTHONS, InteropTest

PROGRAM = ""


class HandleTest(InteropTest):
    def pass_handles(self, python):
        script = self.peer(python, "handles.py", self.fresh_address("unix"))
        address = script.read_line()[len("listening on "):]
        peer = self.started(Child([PROGRAM, address]))
        status, out, err = script.finish(120)
        self.assertEqual(status, 0, out + err)
        self.assertRegex(out, r"5 checks, 0 failures")
        self.succeeded(peer)

    def test_descriptors_pass_both_ways(self):
        self.with_each_python(self.pass_handles)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    PYTHONS.extend(find_pythons())
    if not PYTHONS:
        sys.exit("no CPython found: nothing to talk to")
    print("testing %s against %s" % (PROGRAM, ", ".join(map(str, PYTHONS))))
    sys.stdout.flush()
    unittest.main(verbosity=2)

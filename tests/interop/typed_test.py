"""Typed messages between C++ and every CPython found: each row of docs/typed.md, both ways.

usage: typed_test.py TYPED_PEER [-v] [TypedTest.test_...]
"""
import sys
import unittest

from harness.child import Child
from harness.pythons import find_pythons
from harness.suite import PYTHONS, InteropTest

PROGRAM = ""


class TypedTest(InteropTest):
    def run_rows(self, python):
        rows = self.peer(python, "typed_rows.py", self.fresh_address("unix"))
        address = rows.read_line()[len("listening on "):]
        peer = self.started(Child([PROGRAM, address]))
        status, out, err = rows.finish(120)
        self.assertEqual(status, 0, out + err)
        self.assertRegex(out, r"\d{3} checks, 0 failures")
        self.succeeded(peer)

    def test_every_row_means_the_same_on_both_sides(self):
        self.with_each_python(self.run_rows)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    PYTHONS.extend(find_pythons())
    if not PYTHONS:
        sys.exit("no CPython found: nothing to talk to")
    print("testing %s against %s" % (PROGRAM, ", ".join(map(str, PYTHONS))))
    sys.stdout.flush()
    unittest.main(verbosity=2)

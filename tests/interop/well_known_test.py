"""The library types that parley has C++ faces for, from every CPython found, through C++ and back.

usage: well_known_test.py WELL_KNOWN_ROUND_TRIP [-v] [WellKnownTest.test_...]
"""
import os
import subprocess
import sys
import unittest

from harness.pythons import find_pythons

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
PROGRAM = ""
PYTHONS = []


class WellKnownTest(unittest.TestCase):
    def run_peer(self, python, name):
        child = subprocess.run([python.path, "-B", os.path.join(PEERS, name), PROGRAM],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = child.stdout.decode("utf-8", "backslashreplace")
        if child.returncode == 77:
            self.skipTest(output)
        self.assertEqual(child.returncode, 0, "%s: %s" % (python, output[-4000:]))

    def test_the_standard_library_comes_back_equal(self):
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                self.run_peer(python, "library_types.py")

    def test_numpy_comes_back_equal(self):
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                self.run_peer(python, "numpy_types.py")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    PYTHONS.extend(find_pythons())
    unittest.main()

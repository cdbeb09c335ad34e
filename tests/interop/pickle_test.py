"""Pickles of every CPython found, through parley's reader and writer and back.

usage: pickle_test.py PICKLE_ROUND_TRIP [-v] [PickleTest.test_...]
"""
import os
import subprocess
import sys
import unittest

from harness.pythons import find_pythons

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
PROGRAM = ""
PYTHONS = []


class PickleTest(unittest.TestCase):
    def run_peer(self, python, name, *arguments):
        self.run_peer_with(python, name, PROGRAM, *arguments)

    def run_peer_with(self, python, name, *arguments):
        child = subprocess.run([python.path, "-B", os.path.join(PEERS, name)] + list(arguments),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertIn(child.returncode, (0, 77), "%s: %s" % (
            python, child.stdout.decode("utf-8", "backslashreplace")[-4000:]))

    def test_everything_in_the_zoo_comes_back_equal(self):
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                self.run_peer(python, "pickle_zoo.py")

    def test_cpythons_own_tests_pass_through_parley(self):
        for python in PYTHONS:
            with self.subTest(python=str(python)):
                self.run_peer(python, "pickle_suite.py")

    def test_programs_of_opcodes_do_the_same_in_the_same_order(self):
        for python in PYTHONS:
            if python.version >= (3, 6):
                with self.subTest(python=str(python)):
                    self.run_peer(python, "pickle_programs.py", "1", "400")

    def test_damaged_pickles_that_python_loads_load_the_same_afterwards(self):
        for python in PYTHONS:
            if python.version >= (3, 6):
                with self.subTest(python=str(python)):
                    self.run_peer(python, "pickle_mutants.py", "1", "600")

    def test_numpys_and_pandas_buffers_go_out_of_band(self):
        for python in PYTHONS:
            if python.version >= (3, 8):
                with self.subTest(python=str(python)):
                    self.run_peer_with(python, "data_science.py", "--out-of-band", PROGRAM)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    PYTHONS.extend(find_pythons())
    unittest.main()

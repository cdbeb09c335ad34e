"""Whatever CPython can pickle, sent through `parley echo`: it has to come back equal.

usage: pickle_echo_test.py [-v] [PickleEchoTest.test_...]
"""
import os
import subprocess
import sys

from harness import suite
from harness.parley import HERE
from harness.suite import InteropTest, main

KEY = b"Hello World!"


class PickleEchoTest(InteropTest):
    def run_peer(self, python, name, *arguments):
        """Its output, or None where it has said that it can do nothing here."""
        echo = self.echo(self.fresh_address("unix"), key=KEY)
        address = echo.address[len("unix:"):]
        command = [python.path, "-B", os.path.join(HERE, "peers", name)] + list(arguments)
        child = subprocess.run(command + [address, KEY.decode()], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
        output = child.stdout.decode("utf-8", "backslashreplace")
        self.assertIn(child.returncode, (0, 77), "%s: %s" % (python, output[-4000:]))
        self.assertIsNone(echo.status, "the server is gone")
        echo.kill()
        return output if child.returncode == 0 else None

    def test_cpythons_own_tests_pass_through_a_live_echo(self):
        self.with_each_python(self.run_peer, "pickle_suite.py", "--echo")

    def test_numpy_and_pandas_come_back_equal(self):
        done = [self.run_peer(python, "data_science.py") for python in suite.PYTHONS]
        said = [output.splitlines()[-1] for output in done if output]
        print("; ".join(said) if said else "no numpy in any of the CPythons here")
        if not said:
            self.skipTest("no numpy here")


if __name__ == "__main__":
    main()

"""CPython's own tests of connections, listeners, polling, wait and challenges, those of every
CPython found, with parley as the remote side."""
import re

from harness import parley
from harness.suite import KEY, PYTHONS, InteropTest, hexed, main


class CPythonSuiteTest(InteropTest):
    def test_with_parley_as_the_remote_side(self):
        echo = self.echo(self.fresh_address("unix"), "--raw", key=KEY)
        # These tests mostly wait, so all of them wait at once.
        runs = {python: self.peer(python, "cpython_tests.py", echo.address, hexed(KEY),
                                  parley.program()) for python in PYTHONS}
        self.with_each_python(lambda python: self.passed(python, runs[python]))

    def passed(self, python, run):
        status, out, err = run.finish(120)
        self.assertIn(status, (0, 77), out + err)
        summary = out.strip() if status == 77 else re.search(r"Ran \d+ tests", err).group()
        print("%s: %s" % (python, summary))


if __name__ == "__main__":
    main()

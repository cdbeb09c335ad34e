"""programs_test.py FOLDER: the programs of README.md, as they stand, each against the Python beside
it. Their port is fixed: run through harness/namespace.py, where it is free."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "interop")]

import extract  # noqa: E402
from harness.child import until  # noqa: E402
from harness.child import Child  # noqa: E402
from harness.suite import InteropTest  # noqa: E402

FOLDER = sys.argv.pop(1)
LISTENING = "0A"


def is_listening(port):
    """Whether somebody listens there, without connecting, which a listener would see."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as file:
            for line in file.readlines()[1:]:
                _, local, _, state = line.split()[:4]
                if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                    return True
    return False


class ProgramsTest(InteropTest):
    def python(self, page, number):
        code = extract.blocks(extract.read(ROOT, page), "python")[number - 1][1]
        path = os.path.join(self.folder, "program.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(code)
        return self.started(Child([sys.executable, path]))

    def cpp(self, name):
        return self.started(Child([os.path.join(FOLDER, name)]))

    def assert_listens(self):
        self.assertTrue(until(lambda: is_listening(8888)))

    def test_the_client_of_the_readme(self):
        python = self.python("README.md", 1)
        self.assert_listens()
        self.assertEqual(self.succeeded(self.cpp("readme_program_1")),
                         r"['Hello World', 100, b'\xe4\xbd\xa0\xe5\xa5\xbd']" "\n")
        self.succeeded(python)

    def test_the_listener_of_the_readme(self):
        listener = self.cpp("readme_program_2")
        self.assert_listens()
        self.assertEqual(self.succeeded(self.python("README.md", 2)),
                         "{'greeting': 'Hello World', 'numbers': (1, 2.5, 3j)}\n")
        self.assertIsNone(listener.status)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Tests of a C++ program that talks to a script under every CPython found. The program's path is the
first word of the command line."""
import sys

from harness import suite
from harness.child import Child


class CppPeerTest(suite.InteropTest):
    program = ""

    def talk(self, python, script, verdict):
        """The script listens, the program connects; the script counts and says how it went."""
        listener = self.peer(python, script, self.fresh_address("unix"))
        address = listener.read_line()[len("listening on "):]
        program = self.started(Child([self.program, address]))
        status, out, err = listener.finish(120)
        self.assertEqual(status, 0, out + err)
        self.assertRegex(out, verdict)
        self.succeeded(program)


def main():
    CppPeerTest.program = sys.argv.pop(1)
    suite.main(CppPeerTest.program)

"""The two programs of programs/ run as anyone would run them, at the port that they name.

Only in a network namespace is that port ours: harness/namespace.py starts this file in one.
"""
import os
import sys

from harness.child import Child, until
from harness.parley import environment
from harness.suite import KEY, InteropTest, main, python3
from programs_test import CLIENT, MESSAGE, SERVER


class VerbatimTest(InteropTest):
    def run_program(self, python, path):
        return self.started(Child([python.path, path], env=environment()))

    def test_the_server_serves_parley_connect(self):
        def serve(python):
            if not python3(python):
                return
            server = self.run_program(python, SERVER)
            self.assertTrue(until(lambda: server.status is not None or listens(8888)))
            client = self.connect("localhost:8888", key=KEY)
            self.assertEqual(client.ask(MESSAGE), MESSAGE)
            self.assertEqual(client.finish(), (0, MESSAGE + "\n", ""))
            server.kill()
        self.with_each_python(serve)

    def test_the_client_is_served_by_parley_echo(self):
        self.echo(":8888", key=KEY)

        def ask(python):
            if python3(python):
                client = self.run_program(python, CLIENT)
                self.assertEqual(self.succeeded(client), MESSAGE + "\n")
        self.with_each_python(ask)


def listens(port):
    """Whether somebody listens on that TCP port of this namespace, as /proc/net tells it."""
    with open("/proc/self/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return any(int(row[1].partition(":")[2], 16) == port and row[3] == "0A" for row in rows)


if __name__ == "__main__":
    if "PARLEY_TEST_NAMESPACE" not in os.environ:
        sys.exit(77)
    main()

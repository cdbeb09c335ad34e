"""The main job, for the eye: Python and C++ talking, in every combination, over TCP and a Unix
socket. The exit status is 0 only if every reply was right. scripts/demo builds and runs it."""
import os
import shutil
import sys
import tempfile

from harness.child import Child
from harness.parley import HERE, Connect, Echo, environment, program
from harness.pythons import Python
from harness.suite import KEY, hexed

PYTHON = Python(sys.executable, tuple(sys.version_info[:3]))
MESSAGE = r"['Hello World', 100, b'\xe4\xbd\xa0\xe5\xa5\xbd']"
LITERALS = [MESSAGE, "{'pi': 3.141592653589793, 'set': {1}, 'none': None}", str(2 ** 100)]


class Demo(object):
    def __init__(self, folder):
        self.folder = folder
        self.good = True

    def title(self, text):
        print("\n-- " + text)

    def exchange(self, sent, got):
        right = got == sent
        self.good = self.good and right
        print("   sent      %s" % sent)
        print("   received  %s   %s" % (got, "ok" if right else "WRONG"))
        sys.stdout.flush()

    def addresses(self, name):
        return ("127.0.0.1:0", "unix:" + os.path.join(self.folder, name))

    def python(self, script, *arguments):
        path = os.path.join(HERE, "peers", script)
        return Child([PYTHON.path, path] + list(arguments), env=environment(
            PYTHONIOENCODING="utf-8", PYTHONDONTWRITEBYTECODE="1"))

    def converse(self, address):
        with Connect(self.folder, address, key=KEY) as client:
            for literal in LITERALS:
                self.exchange(literal, client.ask(literal))

    def python_client(self, address):
        """The client of programs/, whose port is fixed, over TCP; one like it over Unix."""
        with Echo(self.folder, address, key=KEY) as echo:
            self.title("Python client -> parley echo %s" % echo.address)
            if address.startswith("unix:"):
                client = self.python("say_hello.py", echo.address, hexed(KEY))
            else:
                client = self.python("at_port.py", os.path.join(HERE, "programs", "Client.py"),
                                     echo.address.rpartition(":")[2])
            with client:
                self.exchange(MESSAGE, client.read_line())

    def python_server(self, address):
        with self.python("listener.py", address, hexed(KEY)) as listener:
            address = listener.read_line()[len("listening on "):]
            self.title("parley connect -> Python Listener %s" % address)
            self.converse(address)

    def python_program(self):
        path = os.path.join(HERE, "programs", "Server.py")
        with self.python("at_port.py", path, "0") as server:
            address = "localhost:" + server.read_line()[len("listening on "):]
            self.title("parley connect -> programs/Server.py at %s" % address)
            self.converse(address)

    def both_ours(self, address):
        with Echo(self.folder, address, key=KEY) as echo:
            self.title("parley connect -> parley echo %s" % echo.address)
            self.converse(echo.address)

    def run(self):
        for address in self.addresses("from-python"):
            self.python_client(address)
        self.python_program()
        for address in self.addresses("to-python"):
            self.python_server(address)
        for address in self.addresses("ours"):
            self.both_ours(address)


def main():
    print("%s and CPython %d.%d.%d" % ((program(),) + PYTHON.version))
    folder = tempfile.mkdtemp(prefix="parley-demo-")
    try:
        demo = Demo(folder)
        demo.run()
    except AssertionError as failure:
        print("   FAILED: %s" % failure)
        sys.exit(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\nEvery reply was right." if demo.good else "\nSome replies were wrong.")
    sys.exit(0 if demo.good else 1)


if __name__ == "__main__":
    main()

"""The parley program under test: $PARLEY, or the newest build of this tree."""
import glob
import hashlib
import os
import re

from harness.child import Child, Overdue

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ROOT = os.path.dirname(os.path.dirname(HERE))


def program():
    """The path of the program; SystemExit where there is none."""
    named = os.environ.get("PARLEY")
    if named:
        return named
    built = [path for path in glob.glob(os.path.join(_ROOT, "build", "*", "tools", "parley"))
             if os.access(path, os.X_OK)]
    if not built:
        raise SystemExit("no parley program: build it, or set PARLEY to its path")
    return max(built, key=os.path.getmtime)


def environment(**changes):
    """This process's environment without a key of its own, with changes."""
    env = {name: value for name, value in os.environ.items() if name != "PARLEY_AUTHKEY"}
    env.update(changes)
    return env


class Parley(Child):
    """One run of the program. The key, where there is one, goes through a file in folder."""

    def __init__(self, folder, *arguments, key=None, env=None):
        command = [program()] + list(arguments)
        if key is not None:
            command += ["--authkey-file", write_key(folder, key)]
        super(Parley, self).__init__(command, env=environment(**(env or {})))


class Echo(Parley):
    """A running `parley echo`; address is the one that it says it listens on."""

    def __init__(self, folder, address, *flags, key=None, env=None):
        super(Echo, self).__init__(folder, "echo", address, *flags, key=key, env=env)
        try:
            line = self.read_line()
            announced = re.match(r"^listening on (\S+)$", line)
            if not announced:
                raise Overdue("expected `listening on ADDRESS`, got %r" % line)
        except BaseException:
            self.kill()
            raise
        self.address = reachable(announced.group(1))


class Connect(Parley):
    """A running `parley connect`."""

    def __init__(self, folder, address, *flags, key=None, env=None):
        super(Connect, self).__init__(folder, "connect", address, *flags, key=key, env=env)

    def ask(self, literal, timeout=20):
        """Sends one literal and waits for the reply's repr."""
        self.write(literal + "\n")
        return self.read_line(timeout)


def write_key(folder, key):
    """A file with exactly the bytes of key, readable by us alone."""
    path = os.path.join(folder, "authkey-" + hashlib.sha256(key).hexdigest()[:16])
    if not os.path.exists(path):  # another child may be reading it right now
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
    return path


def reachable(address):
    """An address to connect to, for one that was listened on: no host means every interface."""
    for everywhere in ("0.0.0.0:", "[::]:"):
        if address.startswith(everywhere):
            return "localhost:" + address[len(everywhere):]
    return "localhost" + address if address.startswith(":") else address

"""soak.py [MINUTES]: `parley echo` under clients that connect, echo and die, Python and C++ ones.

In rounds of a few seconds; between them everybody pauses, and the servers are looked at. Fails on
any growth of memory or descriptors, on any lost or altered message, on any reply to a small message
that took longer than --latency, and on any error that a client did not ask for.
"""
import argparse
import random
import shutil
import signal
import sys
import tempfile
import time

from harness.child import Child, Overdue, until
from harness.parley import HERE, Connect, Echo, environment, program
from harness.pythons import find_pythons
from harness.suite import KEY, hexed

ROUND = 10  # seconds
SLACK = 8 << 20  # bytes by which an allocator may differ from one round to the next


class Server(object):
    def __init__(self, echo):
        self.echo = echo
        self.address = echo.address
        self.descriptors = echo.descriptors()
        self.memory = []

    def look(self):
        if not until(lambda: self.echo.descriptors() <= self.descriptors, 10):
            raise AssertionError("%s: %d descriptors, %d at first"
                                 % (self.address, self.echo.descriptors(), self.descriptors))
        self.memory.append(self.echo.resident_bytes())
        if self.memory[-1] > self.memory[0] + SLACK:
            raise AssertionError("%s: %d bytes of memory, %d after the first round"
                                 % (self.address, self.memory[-1], self.memory[0]))


class Soak(object):
    def __init__(self, folder, latency):
        self.folder, self.latency = folder, latency
        self.chance = random.Random(time.time())
        self.servers, self.workers = [], []
        self.sessions = self.messages = 0
        self.worst = 0.0

    def start(self, pythons):
        for address in ("127.0.0.1:0", "unix:%s/socket" % self.folder):
            self.servers.append(Server(Echo(self.folder, address, key=KEY)))
        for number, python in enumerate(pythons):
            for server in self.servers:
                self.workers.append(Child(
                    [python.path, HERE + "/peers/soak_client.py", server.address, hexed(KEY),
                     str(number)], env=environment(PYTHONDONTWRITEBYTECODE="1")))

    def stop(self):
        for child in self.workers + [server.echo for server in self.servers]:
            child.kill()

    def parley_session(self):
        """A C++ client: a few literals; now and then it is killed on the way."""
        server = self.chance.choice(self.servers)
        with Connect(self.folder, server.address, key=KEY) as client:
            for number in range(self.chance.randrange(1, 20)):
                literal = "(%d, '%s', b'%s')" % (number, "text" * self.chance.randrange(100),
                                                 "x" * self.chance.randrange(100))
                began = time.monotonic()
                reply = client.ask(literal)
                if number > 0:  # the first one pays for the start of the program
                    self.worst = max(self.worst, time.monotonic() - began)
                if reply != literal:
                    raise AssertionError("sent %s, got %s" % (literal, reply))
                self.messages += 1
            if self.chance.random() < 0.3:
                client.write("'%s'\n" % ("x" * 100000))
                client.signal(signal.SIGKILL)
            elif client.finish()[0] != 0:
                raise AssertionError("parley connect failed")
        self.sessions += 1

    def round(self, seconds):
        for worker in self.workers:
            worker.write("%f\n" % seconds)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.parley_session()
        for worker in self.workers:
            sessions, messages, worst = worker.read_line(seconds + 60).split()
            self.sessions += int(sessions)
            self.messages += int(messages)
            self.worst = max(self.worst, float(worst))
        for server in self.servers:
            server.look()
        if self.worst > self.latency:
            raise AssertionError("a reply took %g s" % self.worst)

    def report(self, elapsed):
        print("%6.0f s  %8d sessions  %10d messages  worst reply %6.1f ms  memory %s"
              % (elapsed, self.sessions, self.messages, self.worst * 1e3,
                 " ".join("%.1f MiB" % (server.memory[-1] / 2.0 ** 20)
                          for server in self.servers)))
        sys.stdout.flush()

    def run(self, seconds):
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            self.round(min(ROUND, seconds))
            self.report(time.monotonic() - began)


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    options.add_argument("minutes", type=float, nargs="?", default=10)
    options.add_argument("--latency", type=float, default=1.0, help="seconds; default: 1")
    chosen = options.parse_args()
    pythons = find_pythons()
    if not pythons:
        sys.exit("no CPython found: nothing to talk to")
    print("%s and %s" % (program(), ", ".join(map(str, pythons))))
    folder = tempfile.mkdtemp(prefix="parley-")
    soak = Soak(folder, chosen.latency)
    try:
        soak.start(pythons)
        soak.run(chosen.minutes * 60)
    except (AssertionError, Overdue) as failure:
        sys.exit("FAILED: %s" % failure)
    finally:
        soak.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("no growth, nothing lost, nothing altered, no reply over %g s" % chosen.latency)


if __name__ == "__main__":
    main()

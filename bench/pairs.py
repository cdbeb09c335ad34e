"""Two programs that talk to each other, and the time that one message took."""
import collections
import os
import selectors
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "interop"))
from harness.pythons import find_pythons, one_of_each  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MEDIA = ("tcp", "unix")
# The last core: interrupts tend to the first.
CORE = max(os.sched_getaffinity(0))
PATIENCE = 60

# What runs at each end: a peer's name (bench/NAME_peer, or a CPython by its number), the variant of
# its calls, and what to say and how much of it.
Pair = collections.namedtuple("Pair", "server caller workload medium size")
End = collections.namedtuple("End", "peer variant")


class Failed(Exception):
    pass


class Arena:
    """Where the peers are, and the folder of the sockets."""

    def __init__(self, build):
        self.build = build
        self.pythons = {python.short: python for python in one_of_each(find_pythons())}
        self.newest = list(self.pythons)[-1]
        self.folder = tempfile.TemporaryDirectory(prefix="parley-bench-")
        self.sockets = 0

    def check_peers(self, names):
        """Fails at once, rather than after minutes."""
        missing = [name for name in names if not os.path.exists(self.bench(name))]
        if missing:
            raise Failed("not built, or what it takes is not installed: " + ", ".join(missing))

    def bench(self, name):
        return os.path.join(self.build, "bench", name)

    def program(self, peer):
        if peer in self.pythons:
            return [self.pythons[peer].path, os.path.join(HERE, "cpython_peer.py")]
        return [self.bench(peer + "_peer")]

    def fresh_address(self, medium):
        if medium == "tcp":
            return "127.0.0.1:0"
        self.sockets += 1
        return "unix:%s/%d" % (self.folder.name, self.sockets)

    def seconds(self, pair, seconds, cores=(CORE,)):
        """The median seconds of one operation of the pair, both ends on the same cores."""
        def pin():
            os.sched_setaffinity(0, cores)

        def start(side, end, address):
            words = [side, end.variant, pair.workload, str(pair.size), "%g" % seconds, address]
            return subprocess.Popen(self.program(end.peer) + words, stdout=subprocess.PIPE,
                                    stdin=subprocess.DEVNULL, preexec_fn=pin)

        server = start("serve", pair.server, self.fresh_address(pair.medium))
        caller = None
        try:
            address = server.stdout.readline().decode().strip()
            if not address:
                raise Failed("no listener: %s" % (pair,))
            caller = start("call", pair.caller, address)
            measures = server if pair.workload in ("stream", "batch") else caller
            return float(answer_of(measures, pair))
        finally:
            for process in filter(None, (caller, server)):
                process.kill()
                process.wait()
                process.stdout.close()


def answer_of(process, pair):
    """The one line that whoever measures prints."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(PATIENCE):
            raise Failed("no answer in %d s: %s" % (PATIENCE, pair))
    line = process.stdout.readline()
    if not line:
        raise Failed("no answer: %s" % (pair,))
    return line

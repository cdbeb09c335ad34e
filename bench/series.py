"""What is measured: named series of seconds, and the bars that their ratios are held against."""
import collections

from pairs import CORE, MEDIA, End, Pair

SIZES = (64, 1024, 64 << 10, 1 << 20, 64 << 20)
# Between those of the bars, for the plots.
MORE_SIZES = (8 << 10, 256 << 10, 8 << 20)
STREAM_SIZES = (64, 64 << 10, 1 << 20)
# pickle.dumps(["Hello World", 100, b"..."], 4), which raw sockets are given to carry.
OBJECT_SIZE = 41
STALLING_SIZES = (16385, 20000, 40000, 65000)
BELOW_STALLING = 16000

PARLEY = End("parley", "bytes")
INTO = End("parley", "into")
OBJECT = End("parley", "object")
TYPED = End("parley", "typed")
QUEUED = End("parley", "queued")
RAW = End("raw", "plain")
ZMQ = End("zmq", "plain")
NNG = End("nng", "plain")

# `cores` are those that both ends are kept to.
Series = collections.namedtuple("Series", "name pair seconds cores")
# The time of `ours` may be at most `limit` times that of `theirs`; or, where `is_speed`, theirs
# must be at least `limit` times ours. The time of several series is the longest.
Bar = collections.namedtuple("Bar", "workload ours theirs limit is_speed")


def title(end):
    return {PARLEY: "parley recv_bytes", INTO: "parley recv_bytes_into", OBJECT: "parley objects",
            TYPED: "parley typed", QUEUED: "parley async_send_bytes", RAW: "raw sockets", ZMQ: "libzmq",
            NNG: "nng"}.get(end) or "CPython " + end.peer + (
                " objects" if end.variant == "object" else "")


def name_of(workload, medium, size, server, caller=None):
    ends = title(server)
    if caller and caller != server:
        ends = "%s from %s" % (title(server), title(caller))
    return "%s/%s/%d/%s" % (workload, medium, size, ends)


class Plan:
    """The series of a run, in the order in which each round takes them."""

    def __init__(self, arena, seconds):
        self.series = []
        self.python = End(arena.newest, "bytes")
        self.python_object = End(arena.newest, "object")
        self.seconds = seconds
        self.round_trips()
        self.objects()
        self.with_cpython()
        self.streams()
        self.connects()

    def add(self, workload, medium, size, server, caller=None, cores=(CORE,), seconds=None):
        pair = Pair(server, caller or server, workload, medium, size)
        self.series.append(Series(name_of(workload, medium, size, server, caller), pair,
                                  self.seconds if seconds is None else seconds, cores))

    def round_trips(self):
        for medium in MEDIA:
            for size in SIZES[:-1]:
                for end in (RAW, PARLEY, INTO, ZMQ, NNG, self.python):
                    self.add("round_trip", medium, size, end)
            for end in (RAW, PARLEY, INTO, ZMQ):
                self.add("round_trip", medium, SIZES[-1], end)
        for size in MORE_SIZES:
            for end in (RAW, PARLEY, INTO, ZMQ):
                self.add("round_trip", "tcp", size, end)

    def objects(self):
        for medium in MEDIA:
            for end in (RAW, OBJECT, TYPED, self.python_object):
                self.add("round_trip", medium, OBJECT_SIZE, end)

    def with_cpython(self):
        for size in (BELOW_STALLING,) + STALLING_SIZES:
            self.add("round_trip", "tcp", size, self.python, PARLEY)
            self.add("round_trip", "tcp", size, PARLEY, self.python)
        self.add("round_trip", "tcp", 20000, self.python, seconds=0)
        for medium in MEDIA:
            self.add("visit", medium, 64, PARLEY, self.python)
        self.add("visit", "tcp", 64, self.python, seconds=0)

    def streams(self):
        for medium in MEDIA:
            for end in (RAW, PARLEY, ZMQ, NNG, self.python):
                self.add("stream", medium, STREAM_SIZES[0], end, seconds=2 * self.seconds)
            for end in (RAW, PARLEY, QUEUED):
                self.add("batch", medium, STREAM_SIZES[0], end, seconds=2 * self.seconds)
            for size in STREAM_SIZES[1:]:
                for end in (RAW, INTO, ZMQ, self.python):
                    self.add("stream", medium, size, end, seconds=2 * self.seconds)

    def connects(self):
        for medium in MEDIA:
            for end in (RAW, PARLEY, self.python):
                self.add("connect", medium, 0, end)
            for caller in (PARLEY, self.python):
                self.add("connect", medium, 0, RAW, caller)

    def keep_small(self):
        """For a look in passing: nothing over a MiB, and of the others what the bars ask for."""
        wanted = set()
        for bar in bars(self.python.peer):
            wanted.update(bar.ours + bar.theirs)
        self.series = [one for one in self.series
                       if one.name in wanted and one.pair.size <= 1 << 20]


def version_series(arena, seconds):
    """Each CPython with itself, and parley in the same rows."""
    found = []
    ends = [(PARLEY, OBJECT)] + [(End(python, "bytes"), End(python, "object"))
                                 for python in arena.pythons]
    for with_bytes, with_objects in ends:
        for workload, size, end in (("round_trip", 64, with_bytes),
                                    ("round_trip", OBJECT_SIZE, with_objects),
                                    ("connect", 0, with_bytes)):
            found.append(Series(name_of(workload, "unix", size, end),
                                Pair(end, end, workload, "unix", size), seconds, (CORE,)))
    return found


def bars(python):
    """Every bar that is a ratio of series, `python` being the newest CPython."""
    cpython, cpython_object = End(python, "bytes"), End(python, "object")
    found = []

    def slower_at_most(limit, workload, ours, theirs):
        found.append(Bar(workload, ours, theirs, limit, False))

    def faster_at_least(limit, workload, ours, theirs):
        found.append(Bar(workload, ours, theirs, limit, True))

    def each_medium(judge, limit, words, workload, size, ours, theirs, others=None):
        for medium in MEDIA:
            judge(limit, "%s, %s" % (words, shown_medium(medium)),
                  [name_of(workload, medium, size, ours)],
                  [name_of(others or workload, medium, size, theirs)])

    for size in SIZES[:2]:
        each_medium(slower_at_most, 1.05, "round trip, %s" % shown_size(size), "round_trip", size,
                    PARLEY, RAW)
    each_medium(slower_at_most, 1.10, "round trip, 64 KiB", "round_trip", 64 << 10, PARLEY, RAW)
    for size in SIZES[3:]:
        each_medium(slower_at_most, 1.10, "round trip, %s, into a reused buffer" % shown_size(size),
                    "round_trip", size, INTO, RAW)
    each_medium(slower_at_most, 1.30, "round trip, 64 MiB, fresh memory", "round_trip", 64 << 20,
                PARLEY, RAW)
    each_medium(slower_at_most, 1.10, "round trip of a small object", "round_trip", OBJECT_SIZE,
                OBJECT, RAW)
    each_medium(faster_at_least, 2.2, "round trip of a small object, against CPython",
                "round_trip", OBJECT_SIZE, OBJECT, cpython_object)
    for server, caller, words in ((cpython, PARLEY, "a CPython listener"),
                                  (PARLEY, cpython, "a CPython client")):
        slower_at_most(
            2, "round trip with %s, %s to %s B over TCP, against %s B"
            % (words, "{:,}".format(STALLING_SIZES[0]), "{:,}".format(STALLING_SIZES[-1]),
               "{:,}".format(BELOW_STALLING)),
            [name_of("round_trip", "tcp", size, server, caller) for size in STALLING_SIZES],
            [name_of("round_trip", "tcp", BELOW_STALLING, server, caller)])
    slower_at_most(3, "a CPython client connects, proves the key, makes one round trip and closes, "
                   "TCP against Unix", [name_of("visit", "tcp", 64, PARLEY, cpython)],
                   [name_of("visit", "unix", 64, PARLEY, cpython)])
    each_medium(slower_at_most, 1 / 0.95, "stream of 64 B, one call a message", "stream", 64,
                PARLEY, RAW)
    each_medium(faster_at_least, 3, "stream of 64 B, corked, against libzmq", "batch", 64, PARLEY,
                ZMQ, others="stream")
    each_medium(faster_at_least, 3, "stream of 64 B, queued asynchronously, against libzmq",
                "batch", 64, QUEUED, ZMQ, others="stream")
    for size in STREAM_SIZES[1:]:
        each_medium(slower_at_most, 1 / 0.95, "stream of %s" % shown_size(size), "stream", size,
                    INTO, RAW)
    for medium in MEDIA:
        slower_at_most(1 / 0.95, "authenticated connect and close, client against a raw listener, "
                       + shown_medium(medium), [name_of("connect", medium, 0, RAW, PARLEY)],
                       [name_of("connect", medium, 0, RAW)])
    each_medium(faster_at_least, 1.8, "authenticated connect and close, against CPython",
                "connect", 0, PARLEY, cpython)
    return found


def shown_medium(medium):
    return {"tcp": "TCP", "unix": "Unix"}[medium]


def shown_size(size):
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return "%d %s" % (size // unit, name)
    return "{:,} B".format(size)

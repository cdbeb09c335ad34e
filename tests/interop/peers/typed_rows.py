"""typed_rows.py ADDRESS: listens for typed_peer, and goes through the rows of docs/typed.md with it.

For every row the C++ side writes its object in every protocol that this Python reads, and must find
it again in what this Python writes in every protocol that it has. Exit status 1 if anything differed.
"""
import datetime
import math
import pickle
import sys
import uuid

from common import format_address, open_listener, parse_address, say
from typed_classes import (CallReading, Circle, Reading, SlotReading, Square, TupleReading,
                           VersionedReading)
import typed_classes

PYTHON2 = sys.version_info[0] == 2
try:
    import numpy
except ImportError:
    numpy = None
text = type(u"")


def uid():
    return uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


def reading(cls):
    return cls(u"oven", 21.5, [20, 21])


def versioned_reading():
    made = reading(VersionedReading)
    made.__version__ = 3
    return made


def shared():
    leaf = {u"name": u"leaf", u"next": [], u"parent": None}
    return [leaf, leaf, None]


def cycle():
    root = {u"name": u"root", u"next": [{u"name": u"child", u"next": []}], u"parent": None}
    root[u"next"][0][u"parent"] = root
    return root


def shapes():
    circle = Circle(u"round", 2.0)
    return [circle, Square(u"square", 3.0), circle]


def when(zone):
    return datetime.datetime(2023, 11, 14, 22, 13, 20, 123456, zone)


def utc():
    return None if PYTHON2 else datetime.timezone.utc


def plain_rows():
    limit = 2 ** 63
    yield "none", lambda: None
    yield "bool", lambda: [True, False]
    yield "int", lambda: [0, 1, -1, 255, 256, 65535, 65536, 2147483647, 2147483648, -2147483648,
                          -2147483649, -limit, limit - 1]
    yield "uint64", lambda: 2 * limit - 1
    yield "float", lambda: [0.0, -1.5, 1e300, 5e-324, 0.1]
    yield "complex", lambda: complex(1, -2)
    yield "str", lambda: [u"", u"plain", u"\u4f60\u597d", u"\U0001f40d", u"x" * 300]
    yield "surrogate", lambda: u"\ud800"
    yield "wide", lambda: u"\u4f60\U0001f40d"
    yield "bytes", lambda: b"\0\x80\xff"
    yield "empty_bytes", lambda: b""
    yield "byte_array", lambda: b"\1\2\3"
    yield "vector", lambda: [[], [1], [1, 2]]
    yield "deque", lambda: [1, 2]
    yield "list", lambda: [u"a"]
    yield "array", lambda: [0.5, 1.5]
    yield "long_list", lambda: [7] * 2500
    yield "tuple", lambda: (1, u"two", 3.0, (), (4,))
    yield "pair", lambda: (1, True)
    yield "dict", lambda: {u"a": 1, u"b": 2}
    yield "unordered_map", lambda: {1: u"x"}
    yield "set", lambda: {1, 2}
    yield "empty_set", set
    yield "frozen_keys", lambda: {frozenset([1]): [2]}
    yield "tuple_keys", lambda: {(1, 2): True}
    yield "variant", lambda: [None, True, 1, 1.0, u"text", [1], {u"a": 1}]
    yield "plain_enum", lambda: 1
    yield "timedelta", lambda: [datetime.timedelta(0, 0, 0), datetime.timedelta(0, 0, 1),
                                datetime.timedelta(0, 0, -1),
                                datetime.timedelta(1, 3661, 1)]
    yield "datetime", lambda: when(utc())
    yield "date", lambda: datetime.date(2024, 2, 29)
    yield "path", lambda: u"/tmp/some where"
    yield "uuid", uid
    yield "big_int", lambda: [2 ** 100, -2 ** 100, 0, -1]
    yield "value", lambda: [1, (2, u"x"), {u"k": 1.5}]


def class_rows():
    yield "named", lambda: [{u"x": 1, u"y": 2}, {u"x": 3, u"y": 4}]
    yield "unnamed", lambda: (1, u"two")
    yield "derived", lambda: {u"x": 1, u"y": 0, u"weight": 0.5}
    yield "versioned", lambda: {u"__version__": 2, u"added": 7}
    yield "plain_class", lambda: [reading(Reading), reading(Reading)]
    yield "slots", lambda: reading(SlotReading)
    yield "namedtuple", lambda: reading(TupleReading)
    yield "call", lambda: reading(CallReading)
    yield "versioned_class", versioned_reading
    if hasattr(typed_classes, "Color"):
        yield "enum", lambda: [typed_classes.Color.red, typed_classes.Color.green]
    if sys.version_info >= (3, 7):
        import typed_dataclasses as data
        yield "dataclass", lambda: [reading(data.DataReading), reading(data.DataReading)]
        yield "frozen_dataclass", lambda: reading(data.FrozenReading)
    if sys.version_info >= (3, 10):
        yield "slot_dataclass", lambda: reading(data.SlotDataReading)
        yield "frozen_slot_dataclass", lambda: reading(data.FrozenSlotReading)
    yield "shared", shared
    yield "cycle", cycle
    yield "unique", lambda: [None]
    yield "polymorphic", shapes


def rows_of_one_direction():
    """What C++ reads, and writes in another form."""
    yield "datetime", lambda: when(None)
    if not PYTHON2:
        yield "datetime", lambda: when(utc()).astimezone(
            datetime.timezone(datetime.timedelta(hours=-7)))
    if numpy is None:
        return
    matrix = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    yield "ndarray", lambda: matrix
    yield "ndarray", lambda: numpy.asfortranarray(matrix)
    yield "ndarray", lambda: matrix.astype(">f4")
    yield "ndarray_from_list", lambda: matrix.tolist()
    yield "ndarray_int", lambda: numpy.array([1, -2], numpy.int16)
    yield "vector_from_ndarray", lambda: matrix.ravel()
    yield "numpy_scalars", lambda: (numpy.float64(1.5), numpy.int16(7), numpy.bool_(True),
                                    numpy.float32(2.5))


def same(one, other):
    """Equal, of the same types all the way down."""
    if PYTHON2 and isinstance(one, int) and not isinstance(one, bool):
        one = int(one)
    if type(one) is not type(other) and not (PYTHON2 and {type(one), type(other)} <= {int, long}):  # noqa: F821
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            same(*pair) for pair in zip(sorted(one.items(), key=repr),
                                        sorted(other.items(), key=repr)))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other) and math.copysign(1, one) == math.copysign(1, other)
    return one == other


def is_as_expected(row, came, expected):
    if row == "cycle":
        child = came[u"next"][0]
        return child[u"parent"] is came and child[u"name"] == u"child"
    if row in ("shared", "polymorphic"):
        twin = came[1 if row == "shared" else 2]
        return twin is came[0] and [type(item) for item in came] == \
            [type(item) for item in expected] and came == expected
    if PYTHON2 and row in ("bytes", "empty_bytes", "byte_array"):
        return type(came) is str and came == expected
    if numpy is not None and isinstance(expected, numpy.ndarray):
        return type(came) is numpy.ndarray and came.dtype == expected.dtype and \
            came.shape == expected.shape and (came == expected).all()
    return same(came, expected)


class Peer(object):
    def __init__(self, conn):
        self.conn = conn
        self.failures = 0
        self.checks = 0

    def expect(self, holds, words):
        self.checks += 1
        if not holds:
            self.failures += 1
            say(words)

    def write(self, row, expected):
        for protocol in range(2, min(5, pickle.HIGHEST_PROTOCOL) + 1):
            self.conn.send(("write", row, protocol))
            pickled = self.conn.recv_bytes()
            try:
                came = pickle.loads(pickled)
            except Exception as error:
                came = error
            # Below protocol 3 the receiver may be a Python without time zones.
            wanted = when(None) if row == "datetime" and protocol == 2 else expected
            self.expect(is_as_expected(row, came, wanted),
                        "%s, protocol %d: C++ wrote %r, not %r" % (row, protocol, came, wanted))

    def read(self, row, made):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                pickled = pickle.dumps(made, protocol)
            except TypeError:  # __slots__ cannot be pickled below protocol 2
                continue
            self.conn.send(("read", row, 0))
            self.conn.send_bytes(pickled)
            answer = self.conn.recv()
            self.expect(answer == "ok", "%s, protocol %d: C++ read %r: %s" % (
                row, protocol, made, answer))


def skipped(row):
    # Python 2 has neither lone surrogates outside of narrow builds nor distinct bytes of its own.
    return PYTHON2 and row in ("surrogate", "empty_set", "set", "frozen_keys", "slots", "datetime")


def main():
    listener = open_listener(sys.argv[1], None)
    say("listening on " + format_address(parse_address(sys.argv[1])[0], listener.address))
    peer = Peer(listener.accept())
    for rows in (plain_rows, class_rows):
        for row, make in rows():
            if not skipped(row):
                peer.write(row, make())
            peer.read(row, make())
    if numpy is not None:
        peer.write("ndarray", numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
        peer.write("ndarray_int", numpy.array([1, -2], numpy.int32))
    for row, make in rows_of_one_direction():
        peer.read(row, make())
    peer.conn.close()
    say("%d checks, %d failures" % (peer.checks, peer.failures))
    sys.exit(1 if peer.failures else 0)


if __name__ == "__main__":
    main()

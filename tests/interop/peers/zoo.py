"""The payloads: every builtin type at the boundaries of its opcodes, and objects of every shape.

zoo() yields (name, object). Nothing here depends on the process: two calls build equal objects.
"""
import collections
import datetime
import decimal
import fractions
import os
import sys
import uuid

import well_known

PYTHON2 = sys.version_info[0] == 2
text = type(u"")
unichr_ = unichr if PYTHON2 else chr  # noqa: F821


def singletons():
    for thing in (None, True, False):
        yield repr(thing), thing
    if not PYTHON2:  # Python 2 cannot pickle it
        yield "Ellipsis", Ellipsis
        yield "NotImplemented", NotImplemented


def integers():
    edges = [0, 1, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 63 - 1, 2 ** 63,
             2 ** 64, 10 ** 77, 2 ** 2031, 2 ** 2039 - 1, 2 ** 2039, 2 ** 2047, 3 ** 5000]
    for edge in edges:
        for value in (edge, -edge, -edge - 1):
            yield "int of %d bits, %s" % (value.bit_length(), "<" if value < 0 else ">="), value


def floats():
    for value in (0.0, -0.0, 1.0, 0.1, -1e308, 5e-324, float("inf"), float("-inf"), float("nan")):
        yield "float %r" % value, value
    yield "complex", complex(1.5, -0.0)


def strings():
    samples = [u"", u"a", u"caf\xe9", u"\u4f60\u597d", u"\U0001f600", u"\0", u"\n\r\\\x1a", u"\x85",
               u"\u2028", u"\ufeff", u"\ud800", u"\udfff\ud800 tail"]
    for sample in samples:
        yield "str %r" % sample, sample
    for size in (255, 256, 65535, 65536, 70000):
        yield "str of %d" % size, u"s" * size
        yield "str of %d, wide" % size, u"\u4f60" * size


def byte_strings():
    everything = bytes(bytearray(range(256)))
    yield "every byte", everything
    yield "bytearray, every byte", bytearray(everything)
    for size in (0, 1, 255, 256, 65536):
        yield "bytes of %d" % size, b"\xfe" * size
        yield "bytearray of %d" % size, bytearray(b"\xfe" * size)


def containers():
    for size in (0, 1, 2, 3, 4, 999, 1000, 1001, 2500):
        yield "list of %d" % size, list(range(size))
        yield "tuple of %d" % size, tuple(range(size))
        yield "dict of %d" % size, dict((number, str(number)) for number in range(size))
        yield "set of %d" % size, set(range(size))
        yield "frozenset of %d" % size, frozenset(range(size))
    yield "dict with keys of every kind", {1: "int", u"1": "str", (1, (2,)): "tuple", None: 0,
                                           2.5: 1, frozenset([1]): 2, b"\xff": 3}
    yield "dict in reverse order", collections.OrderedDict((key, key) for key in (3, 2, 1))
    deep = []
    for _ in range(100):
        deep = [deep]
    yield "a hundred lists deep", deep


def graphs():
    shared = [u"shared"]
    yield "one list twice", [shared, shared, (shared,)]
    name = u"the very same string"
    yield "one string three times", [name, {name: name}]
    pair = (1, [2])
    yield "one tuple twice", [pair, pair]
    loop = []
    loop.append(loop)
    yield "a list that holds itself", loop
    ring = {}
    ring["self"] = ring
    yield "a dict that holds itself", ring
    knot = ([],)
    knot[0].append(knot)
    yield "a tuple that holds itself through a list", knot
    level = ()
    for _ in range(60):
        level = (level, level)
    yield "sixty levels of one tuple", [level]


def instances():
    yield "Plain", well_known.Plain(name=u"value", items=[1, 2])
    yield "Slotted", well_known.Slotted(1, [2])
    yield "state that is no dict", well_known.WithState([1])
    fed = well_known.Reduced(1, u"two")
    fed.extend(range(1500))
    fed["key"] = fed
    yield "call, items and pairs", fed
    for kind in (well_known.List, well_known.Dict, well_known.Text, well_known.Whole):
        yield kind.__name__, kind()
    yield "namedtuple", well_known.Pair(1, u"two")
    yield "classic class", well_known.OldStyle()
    yield "classic class with arguments", well_known.WithInitArgs(1, 2)
    own = well_known.Plain()
    own.me = own
    yield "an instance that holds itself", own
    one = well_known.Plain(a=1)
    yield "one instance twice", [one, one]


def names():
    yield "a class", well_known.Plain
    yield "a function", well_known.function
    yield "a builtin", len
    yield "a function of os, not called", os.system
    yield "a builtin type", dict


def standard_library():
    yield "OrderedDict", collections.OrderedDict([("b", 1), ("a", 2)])
    yield "defaultdict", collections.defaultdict(list, {1: [2]})
    yield "deque", collections.deque([1, 2], 5)
    yield "datetime", datetime.datetime(2024, 2, 29, 23, 59, 59, 999999)
    yield "date", datetime.date(1, 1, 1)
    yield "time", datetime.time(1, 2, 3)
    yield "timedelta", datetime.timedelta(-1, 2, 3)
    yield "Decimal", decimal.Decimal("-1.50")
    yield "Fraction", fractions.Fraction(-1, 3)
    yield "UUID", uuid.UUID(int=2 ** 127 + 1)
    yield "an exception", ValueError("why", 1)
    yield "range", range(1, 10, 2)
    yield "slice" if not PYTHON2 else "xrange", (slice if not PYTHON2 else xrange)(1)  # noqa: F821
    if not PYTHON2:
        yield "a zone", datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def zoo():
    for family in (singletons, integers, floats, strings, byte_strings, containers, graphs,
                   instances, names, standard_library):
        for name, thing in family():
            yield name, thing

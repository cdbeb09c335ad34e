#!/usr/bin/env python3
"""Remakes pickles.txt: pickles as real CPythons write them, in every protocol that each knows.

    tests/golden/pickles.py python2.7 python3.11 ...

Each line is: the CPythons that wrote it, the protocol, a name, the object's repr in hexadecimal (or -
where it depends on classes) and the pickle in hexadecimal. Opcodes that no pickler writes for objects of
a sane size (DUP, BINBYTES8 and the like) come in pickles put together by hand, named "by hand", which
the CPython named has read.
"""
from __future__ import print_function, unicode_literals
import binascii
import collections
import datetime
import decimal
import io
import os
import pickle
import struct
import subprocess
import sys

try:
    import copy_reg as copyreg
except ImportError:
    import copyreg

PYTHON2 = sys.version_info[0] == 2
text = type("")


class Point(object):
    def __init__(self, x=0, y=0):
        self.x, self.y = x, y


class Slots(object):
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, [2]


class Feed(object):
    """What __reduce__ can say: a call, a state, items and pairs."""

    def __reduce__(self):
        return Feed, (), {"state": 1}, iter([1, 2, 3]), iter([("k", 1), ("l", 2)])

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def __setitem__(self, key, value):
        pass


class Keyed(object):
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (1,), {"key": 2}


class Set(object):
    """A state setter, of 3.8 and later."""

    def __reduce__(self):
        return Set, (), {"state": 1}, None, None, set_state


def set_state(thing, state):
    pass


class Registered(object):
    pass


copyreg.add_extension("__main__", "Registered", 0x42)


class Outside(object):
    pass


if PYTHON2:
    class Classic:
        def __init__(self):
            self.x = 1

    class ClassicWithArguments:
        def __getinitargs__(self):
            return 1, "two"

        def __init__(self, *args):
            pass


class Pickler(pickle.Pickler, object):
    def persistent_id(self, thing):
        return "outside" if isinstance(thing, Outside) else None


def plain():
    """(name, object) whose repr says everything."""
    yield "none", None
    yield "bools", [True, False]
    yield "ints", [0, 1, -1, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -2 ** 31, -2 ** 31 - 1]
    yield "big ints", [2 ** 63 - 1, 2 ** 63, -2 ** 63, -2 ** 63 - 1, 10 ** 30, -10 ** 30]
    yield "an int of 300 bytes", 1 << 2393
    yield "floats", [0.0, -0.0, 1.5, -1e308, 5e-324, float("inf"), float("-inf")]
    yield "str", ["", "abc", "caf\xe9", "\u4f60\u597d", "\U0001f600", "a\nb\\c\0d'\""]
    yield "a lone surrogate", "\ud800"
    yield "a str of 300", "s" * 300
    yield "bytes", [b"", b"abc", b"\x00\xff\n"]
    yield "bytes of 300", b"\xfe" * 300
    yield "list", [[], [1], [1, 2]]
    yield "tuple", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]
    yield "dict", [{}, {"a": 1}, {1: {2: {}}}]
    yield "set", [set(), set([1])]
    yield "frozenset", [frozenset(), frozenset([1])]
    yield "one list twice", [[1]] * 2
    loop = []
    loop.append(loop)
    yield "a list that holds itself", loop
    knot = ([],)
    knot[0].append(knot)
    yield "a tuple that holds itself", knot
    longer = ([], 1, 2, 3)
    longer[0].append(longer)
    yield "a long tuple that holds itself", longer
    yield "300 strings twice", ["s%d" % number for number in range(300)] * 2


def others():
    yield "bytearray", [bytearray(), bytearray(b"abc\xff")]
    yield "complex", [1j, 1.5 - 2j]
    yield "Ellipsis", Ellipsis
    yield "a class", Point
    yield "a function", set_state
    yield "len", len
    yield "an instance", Point(1, [2])
    yield "an instance twice", [Point()] * 2
    yield "slots", Slots()
    yield "call, state, items and pairs", Feed()
    yield "keyword arguments", Keyed()
    yield "a state setter", Set()
    yield "an extension code", Registered
    yield "a persistent id", [Outside(), 1]
    yield "OrderedDict", collections.OrderedDict([(2, 1), (1, 2)])
    yield "datetime", datetime.datetime(2024, 2, 29, 23, 59, 59, 999999)
    yield "Decimal", decimal.Decimal("-1.50")
    yield "an exception", ValueError("why", 1)
    if PYTHON2:
        yield "a classic instance", Classic()
        yield "a classic instance with arguments", ClassicWithArguments()
        yield "str of Python 2", [str("abc"), str("\n'\\\x00"), b"\xe9" * 300]
        yield "long", [long(5), long(-5)]  # noqa: F821
    else:
        yield "NotImplemented", NotImplemented
        yield "range", range(1, 10, 2)


def written(thing, protocol):
    out = io.BytesIO()
    Pickler(out, protocol).dump(thing)
    return out.getvalue()


def by_hand():
    eight = struct.Struct("<Q")
    yield 1, "DUP", b"]2a."
    yield 1, "POP and POP_MARK", b"K\x01(K\x02K\x031K\x040."
    yield 1, "LONG_BINPUT far away", b"]r\xff\xff\xff\x07j\xff\xff\xff\x07a."
    yield 0, "POP in text", b"(lp0\nI1\n0g0\n."
    yield 0, "LIST and DICT with items", b"(I1\n(S'a'\nI3\ndl."
    yield 1, "SETITEM and APPEND", b"](K\x01e}K\x02K\x03sa."
    if pickle.HIGHEST_PROTOCOL >= 2:
        yield 2, "EXT1, EXT2 and EXT4", b"\x80\x02\x82\x42\x83\x42\x01\x84\x42\x01\x01\x00\x87."
        yield 2, "LONG4", b"\x80\x02\x8b\x02\x00\x00\x00\xff\x00."
    if pickle.HIGHEST_PROTOCOL >= 4:
        yield 4, "BINUNICODE8", b"\x80\x04\x8d" + eight.pack(3) + b"abc."
        yield 4, "BINBYTES8", b"\x80\x04\x8e" + eight.pack(3) + b"abc."
    if pickle.HIGHEST_PROTOCOL >= 5:
        yield 5, "NEXT_BUFFER and READONLY_BUFFER", b"\x80\x05\x97\x97\x98\x86."


def load_by_hand(sent):
    for code in (0x142, 0x10142):
        copyreg.add_extension("__main__", "Point", code)
        try:
            pickle.loads(sent) if PYTHON2 else pickle.loads(
                sent, **({"buffers": [bytearray(b"ab"), bytearray(b"cd")]}
                         if sys.version_info >= (3, 8) else {}))
        except ValueError as error:
            if "extension code" not in text(error):
                raise
        finally:
            copyreg.remove_extension("__main__", "Point", code)


def hexed(data):
    return binascii.hexlify(data).decode() or "-"


def records():
    for name, thing in plain():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            shown = "-" if PYTHON2 else hexed(repr(thing).encode("utf-8", "surrogatepass"))
            yield protocol, name, shown, written(thing, protocol)
    for name, thing in others():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                yield protocol, name, "-", written(thing, protocol)
            except Exception:
                pass  # some have no form in some protocols
    for protocol, name, sent in by_hand():
        load_by_hand(sent)
        yield protocol, "by hand: " + name, "-", sent


def print_records():
    for protocol, name, shown, sent in records():
        print(protocol, name.replace(" ", "_"), shown, hexed(sent))


def main(interpreters):
    found = collections.OrderedDict()
    for interpreter in interpreters:
        version = subprocess.check_output(
            [interpreter, "-c", "import platform; print(platform.python_version())"])
        output = subprocess.check_output([interpreter, os.path.abspath(__file__), "--print"])
        for line in output.decode().splitlines():
            found.setdefault(line, []).append(version.decode().strip())
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "pickles.txt"), "w") as out:
        print("# Written by tests/golden/pickles.py; see there.", file=out)
        for line, versions in found.items():
            print(",".join(versions), line, file=out)


if __name__ == "__main__":
    print_records() if sys.argv[1:] == ["--print"] else main(sys.argv[1:])

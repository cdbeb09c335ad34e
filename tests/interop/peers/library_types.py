"""Objects of the standard library through parley's C++ types; runs under the Python being tested."""
import array
import collections
import datetime
import decimal
import fractions
import operator
import pickle
import sys
import uuid

from known_types import Examination, Program

VERSION = sys.version_info
PYTHON2 = VERSION[0] == 2
Pair = collections.namedtuple("Pair", "left right")


def dates():
    for day in (datetime.date(1, 1, 1), datetime.date(2024, 2, 29), datetime.date.max):
        yield "Date", day
    for time in (datetime.time(), datetime.time(23, 59, 59, 999999), datetime.time(1, 2, 3, 70000)):
        yield "Time", time
    for moment in (datetime.datetime.min, datetime.datetime(2024, 2, 29, 12, 30, 15, 123456),
                   datetime.datetime(1969, 12, 31, 23, 59), datetime.datetime.max):
        yield "DateTime", moment
    for days, seconds, micro in ((0, 0, 0), (1, 2, 3), (-1, 86399, 999999), (999999999, 0, 0),
                                 (-999999999, 0, 0)):
        yield "TimeDelta", datetime.timedelta(days, seconds, micro)


def zones():
    utc, delta = datetime.timezone.utc, datetime.timedelta
    for zone in (utc, datetime.timezone(delta(hours=-5)), datetime.timezone(delta(hours=14)),
                 datetime.timezone(delta(minutes=330), "IST"),
                 datetime.timezone(-delta(hours=23, minutes=59))):
        yield "TimeZone", zone
        yield "DateTime", datetime.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=zone)
        yield "Time", datetime.time(3, 4, tzinfo=zone)
    if VERSION >= (3, 6):
        yield "DateTime", datetime.datetime(2024, 10, 27, 2, 30, fold=1)
        yield "Time", datetime.time(2, 30, fold=1, tzinfo=utc)


def numbers():
    for text in ("0", "-0", "1.50", "-1E+3", "1E-400", "123456789012345678901234567890.5", "NaN",
                 "-sNaN12", "Infinity", "-Infinity"):
        yield "Decimal", decimal.Decimal(text)
    for top, bottom in ((1, 2), (-1, 3), (5, 1), (0, 1), (2 ** 100, 3 ** 100)):
        yield "Fraction", fractions.Fraction(top, bottom)
    for number in (0, 1, 2 ** 64, 2 ** 127, 2 ** 128 - 1):
        yield "Uuid", uuid.UUID(int=number)
    yield "Uuid", uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")


def containers():
    yield "OrderedDict", collections.OrderedDict()
    yield "OrderedDict", collections.OrderedDict([("b", 1), ("a", [2])])
    yield "DefaultDict", collections.defaultdict(list, {"a": [1]})
    yield "DefaultDict", collections.defaultdict(None, {1: 2})
    yield "Counter", collections.Counter("abracadabra")
    yield "Counter", collections.Counter()
    yield "Deque", collections.deque()
    yield "Deque", collections.deque([1, "two", [3]])
    yield "Deque", collections.deque([1, 2], 5)
    yield "Deque", collections.deque([1, 2], 0)
    yield "NamedTuple", Pair(1, [2, 3])
    make_range = xrange if PYTHON2 else range  # noqa: F821
    for bounds in ((0, 3, 1), (5, -5, -3), (0, 0, 1)):
        yield "Range", make_range(*bounds)
    for parts in ((None, None, None), (1, 10, 2), (None, -1, None)):
        yield "Slice", slice(*parts)


def arrays():
    for code in "bhilBHIL" + ("" if PYTHON2 else "qQ"):
        bits = 8 * array.array(code).itemsize
        least, most = (0, 2 ** bits - 1) if code.isupper() else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
        yield "Array", array.array(code, [least, 1, most])
        yield "Array", array.array(code)
    yield "Array", array.array("f", [1.5, -0.25])
    yield "Array", array.array("d", [0.1, float("inf"), -0.0])
    if PYTHON2:
        yield "Array", array.array("c", "bytes\xff")
    for code in ("u",) if VERSION < (3, 13) else ("w",):
        yield "Array", array.array(code, u"wide \u4f60\U0001f600")


def exceptions():
    yield "Exception", ValueError("what", 1)
    yield "Exception", KeyError()
    yield "Exception", OSError(2, "no such file", "name")
    yield "Exception", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "why")
    extra = RuntimeError("with more")
    extra.code = 5
    yield "Exception", extra


def modern():
    import enum
    import pathlib
    scope = globals()
    scope["Color"] = enum.Enum("Color", "RED GREEN", module=__name__)
    scope["Flags"] = enum.IntFlag("Flags", "A B C", module=__name__)
    yield "EnumMember", scope["Color"].GREEN
    if not (3, 11) <= VERSION < (3, 11, 4):  # these send a combination as calls of operator.or_
        yield "EnumMember", scope["Flags"].A | scope["Flags"].C
    for path in ("/", ".", "/a/b", "a/b c", "//host/x"):
        yield "Path", pathlib.PosixPath(path)
        yield "Path", pathlib.PurePosixPath(path)
    for path in ("c:/a/b", "c:", "\\\\host\\share\\x", "a/b"):
        yield "Path", pathlib.PureWindowsPath(path)
    if VERSION >= (3, 7):
        import dataclasses
        scope["Point"] = dataclasses.make_dataclass("Point", ["x", "y"], namespace={"__module__": __name__})
        yield "DataClass", scope["Point"](1, [2])
    if VERSION >= (3, 10):
        scope["Slotted"] = dataclasses.make_dataclass(
            "Slotted", ["x", "y"], slots=True, namespace={"__module__": __name__})
        yield "DataClass", scope["Slotted"](1, [2])


def everything():
    groups = [dates, numbers, containers, arrays, exceptions]
    if not PYTHON2:
        groups += [zones, modern]
    for group in groups:
        for kind, thing in group():
            yield kind, thing


def equal(left, right):
    if isinstance(left, BaseException):
        return (left.args, left.__dict__) == (right.args, right.__dict__)
    if isinstance(left, decimal.Decimal):
        return str(left) == str(right)
    if isinstance(left, collections.deque):
        return left == right and left.maxlen == right.maxlen
    if isinstance(left, collections.defaultdict):
        return left == right and left.default_factory is right.default_factory
    if isinstance(left, array.array):
        return left.typecode == right.typecode and left.tobytes() == right.tobytes() if not PYTHON2 \
            else left.typecode == right.typecode and left.tostring() == right.tostring()
    if isinstance(left, (datetime.datetime, datetime.time)) and VERSION >= (3, 6):
        return left == right and left.fold == right.fold
    if PYTHON2 and isinstance(left, xrange):  # noqa: F821
        return list(left) == list(right)
    return operator.eq(left, right)


def shown_alike(kind, thing):
    """Whether this Python's repr() is the one that parley has: the newest."""
    return VERSION >= (3, 12) and kind not in ("NamedTuple", "EnumMember")


def main():
    examination = Examination(Program(sys.argv[1]))
    for kind, thing in everything():
        examination.round_trip(kind, thing, equal)
        if shown_alike(kind, thing):
            examination.text(thing, repr(thing))
    examination.report()


if __name__ == "__main__":
    main()

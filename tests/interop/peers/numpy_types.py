"""numpy's arrays, scalars and dtypes through parley's C++ types; ends with 77 where there is no numpy."""
import pickle
import sys

from known_types import Examination, Program

try:
    import numpy
except ImportError:
    print("no numpy here")
    sys.exit(77)

NUMBERS = ("?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "F", "D", "g")
POINT = [("x", "<i4"), ("y", ">f8"), ("name", "U3"), ("grid", "<i2", (2, 3))]


def dtypes():
    for code in NUMBERS + ("S5", "U3", "V7", "M8[ns]", "m8[10s]", "M8", "O"):
        yield numpy.dtype(code)
        yield numpy.dtype(code).newbyteorder()
    yield numpy.dtype(POINT)
    yield numpy.dtype([("a", "i1"), ("b", "f8")], align=True)
    yield numpy.dtype([("outer", POINT), ("other", "M8[D]")])
    yield numpy.dtype(("<f4", (2, 2)))


def arrays():
    for code in NUMBERS:
        yield numpy.arange(6).astype(code).reshape(2, 3)
        yield numpy.arange(6).astype(code).newbyteorder().byteswap() if hasattr(
            numpy.ndarray, "newbyteorder") else numpy.arange(6).astype(code)
    grid = numpy.arange(24, dtype="<i8").reshape(2, 3, 4)
    for view in (grid, grid.T, grid[::-1, :, ::2], numpy.asfortranarray(grid), grid[:, :0], grid[:1, :1]):
        yield view
    yield numpy.array(5.5)
    yield numpy.zeros((0, 3))
    yield numpy.array([b"ab", b"c", b""])
    yield numpy.array([u"ab", u"\u4f60\U0001f600", u""])
    yield numpy.array([u"ab"]).astype(">U4")
    yield numpy.array(["2024-01-02T03:04:05", "NaT"], dtype="M8[ms]")
    yield numpy.array([1, -2], dtype="m8[10us]")
    yield numpy.array([{"a": 1}, None, [2]], dtype=object)
    yield numpy.array([[1, "a"], [2.5, None]], dtype=object).T
    yield numpy.zeros(3, dtype=POINT)
    yield numpy.frombuffer(bytes(bytearray(range(200))), dtype="V8", count=5)


def scalars():
    for code in NUMBERS:
        yield numpy.dtype(code).type(1)
    yield numpy.datetime64("2024-01-02T03:04:05")
    yield numpy.timedelta64(5, "h")
    yield numpy.str_("text")
    yield numpy.bytes_(b"text")
    yield numpy.zeros(1, dtype=POINT)[0]


def native(thing):
    """An array as numpy brings it into native byte order itself, when it loads any form but one."""
    thing = numpy.asarray(thing)
    return thing.astype(thing.dtype.newbyteorder("="))


def same(left, right):
    if isinstance(left, numpy.dtype):
        return left == right and left.isalignedstruct == right.isalignedstruct
    left, right = native(left), native(right)
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    return left.tolist() == right.tolist() if left.dtype.hasobject else left.tobytes() == right.tobytes()


def renamed(data, name):
    """The same pickle as the other numpy, 1 or 2, would have written it; protocol 2 names by lines."""
    return data.replace(b"cnumpy.core.", name).replace(b"cnumpy._core.", name)


def main():
    examination = Examination(Program(sys.argv[1]))
    for kind, things in (("DType", dtypes()), ("NdArray", arrays()), ("NumpyScalar", scalars())):
        for thing in things:
            examination.round_trip(kind, thing, same)
    for kind, things in (("NdArray", arrays()), ("NumpyScalar", scalars())):
        for thing in things:
            data = pickle.dumps(thing, 2)
            for name in (b"cnumpy.core.", b"cnumpy._core."):
                examination.compare(kind, pickle.loads(data), renamed(data, name), 2, same)
    examination.report()


if __name__ == "__main__":
    main()

"""usage: data_science.py ADDRESS KEY
       data_science.py --out-of-band PICKLE_ROUND_TRIP

numpy's and pandas' objects, pickled in every protocol that this Python has, through the `parley echo` that
listens there and back; or in protocol 5 with its buffers beside the pickle, through the program. Ends with
77 where there is no numpy; pandas comes on top where it is found.
"""
import datetime
import decimal
import pickle
import sys
import warnings

from round_trip import EchoTrip, RoundTrip

try:
    import numpy
except ImportError:
    print("no numpy here")
    sys.exit(77)
try:
    import pandas
except ImportError:
    pandas = None

RECORD = numpy.dtype([("x", "<i4"), ("y", ">f8"), ("name", "U3"), ("grid", "<i2", (2, 3)),
                      ("when", "M8[us]")])


def arrays():
    numbers = numpy.arange(24)
    for code in ("?", "i1", "u1", "<i2", ">i2", "<u4", ">u8", "<f2", ">f4", "<f8", ">f8", "<c8", ">c16", "g"):
        yield "array of " + code, numbers.astype(code).reshape(2, 3, 4)
        yield "Fortran order, " + code, numpy.asfortranarray(numbers.astype(code).reshape(4, 6))
        yield "0-d " + code, numpy.array(numpy.ones((), dtype=code))
        yield "scalar " + code, numpy.ones(1, dtype=code)[0]
    grid = numpy.arange(60, dtype="<f8").reshape(3, 4, 5)
    yield "transposed", grid.T
    yield "strided", grid[::2, ::-1, 1::2]
    yield "empty", numpy.zeros((0, 3))
    yield "a million", numpy.arange(1000000, dtype="<f8")
    yield "read-only", frozen(numpy.arange(5))
    yield "text", numpy.array([u"ab", u"\u4f60\U0001f600", u""])
    yield "big-endian text", numpy.array([u"ab"]).astype(">U4")
    yield "bytes", numpy.array([b"ab", b"c\0d", b""])
    yield "void", numpy.frombuffer(bytes(bytearray(range(40))), dtype="V8")
    for unit in ("Y", "D", "ms", "ns", "25s"):
        yield "datetime64 " + unit, numpy.array(["2024-02-03", "NaT", "1969-12-31"], dtype="M8[D]").astype(
            "M8[%s]" % unit)
        yield "timedelta64 " + unit, numpy.array([1, -2, 3], dtype="m8[%s]" % unit)
    yield "objects", numpy.array([None, 1, "a", [2], {"k": (3,)}, 2.5], dtype=object)
    yield "objects in Fortran order", numpy.asfortranarray(numpy.array([[1, "a"], [None, 2]], dtype=object))
    yield "records", numpy.zeros(3, dtype=RECORD)
    yield "recarray", numpy.rec.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")])
    yield "masked", numpy.ma.array([1, 2, 3], mask=[False, True, False])
    yield "matrix", numpy.matrix([[1, 2], [3, 4]])
    yield "dtype", RECORD
    yield "one array twice", [grid, grid]
    yield "array and its view", [grid, grid[1]]
    yield "random generator", numpy.random.RandomState(5)
    if hasattr(numpy.random, "default_rng"):
        yield "new random generator", numpy.random.default_rng(5)
    yield "ufunc", numpy.add
    yield "polynomial", numpy.polynomial.Polynomial([1, 2, 3])


def frozen(array):
    array.setflags(write=False)
    return array


def frames():
    frame = pandas.DataFrame({
        "int": [1, 2, 3], "float": [1.5, None, -0.0], "text": ["a", None, u"\u4f60"],
        "when": pandas.to_datetime(["2024-01-02", None, "1999-12-31"]), "flag": [True, False, True],
        "category": pandas.Categorical(["x", "y", "x"]), "object": [[1], {"a": 2}, (3,)],
        "decimal": [decimal.Decimal("1.5")] * 3, "date": [datetime.date(2024, 1, 2)] * 3,
    }, index=["r1", "r2", "r3"])
    yield "DataFrame", frame
    yield "DataFrame, two levels", frame.set_index(["int", "flag"])
    yield "DataFrame without rows", frame.iloc[:0]
    yield "DataFrame of nothing", pandas.DataFrame()
    yield "long DataFrame", pandas.DataFrame(numpy.arange(200000.0).reshape(50000, 4), columns=list("abcd"))
    yield "grouped columns", pandas.DataFrame(numpy.eye(4), columns=pandas.MultiIndex.from_product(
        [["a", "b"], [1, 2]]))
    for column in frame.columns:
        yield "Series of " + column, frame[column]
    yield "nullable ints", pandas.Series([1, None, 3], dtype="Int64")
    yield "nullable bools", pandas.Series([True, None], dtype="boolean")
    yield "string dtype", pandas.Series(["a", None], dtype="string")
    yield "sparse", pandas.Series(pandas.arrays.SparseArray([0, 0, 1, 0]))
    yield "zoned times", pandas.Series(pandas.date_range("2024-03-30", periods=4, tz="Europe/Berlin"))
    yield "intervals", pandas.Series(pandas.interval_range(0, 4))
    yield "periods", pandas.Series(pandas.period_range("2024-01", periods=3, freq="M"))
    for index in (pandas.RangeIndex(1, 10, 2), pandas.Index([1.5, 2.5]), pandas.Index(["a", "b"], name="n"),
                  pandas.date_range("2024-01-01", periods=3, freq="D"), pandas.timedelta_range("1D", periods=3),
                  pandas.CategoricalIndex(["a", "b"]), pandas.MultiIndex.from_tuples([(1, "a"), (2, "b")])):
        yield type(index).__name__, index
    yield "Timestamp", pandas.Timestamp("2024-01-02 03:04:05.123456789", tz="UTC")
    yield "Timedelta", pandas.Timedelta("1 days 00:00:00.000000001")
    yield "NaT and NA", [pandas.NaT, pandas.NA]
    yield "Period", pandas.Period("2024Q1")
    yield "Interval", pandas.Interval(1, 2, closed="left")
    yield "Categorical", pandas.Categorical(["a", "b", "a"], categories=["b", "a", "c"], ordered=True)
    yield "offset", pandas.tseries.offsets.MonthEnd(2)


def fingerprint(thing):
    """What two equal things have in common: their pickle, of which every byte comes from their state."""
    return pickle.dumps(thing, 2)


def same(left, right):
    if type(left) is not type(right):
        return False
    if pandas and isinstance(left, (pandas.DataFrame, pandas.Series, pandas.Index)):
        check = {pandas.DataFrame: pandas.testing.assert_frame_equal,
                 pandas.Series: pandas.testing.assert_series_equal}
        check.get(type(left), pandas.testing.assert_index_equal)(left, right)
        return True
    if isinstance(left, numpy.ndarray) and not isinstance(left, numpy.ma.MaskedArray):
        same_shape = (left.dtype, left.shape) == (right.dtype, right.shape)
        same_order = left.flags.f_contiguous == right.flags.f_contiguous
        if left.dtype.hasobject:
            return same_shape and same_order and left.tolist() == right.tolist()
        return same_shape and same_order and left.tobytes() == right.tobytes()
    return fingerprint(left) == fingerprint(right)


def problems(trip, name, thing):
    for protocol in range(min(pickle.HIGHEST_PROTOCOL, 5) + 1):
        sent = pickle.dumps(thing, protocol)
        expected = pickle.loads(sent)  # what comes of it without parley
        came = pickle.loads(trip(sent))
        try:
            equal = same(expected, came)
        except AssertionError as error:
            yield "%s, protocol %d: %s" % (name, protocol, error)
        else:
            if not equal:
                yield "%s, protocol %d: %.200r came back" % (name, protocol, came)


def out_of_band(trip, name, thing):
    """The same with buffers beside the pickle, which is what protocol 5 is for."""
    buffers = []
    sent = pickle.dumps(thing, 5, buffer_callback=buffers.append)
    written = trip(sent, 5, len(buffers))
    if not same(pickle.loads(sent, buffers=buffers), pickle.loads(written, buffers=buffers)):
        yield "%s, out of band" % name


def things():
    for thing in arrays():
        yield thing
    if pandas:
        for thing in frames():
            yield thing


def main():
    warnings.simplefilter("ignore")
    found = []
    count = 0
    if sys.argv[1] == "--out-of-band":
        trip = RoundTrip(sys.argv[2])
        look = out_of_band
    else:
        trip = EchoTrip(*sys.argv[1:])
        look = problems
    for name, thing in things():
        count += 1
        found.extend(look(trip, name, thing))
    trip.close()
    for problem in found:
        print(problem)
    print("%d objects of numpy %s and pandas %s" % (
        count, numpy.__version__, pandas.__version__ if pandas else "(none)"))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

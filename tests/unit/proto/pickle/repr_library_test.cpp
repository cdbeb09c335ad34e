#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/array.hpp>
#include <parley/collections.hpp>
#include <parley/datetime.hpp>
#include <parley/exception.hpp>
#include <parley/ndarray.hpp>
#include <parley/object.hpp>
#include <parley/path.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/range.hpp>
#include <parley/repr.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using parley::repr;
using parley::Value;

TEST_CASE("repr: dates and times as the datetime module writes them", "[repr]") {
    using parley::DateTime;
    using parley::TimeZone;
    const auto day = std::chrono::local_days(2024y / 1 / 2);
    CHECK(repr(parley::Date{2024y / 1 / 2}) == "datetime.date(2024, 1, 2)");
    CHECK(repr(DateTime{day}) == "datetime.datetime(2024, 1, 2, 0, 0)");
    CHECK(repr(DateTime{day + 5us}) == "datetime.datetime(2024, 1, 2, 0, 0, 0, 5)");
    CHECK(repr(DateTime{day, TimeZone{}, true}) ==
          "datetime.datetime(2024, 1, 2, 0, 0, fold=1, tzinfo=datetime.timezone.utc)");
    CHECK(repr(TimeZone{1h, "X"}) == "datetime.timezone(datetime.timedelta(seconds=3600), 'X')");
    CHECK(repr(parley::TimeDelta::of(-1us)) ==
          "datetime.timedelta(days=-1, seconds=86399, microseconds=999999)");
}

TEST_CASE("repr: collections show their contents", "[repr]") {
    const Value items = parley::dict({{"a", 1}, {"b", 2}});
    CHECK(repr(parley::OrderedDict{}) == "OrderedDict()");
    CHECK(repr(parley::OrderedDict{items}) == "OrderedDict({'a': 1, 'b': 2})");
    CHECK(repr(parley::DefaultDict{parley::global("builtins", "list"), items}) ==
          "defaultdict(<class 'list'>, {'a': 1, 'b': 2})");
    CHECK(repr(parley::Counter{items}) == "Counter({'b': 2, 'a': 1})");
    CHECK(repr(parley::Deque{{1, 2}, 5}) == "deque([1, 2], maxlen=5)");
    CHECK(repr(parley::Range{0, 3}) == "range(0, 3)");
    CHECK(repr(parley::Range{0, 3, 2}) == "range(0, 3, 2)");
    CHECK(repr(parley::Slice{1, nullptr, 2}) == "slice(1, None, 2)");
}

TEST_CASE("repr: paths, exceptions and arrays", "[repr]") {
    using parley::Exception;
    CHECK(repr(parley::Path{"//a//b/./c/"}) == "PosixPath('//a/b/c')");
    CHECK(repr(parley::Path{"c:\\a", parley::Path::Flavour::windows, true}) ==
          "PureWindowsPath('c:/a')");
    CHECK(repr(Exception::builtin("ValueError", {"what", 1})) == "ValueError('what', 1)");
    CHECK(repr(Exception::builtin("FileNotFoundError", {2, "why", "name"})) ==
          "FileNotFoundError(2, 'why')");
    const std::vector<int> numbers = {1, -2};
    CHECK(repr(parley::Array::of(std::span<const int>(numbers))) == "array('i', [1, -2])");
}

TEST_CASE("repr: arrays of numpy's, short ones with their elements", "[repr]") {
    using parley::NdArray;
    CHECK(repr(NdArray::of<std::int64_t>({1, 2, 3, 4}, {2, 2})) == "array([[1, 2], [3, 4]])");
    CHECK(repr(NdArray::of<float>({0.1F}, {1})) == "array([0.1], dtype=float32)");
    CHECK(repr(NdArray::of<double>({}, {0, 3})) == "array([], shape=(0, 3), dtype=float64)");
    CHECK(repr(NdArray::of<double>({1.5}, {})) == "array(1.5)");
    CHECK(repr(parley::NumpyScalar::of(1.5)) == "np.float64(1.5)");
    CHECK(repr(parley::DType("<M8[ns]")) == "dtype('<M8[ns]')");
    const std::vector<double> many(10'000);
    CHECK(repr(NdArray::of<double>(many, {100, 100})) ==
          "array(..., shape=(100, 100), dtype=float64)");
}

TEST_CASE("repr: numpy's moments in ISO 8601", "[repr]") {
    const auto moments = [](const char* dtype, std::int64_t count) {
        parley::Buffer data(std::as_bytes(std::span(&count, 1)));
        return repr(parley::NdArray(parley::DType(dtype), {1}, std::move(data)));
    };
    CHECK(moments("M8[D]", -1) == "array(['1969-12-31'], dtype='datetime64[D]')");
    CHECK(moments("M8[s]", 1'704'164'645) ==
          "array(['2024-01-02T03:04:05'], dtype='datetime64[s]')");
    CHECK(moments("M8[ns]", -1) ==
          "array(['1969-12-31T23:59:59.999999999'], dtype='datetime64[ns]')");
    CHECK(moments("M8[s]", std::numeric_limits<std::int64_t>::min()) ==
          "array(['NaT'], dtype='datetime64[s]')");
    CHECK(moments("M8[Y]", 5) == "array(['1975'], dtype='datetime64[Y]')");
    CHECK(moments("M8[M]", -1) == "array(['1969-12'], dtype='datetime64[M]')");
    CHECK(moments("M8[W]", -1) == "array(['1969-12-25'], dtype='datetime64[W]')");
    CHECK(moments("M8[Y]", 1'000'000) == "array(['1000000'], dtype='datetime64[Y]')");
    CHECK(moments("M8[ps]", 5) == "array(['5'], dtype='datetime64[ps]')");
    CHECK(moments("m8[D]", std::numeric_limits<std::int64_t>::min()) ==
          "array(['NaT'], dtype='timedelta64[D]')");
}

TEST_CASE("repr: a moment or a time of numpy's alone makes the same again", "[repr]") {
    const auto scalar = [](const char* dtype, std::int64_t count) {
        parley::Buffer data(std::as_bytes(std::span(&count, 1)));
        return repr(
            parley::NumpyScalar{parley::NdArray(parley::DType(dtype), {}, std::move(data))});
    };
    constexpr std::int64_t not_a_time = std::numeric_limits<std::int64_t>::min();
    CHECK(scalar("M8[Y]", 50) == "np.datetime64('2020')");
    CHECK(scalar("M8[D]", 1) == "np.datetime64('1970-01-02')");
    CHECK(scalar("M8[h]", 5) == "np.datetime64('1970-01-01T05','h')");
    CHECK(scalar("M8[2D]", 5) == "np.datetime64(5,'2D')");
    CHECK(scalar("M8[ps]", 5) == "np.datetime64(5,'ps')");
    CHECK(scalar("M8[D]", not_a_time) == "np.datetime64('NaT')");
    CHECK(scalar("m8[2D]", 5) == "np.timedelta64(5,'2D')");
    CHECK(scalar("m8", 5) == "np.timedelta64(5)");
    CHECK(scalar("m8[D]", not_a_time) == "np.timedelta64('NaT','D')");
}

TEST_CASE("repr: what looks like a type of the library and is not is written as a call", "[repr]") {
    const auto call = [](const char* module, const char* name, const Value& args) {
        return repr(parley::call(parley::global(module, name), args));
    };
    CHECK(call("datetime", "date", parley::tuple(parley::bytes("\1"))) ==
          "datetime.date(b'\\x01')");
    CHECK(call("decimal", "Decimal", parley::tuple("x")) == "Decimal('x')");
    CHECK(call("builtins", "range", parley::tuple(1)) == "range(1)");
    CHECK(call("numpy", "dtype", parley::tuple("nonsense")) == "numpy.dtype('nonsense')");
    const Value unhashable = parley::list({parley::tuple(parley::list(), 1)});
    CHECK(call("collections", "OrderedDict", parley::tuple(unhashable)) ==
          "OrderedDict([([], 1)])");
}

TEST_CASE("repr: Python 2's names are shown as Python 3 has them", "[repr]") {
    const auto load = [](std::string_view pickle) {
        return parley::pickle::loads(support::as_bytes(pickle)).value();
    };
    CHECK(repr(load("\x80\x02"
                    "c__builtin__\nunicode\n.")) == "<class 'str'>");
    CHECK(repr(load("\x80\x02"
                    "cexceptions\nValueError\n(U\1xtR.")) == "ValueError('x')");
}

TEST_CASE("repr: work that shows nothing counts, too", "[repr]") {
    const std::vector<Value> many(10'000, 1);
    const Value deque =
        parley::call(parley::global("collections", "deque"), parley::tuple(parley::list(many), 0));
    const Value list = parley::list(std::vector<Value>(100'000, deque));
    CHECK(repr(parley::list(deque)) == "[deque([], maxlen=0)]");
    const std::string text = repr(list, {.limit = 1'000'000});
    CHECK(text.size() < 3000);
    CHECK(text.ends_with("..."));
}

TEST_CASE("repr: numpy's records as tuples, one by one or in arrays", "[repr]") {
    using parley::DType;
    using parley::NdArray;
    const auto records = [](const DType& dtype, std::vector<std::size_t> shape,
                            std::string_view data) {
        return NdArray(dtype, std::move(shape), parley::Buffer(support::as_bytes(data)));
    };
    const DType point = DType::structured({{"x", DType("<i2"), 0}, {"s", DType("S2"), 2}}, 4);
    const NdArray points = records(point, {2}, {"\1\0ab\2\0c\0", 8});
    CHECK(repr(points) == "array([(1, b'ab'), (2, b'c')], dtype=[('x', '<i2'), ('s', '|S2')])");
    const NdArray one = records(point, {}, {"\1\0ab", 4});
    CHECK(repr(parley::NumpyScalar{one}) ==
          "np.void((1, b'ab'), dtype=[('x', '<i2'), ('s', '|S2')])");
    const DType lone = DType::structured({{"x", DType("<i2"), 0}}, 2);
    CHECK(repr(records(lone, {1}, {"\1\0", 2})) == "array([(1,)], dtype=[('x', '<i2')])");
    CHECK(repr(records(DType("V2"), {1}, "ab")) == "array(..., shape=(1,), dtype='|V2')");
    // A size of float that no other machine has.
    CHECK(repr(records(DType("<f12"), {1}, "twelve bytes")).starts_with("numpy."));
}

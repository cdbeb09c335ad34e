// The table of docs/typed.md, row by row: what each type becomes and that it comes back.
#include "support/typed.hpp"

#include <parley/decimal.hpp>
#include <parley/object.hpp>

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/optional.hpp>
#include <boost/serialization/binary_object.hpp>
#include <boost/unordered_map.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <cstring>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>

using boost::multiprecision::cpp_int;
using parley::Value;
using support::comes_back;
using support::from;
using support::python;
using support::reading;

namespace {

enum class Level : std::uint8_t { low = 1, high = 200 };
enum Plain { plain_zero, plain_one };

struct Named {
    char name[8] = "";
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name);
    }
};

template <typename T>
struct Holding {
    T held{};
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(held);
    }
};

constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
constexpr auto uint64_max = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("archive: bool is bool and nothing else is", "[archive]") {
    CHECK(python(std::tuple(true, false)) == "(True, False)");
    CHECK(comes_back(std::tuple(true, false)));
    CHECK(reading<bool>(Value(1)) == "wrong type: expected bool, got int 1");
    CHECK(reading<int>(Value(true)) == "wrong type: expected int, got bool True");
}

TEST_CASE("archive: integers of every width come back, and their ranges are checked", "[archive]") {
    using All = std::vector<std::int64_t>;
    const All numbers{0,          1,      255,        256,       65535,       65536,
                      2147483647, -1,     2147483648, -129,      -2147483648, int64_min,
                      int64_max,  -32769, 1 << 24,    4294967295};
    CHECK(comes_back(numbers));
    CHECK(comes_back(std::tuple(uint64_max, std::uint64_t{1} << 63U, std::int8_t{-128})));
    CHECK(python(std::vector<std::uint64_t>{uint64_max}) == "[18446744073709551615]");
    CHECK(reading<std::int8_t>(Value(128)) ==
          "out of range: expected an int from -128 to 127, got int 128");
    CHECK(reading<std::uint16_t>(Value(-1)) ==
          "out of range: expected an int from 0 to 65535, got int -1");
    CHECK(reading<std::int64_t>(Value(uint64_max)) ==
          "out of range: expected an int from -9223372036854775808 to 9223372036854775807, got int "
          "18446744073709551615");
    CHECK(reading<std::uint64_t>(Value(-1)).starts_with("out of range"));
    CHECK(reading<int>(Value(1.0)) == "wrong type: expected int, got float 1.0");
}

TEST_CASE("archive: characters are their codes", "[archive]") {
    CHECK(python(std::tuple('a', 'b', char16_t{0x20ac}, wchar_t{7})) == "(97, 98, 8364, 7)");
    CHECK(comes_back(std::tuple('a', char16_t{0x20ac}, wchar_t{7}, char8_t{200})));
}

TEST_CASE("archive: floats keep their bits, and take ints", "[archive]") {
    const double odd = -0.1;
    CHECK(comes_back(std::vector{odd, 0.0, 5e-324, 1.7976931348623157e308,
                                 std::numeric_limits<double>::infinity()}));
    CHECK(std::signbit(from<double>(support::value_of(std::vector{-0.0})[0])));
    CHECK(std::isnan(from<double>(support::value_of(std::vector{std::nan("")})[0])));
    CHECK(from<double>(Value(3)) == 3.0);
    CHECK(from<double>(Value(uint64_max)) == 18446744073709551616.0);
    CHECK(comes_back(std::tuple(1.5F, 2.5L)));
    CHECK(reading<float>(Value(1e300)) ==
          "out of range: expected a float of single precision, got float 1e+300");
    CHECK(reading<double>(Value("abc")) == "wrong type: expected float, got str 'abc'");
    CHECK(reading<double>(Value(true)) == "wrong type: expected float, got bool True");
    CHECK(from<std::complex<double>>(Value(2)) == std::complex<double>(2));
    CHECK(python(std::vector{std::complex<double>(1, -2)}) == "[(1-2j)]");
    CHECK(comes_back(std::vector{std::complex<float>(1, -2)}));
}

TEST_CASE("archive: text is str, lone surrogates and all, and never bytes", "[archive]") {
    CHECK(comes_back(std::tuple(std::string("plain"), std::string("\xf0\x9f\x90\x8d\0x", 6),
                                std::string(70000, 'x'))));
    CHECK(python(std::tuple(std::string("\xed\xa0\x80"))) == "('\\ud800',)");
    CHECK(comes_back(std::tuple(std::string("\xed\xa0\x80"))));
    CHECK(python(std::tuple(static_cast<const char*>(nullptr))) == "(None,)");
    CHECK(comes_back(std::tuple(std::u16string(u"a\U0001f40d\u20ac"), std::u32string(U"\U0001f40d"),
                                std::wstring(L"\u00e9"), std::u8string(u8"\u00e9"))));
    CHECK(comes_back(std::tuple(std::u16string(1, char16_t{0xd800}))));
    CHECK(python(std::tuple(std::string_view("view"), "literal",
                            std::u16string_view(u"wide\u20ac"))) == "('view', 'literal', 'wide€')");
    CHECK(support::dump_failure(std::tuple(std::string("\xff"))).message() ==
          "cannot be pickled: at [0]: expected UTF-8 text in a string: for any other bytes use "
          "std::vector<std::byte>");
    CHECK(support::dump_failure(std::tuple(std::u32string(1, char32_t{0x110000}))).code ==
          parley::Errc::not_picklable);
    CHECK(reading<std::string>(parley::bytes("x")) == "wrong type: expected str, got bytes b'x'");
    CHECK(from<std::string>(parley::legacy_str("old")) == "old");
    CHECK(from<std::u16string>(parley::legacy_str("old")) == u"old");
    CHECK(reading<std::u16string>(parley::legacy_str("\xff\xfe")) ==
          "wrong type: expected str of UTF-8, got Python 2 str '\\xff\\xfe'");
    CHECK(reading<std::u32string>(parley::legacy_str("cut \xe4\xbd")).starts_with("wrong type"));
    CHECK(reading<std::wstring>(parley::legacy_str("\x80")).starts_with("wrong type"));
}

TEST_CASE("archive: an array of char is a C string", "[archive]") {
    Named named;
    std::strcpy(named.name, "abc");
    CHECK(python(named) == "{'name': 'abc'}");
    CHECK(std::strcmp(from<Named>(support::value_of(named)).name, "abc") == 0);
    CHECK(std::string(from<Named>(parley::dict({{"name", "12345678"}})).name, 8) == "12345678");
    CHECK(reading<Named>(parley::dict({{"name", "123456789"}})) ==
          "out of range: at name: expected a str of at most 8 bytes, got str '123456789'");
}

TEST_CASE("archive: bytes in vectors, arrays, spans and Buffers", "[archive]") {
    const std::vector<std::byte> bytes{std::byte{0}, std::byte{0xff}, std::byte{0x80}};
    CHECK(python(bytes) == R"(b'\x00\xff\x80')");
    CHECK(comes_back(bytes));
    CHECK(comes_back(std::vector<unsigned char>(300, 'x')));
    CHECK(comes_back(std::vector<char>()));
    CHECK(comes_back(std::array<std::uint8_t, 3>{1, 2, 3}));
    CHECK(python(std::tuple(std::span(bytes))) == R"((b'\x00\xff\x80',))");
    CHECK(python(std::vector<std::int8_t>{-1, 1}) == "[-1, 1]");
    CHECK(from<std::vector<char>>(parley::bytearray("ab")) == std::vector<char>{'a', 'b'});
    CHECK(from<parley::Buffer>(parley::bytes("buffer")).view() == "buffer");
    CHECK(reading<std::array<std::byte, 2>>(parley::bytes("abc")) ==
          "wrong type: expected 2 bytes, got 3");
    CHECK(reading<std::vector<std::byte>>(Value("text")) ==
          "wrong type: expected bytes, got str 'text'");
    CHECK(reading<std::vector<std::byte>>(Value()) == "wrong type: expected bytes, got None");
    CHECK(from<std::vector<std::byte>>(parley::buffer(parley::Buffer(std::span(bytes)), true)) ==
          bytes);
    CHECK(from<std::vector<std::byte>>(parley::legacy_str({"\0\xff\x80", 3})) == bytes);
}

TEST_CASE("archive: blocks of memory are bytes, as Boost's own archives have them", "[archive]") {
    parley::Buffer out;
    parley::pickle::OutputArchive output(out);
    output.save_binary("block", 5);
    CHECK(parley::pickle::loads(parley::ConstBytes(out)).value() == parley::bytes("block"));
    parley::pickle::InputArchive input(parley::ConstBytes(out.data(), out.size()));
    char block[6] = "";
    input.load_binary(block, 5);
    CHECK(std::string(block) == "block");
}

TEST_CASE("archive: what is missing is named by what it would be in Python", "[archive]") {
    const auto missing = []<typename T>(T) {
        return reading<Holding<T>>(parley::dict()).substr(std::strlen("no such key: at held: "));
    };
    CHECK(missing(true) == "expected bool, got nothing");
    CHECK(missing(std::vector<std::byte>()) == "expected bytes, got nothing");
    CHECK(missing(std::tuple(1, 2)) == "expected tuple, got nothing");
    CHECK(missing(std::map<std::string, int>()) == "expected dict, got nothing");
    CHECK(missing(boost::uuids::uuid()) == "expected uuid.UUID, got nothing");
    CHECK(missing(std::chrono::year_month_day()) == "expected datetime.date, got nothing");
    CHECK(missing(Level::low) == "expected int, got nothing");
    CHECK(missing(std::variant<std::monostate, int>()) == "expected None or int, got nothing");
}

TEST_CASE("archive: sequences are lists", "[archive]") {
    CHECK(python(std::vector{1, 2, 3}) == "[1, 2, 3]");
    CHECK(comes_back(std::vector<std::string>{"a", "", "b"}));
    CHECK(comes_back(std::vector<bool>{true, false, true}));
    CHECK(comes_back(std::vector<std::vector<int>>{{}, {1}, {1, 2}}));
    CHECK(comes_back(std::deque<int>{1, 2}));
    CHECK(comes_back(std::list<std::string>{"x"}));
    CHECK(comes_back(std::forward_list<int>{1, 2, 3}));
    CHECK(comes_back(std::array<int, 3>{1, 2, 3}));
    CHECK(comes_back(boost::container::small_vector<int, 2>{1, 2, 3}));
    CHECK(comes_back(std::vector<int>(2500, 7)));
    const auto squares = from<std::valarray<double>>(support::value_of(std::valarray{1.0, 4.0}));
    CHECK((squares.size() == 2 && squares[1] == 4.0));
    std::queue<int> queue({1, 2});
    CHECK(python(queue) == "[1, 2]");
    CHECK(comes_back(queue));
    CHECK(comes_back(std::stack<int>({1, 2})));
    CHECK(from<std::priority_queue<int>>(parley::list(1, 3, 2)).top() == 3);
    const int grid[2][2] = {{1, 2}, {3, 4}};
    CHECK(python(std::tuple(std::span(grid))) == "([[1, 2], [3, 4]],)");
    CHECK(from<std::vector<int>>(parley::tuple(1, 2)) == std::vector{1, 2});
    CHECK(reading<std::array<int, 2>>(parley::list(1)) == "wrong type: expected 2 items, got 1");
    CHECK(reading<std::vector<int>>(parley::set(1)) == "wrong type: expected list, got set {1}");
    CHECK(reading<std::vector<int>>(parley::list(1, "x")) ==
          "wrong type: at [1]: expected int, got str 'x'");
    CHECK(reading<std::vector<bool>>(parley::list(true, 1)) ==
          "wrong type: at [1]: expected bool, got int 1");
    // An instance whose class is a list's, as some pickle themselves.
    const Value items = parley::ObjectBuilder(parley::Form::new_, parley::global("things", "Items"),
                                              parley::tuple())
                            .append(1)
                            .append(2)
                            .build();
    CHECK(from<std::vector<int>>(items) == std::vector{1, 2});
}

TEST_CASE("archive: pairs and tuples are tuples of their length", "[archive]") {
    CHECK(python(std::pair(1, std::string("x"))) == "(1, 'x')");
    CHECK(python(std::tuple<>()) == "()");
    CHECK(python(std::tuple(1, 2, 3, 4)) == "(1, 2, 3, 4)");
    CHECK(comes_back(std::tuple(1, std::pair(2.5, true), std::tuple<>())));
    CHECK(comes_back(std::tuple(1, 2, 3, 4, 5)));
    CHECK(from<std::pair<int, int>>(parley::list(1, 2)) == std::pair(1, 2));
    CHECK(reading<std::pair<int, int>>(parley::tuple(1)) == "wrong type: expected 2 items, got 1");
}

TEST_CASE("archive: maps are dicts and sets are sets", "[archive]") {
    CHECK(python(std::map<std::string, int>{{"b", 2}, {"a", 1}}) == "{'a': 1, 'b': 2}");
    CHECK(comes_back(std::unordered_map<int, std::vector<int>>{{1, {2}}, {3, {}}}));
    CHECK(comes_back(boost::container::flat_map<std::string, double>{{"x", 1.5}}));
    CHECK(comes_back(boost::unordered_map<int, int>{{1, 2}}));
    CHECK(python(std::set<int>{2, 1}) == "{1, 2}");
    CHECK(comes_back(std::unordered_set<std::string>{"a", "b"}));
    CHECK(comes_back(std::set<std::string>()));
    CHECK(from<std::set<int>>(parley::frozenset(1, 2)) == std::set{1, 2});
    CHECK(reading<std::map<std::string, int>>(parley::dict({{"a", 1}, {"b", "x"}})) ==
          "wrong type: at ['b']: expected int, got str 'x'");
    CHECK(reading<std::map<std::string, int>>(Value(7)) == "wrong type: expected dict, got int 7");
    CHECK(reading<std::map<std::string, int>>(parley::dict({{7, 1}})) ==
          "wrong type: at [7]: expected str, got int 7");
    CHECK(reading<std::set<int>>(parley::set("x")).starts_with("wrong type: at [0]: expected int"));
}

TEST_CASE("archive: what is a key can be hashed by Python", "[archive]") {
    CHECK(python(std::map<std::vector<int>, int>{{{1, 2}, 3}}) == "{(1, 2): 3}");
    CHECK(python(std::set<std::set<int>>{{1}}) == "{frozenset({1})}");
    CHECK(comes_back(std::map<std::vector<int>, int>{{{1, 2}, 3}, {{}, 4}, {{1, 2, 3, 4}, 5}}));
    CHECK(comes_back(std::set<std::set<int>>{{1}, {}}));
    // A dict cannot be, and so the keys stand in a list.
    using Unhashable = std::map<std::map<int, int>, int>;
    CHECK(python(Unhashable{{{{1, 2}}, 3}}) == "[({1: 2}, 3)]");
    CHECK(comes_back(Unhashable{{{{1, 2}}, 3}}));
    CHECK(python(std::multimap<int, int>{{1, 2}, {1, 3}}) == "[(1, 2), (1, 3)]");
    CHECK(comes_back(std::multimap<int, int>{{1, 2}, {1, 3}}));
    CHECK(comes_back(std::multiset<int>{1, 1, 2}));
}

TEST_CASE("archive: optional is None or the value", "[archive]") {
    using Numbers = std::vector<std::optional<int>>;
    CHECK(python(Numbers{1, std::nullopt}) == "[1, None]");
    CHECK(comes_back(Numbers{1, std::nullopt}));
    CHECK(comes_back(std::vector<boost::optional<std::string>>{boost::none, std::string("x")}));
    CHECK(python(std::tuple(nullptr, std::nullopt, std::monostate())) == "(None, None, None)");
    CHECK(reading<std::monostate>(Value(0)) == "wrong type: expected None, got int 0");
}

TEST_CASE("archive: a variant is its alternative, found again by exact type", "[archive]") {
    using Any = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                             std::vector<std::byte>, std::vector<int>, std::map<std::string, int>,
                             std::tuple<int, int>>;
    const std::vector<Any> all{std::monostate(),
                               true,
                               std::int64_t{1},
                               1.0,
                               "text",
                               std::vector<std::byte>{std::byte{1}},
                               std::vector{1, 2},
                               std::map<std::string, int>{{"a", 1}},
                               std::tuple(1, 2)};
    CHECK(python(all) == "[None, True, 1, 1.0, 'text', b'\\x01', [1, 2], {'a': 1}, (1, 2)]");
    CHECK(comes_back(all));
    using Lists = std::variant<std::vector<int>, std::vector<std::string>>;
    CHECK(comes_back(std::vector<Lists>{std::vector<std::string>{"x"}, std::vector{1}}));
    // The narrowest alternative is no better than the first.
    using Widths = std::variant<std::int8_t, std::int64_t>;
    CHECK(from<Widths>(Value(300)).index() == 1);
    CHECK(from<std::variant<float, double>>(Value(0.1)).index() == 1);
    CHECK(from<std::variant<double, std::string>>(Value(1)).index() == 0);
    CHECK(reading<Lists>(Value(1)) == "wrong type: expected list or list, got int 1");
}

TEST_CASE("archive: enums are ints", "[archive]") {
    CHECK(python(std::tuple(Level::high, plain_one)) == "(200, 1)");
    CHECK(comes_back(std::tuple(Level::high, plain_one)));
    CHECK(reading<Level>(Value(256)) == "out of range: expected an int from 0 to 255, got int 256");
}

TEST_CASE("archive: durations and times are timedelta, datetime and date", "[archive]") {
    using namespace std::chrono;
    using namespace std::chrono_literals;
    CHECK(python(std::tuple(1500ms, -1us, hours(30))) ==
          "(datetime.timedelta(seconds=1, microseconds=500000), datetime.timedelta(days=-1, "
          "seconds=86399, microseconds=999999), datetime.timedelta(days=1, seconds=21600))");
    CHECK(comes_back(std::tuple(1500ms, -1us, hours(30), duration<double>(0.25))));
    CHECK(python(std::tuple(1001ns, -1ns)) ==
          "(datetime.timedelta(microseconds=1), datetime.timedelta(days=-1, seconds=86399, "
          "microseconds=999999))");
    const sys_time<microseconds> when(1700000000123456us);
    CHECK(python(std::tuple(when)) ==
          "(datetime.datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=datetime.timezone.utc),)");
    CHECK(python(std::tuple(when), 2) == "(datetime.datetime(2023, 11, 14, 22, 13, 20, 123456),)");
    CHECK(comes_back(std::tuple(when, sys_days(1969y / 12 / 31), system_clock::time_point())));
    CHECK(python(std::tuple(2024y / 2 / 29)) == "(datetime.date(2024, 2, 29),)");
    CHECK(comes_back(std::tuple(year_month_day(2024y / 2 / 29))));
    CHECK(reading<seconds>(support::value_of(std::tuple(1500ms))[0]) ==
          "out of range: expected a time that the type holds without a rest, got "
          "datetime.timedelta(seconds=1, microseconds=500000)");
    CHECK(reading<duration<std::int8_t>>(support::value_of(std::tuple(200s))[0])
              .starts_with("out of range"));
    CHECK(support::dump_failure(std::tuple(hours::max())).code == parley::Errc::not_picklable);
    CHECK(support::dump_failure(std::tuple(sys_days(year(10000) / 1 / 1))).code ==
          parley::Errc::not_picklable);
    CHECK(reading<seconds>(Value(1)) == "wrong type: expected datetime.timedelta, got int 1");
    // timedelta.min and timedelta.max, and one microsecond more.
    using Wide = duration<std::int64_t, std::ratio<1>>;
    const Wide most(std::int64_t{86'400} * 1'000'000'000 - 1);
    const Wide least(std::int64_t{86'400} * -999'999'999);
    CHECK(comes_back(std::tuple(most, least, nanoseconds::max() / 1000 * 1000)));
    CHECK(support::dump_failure(std::tuple(most + 1s)).code == parley::Errc::not_picklable);
    CHECK(support::dump_failure(std::tuple(least - 1s)).code == parley::Errc::not_picklable);
    CHECK(support::dump_failure(std::tuple(duration<double>(std::nan("")))).code ==
          parley::Errc::not_picklable);
    const sys_time<microseconds> latest(sys_days(9999y / 12 / 31) + 24h - 1us);
    CHECK(comes_back(std::tuple(latest, sys_days(1y / 1 / 1))));
    CHECK(reading<system_clock::time_point>(support::value_of(std::tuple(latest))[0])
              .starts_with("out of range: expected a time within the range of the type"));
}

TEST_CASE("archive: paths are str, UUIDs are UUID, big integers are int", "[archive]") {
    CHECK(python(std::tuple(std::filesystem::path("/tmp/x"))) == "('/tmp/x',)");
    CHECK(comes_back(std::tuple(std::filesystem::path("/tmp/x"))));
    boost::uuids::uuid id{};
    id.data[0] = 0x80;
    id.data[15] = 1;
    CHECK(python(std::tuple(id)) == "(UUID('80000000-0000-0000-0000-000000000001'),)");
    CHECK(comes_back(std::tuple(id, boost::uuids::uuid{})));
    const cpp_int big = cpp_int(1) << 200U;
    CHECK(python(std::tuple(cpp_int(-big))) == "(-" + big.str() + ",)");
    for (const int near : {-65537, -65536, -257, -256, -129, -128, -1, 0, 1, 127, 128, 255, 256}) {
        CHECK(comes_back(std::tuple(cpp_int(near), cpp_int(big + near), cpp_int(-big + near))));
    }
    using boost::multiprecision::uint128_t;
    CHECK(comes_back(std::tuple(std::numeric_limits<uint128_t>::max(), uint128_t(0))));
    CHECK(reading<uint128_t>(Value(-1)).starts_with("out of range"));
    CHECK(reading<uint128_t>(support::value_of(std::tuple(big))[0]).starts_with("out of range"));
}

TEST_CASE("archive: a Value is itself, and so are the types of Python's library", "[archive]") {
    const Value any = parley::list(1, parley::bytearray("x"), parley::set(2), parley::ellipsis());
    CHECK(python(std::tuple(any, 7)) == "([1, bytearray(b'x'), {2}, Ellipsis], 7)");
    CHECK(comes_back(std::vector{any, Value(), parley::dict({{"k", any}})}));
    const parley::Decimal price("1.50");
    CHECK(python(std::tuple(price)) == "(Decimal('1.50'),)");
    CHECK(comes_back(std::tuple(price)));
}

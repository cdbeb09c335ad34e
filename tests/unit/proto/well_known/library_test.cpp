#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/collections.hpp>
#include <parley/decimal.hpp>
#include <parley/enum.hpp>
#include <parley/exception.hpp>
#include <parley/fraction.hpp>
#include <parley/object.hpp>
#include <parley/path.hpp>
#include <parley/range.hpp>
#include <parley/record.hpp>
#include <parley/uuid.hpp>

#include <boost/uuid/string_generator.hpp>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

using parley::Errc;
using parley::Value;

namespace {

Value made(std::string_view module, std::string_view name, const Value& args) {
    return parley::call(parley::global(module, name), args);
}

Value uuid_of(const Value& number) {
    return parley::ObjectBuilder(parley::Form::new_, parley::global("uuid", "UUID"),
                                 parley::tuple())
        .state(parley::dict({{"int", number}}))
        .build();
}

}  // namespace

TEST_CASE("decimal: the text is kept to the letter", "[decimal]") {
    for (const char* text :
         {"0", "-0", "1.50", "-1E+3", "1e-400", ".5", "5.", "NaN", "-sNaN12", "Infinity", "-inf"}) {
        CHECK(Value(parley::Decimal(text)).get<parley::Decimal>().text() == text);
    }
    for (const char* text : {"", "-", ".", "1e", "1 ", "0x1", "nan1x", "infinit", "1.2.3"}) {
        CHECK_THROWS_AS(parley::Decimal(text), parley::UsageError);
        const Value value = made("decimal", "Decimal", parley::tuple(text));
        CHECK(parley::Decimal::from_value(value).error().code == Errc::wrong_type);
    }
}

TEST_CASE("decimal: the nearest double", "[decimal]") {
    CHECK(parley::Decimal("-1.50").to_double() == -1.5);
    CHECK(parley::Decimal("1E+400").to_double() == std::numeric_limits<double>::infinity());
    CHECK(parley::Decimal("-Infinity").to_double() == -std::numeric_limits<double>::infinity());
    CHECK(std::isnan(parley::Decimal("sNaN").to_double()));
    CHECK(parley::Decimal("1").is_finite());
    CHECK_FALSE(parley::Decimal("NaN").is_finite());
}

TEST_CASE("fraction: both forms of Python are read", "[fraction]") {
    const parley::Fraction half = {1, 2};
    CHECK((Value(half).get<parley::Fraction>() == half));
    CHECK((made("fractions", "Fraction", parley::tuple("1/2")).get<parley::Fraction>() == half));
    CHECK((made("fractions", "Fraction", parley::tuple("-7")).get<parley::Fraction>() ==
           parley::Fraction{-7, 1}));
    CHECK(half.to_double() == 0.5);
    for (const char* text : {"", "1/", "/2", "a/b", "1.5"}) {
        const Value value = made("fractions", "Fraction", parley::tuple(text));
        CHECK(parley::Fraction::from_value(value).error().code == Errc::wrong_type);
    }
    CHECK_THROWS_AS(Value(parley::Fraction{1.5, 2}), parley::TypeError);
}

TEST_CASE("uuid: Boost's UUID both ways", "[uuid]") {
    const boost::uuids::uuid id =
        boost::uuids::string_generator()("f2345678-9abc-def0-1234-56789abcdef0");
    const Value value = parley::Uuid{id};
    CHECK((value.get<boost::uuids::uuid>() == id));
    CHECK(Value(parley::Uuid{{}}).get<boost::uuids::uuid>().is_nil());
    CHECK(parley::Uuid::from_value(parley::dict({{"int", 5}})).error().code == Errc::wrong_type);
}

TEST_CASE("uuid: a number of more than 128 bits is refused", "[uuid]") {
    CHECK(parley::Uuid::from_value(uuid_of(-1)).error().code == Errc::out_of_range);
    const std::string wide = std::string(16, '\0') + '\1';
    const Value number = parley::integer(support::as_bytes(wide));
    CHECK(parley::Uuid::from_value(uuid_of(number)).error().code == Errc::out_of_range);
    CHECK(parley::Uuid::from_value(uuid_of("5")).error().code == Errc::wrong_type);
}

TEST_CASE("collections: dicts of three kinds", "[collections]") {
    const Value items = parley::dict({{"b", 1}, {"a", 2}});
    CHECK(Value(parley::OrderedDict{items}).get<parley::OrderedDict>().items == items);
    const Value list = parley::global("builtins", "list");
    const auto with_default = Value(parley::DefaultDict{list, items}).get<parley::DefaultDict>();
    CHECK(with_default.default_factory == list);
    CHECK(with_default.items == items);
    const auto counter = Value(parley::Counter{items}).get<parley::Counter>();
    CHECK(counter["a"] == 2);
    CHECK(counter["c"] == 0);
    CHECK_THROWS_AS(Value(parley::OrderedDict{5}), parley::TypeError);
}

TEST_CASE("collections: Python 2 hands an OrderedDict its pairs as a list", "[collections]") {
    const Value pairs = parley::list(parley::list("b", 1), parley::list("a", 2));
    const Value value = made("collections", "OrderedDict", parley::tuple(pairs));
    const parley::OrderedDict ordered = value.get<parley::OrderedDict>();
    CHECK(ordered.items.as_dict()[0].key == Value("b"));
    CHECK(ordered.items.size() == 2);
}

TEST_CASE("collections: a key that cannot be hashed makes no dict", "[collections]") {
    const Value pairs = parley::list({parley::tuple(parley::list(), 1)});
    const Value value = made("collections", "OrderedDict", parley::tuple(pairs));
    CHECK(parley::OrderedDict::from_value(value).error().code == Errc::wrong_type);
    CHECK(parley::Counter::from_value(value).error().code == Errc::wrong_type);
}

TEST_CASE("collections: a deque keeps its length and its last items", "[collections]") {
    const auto deque = Value(parley::Deque{{1, "two"}, 5}).get<parley::Deque>();
    CHECK((deque.items == std::vector<Value>{1, "two"}));
    CHECK(deque.maxlen == 5U);
    CHECK_FALSE(Value(parley::Deque{}).get<parley::Deque>().maxlen.has_value());
    const Value over = made("collections", "deque", parley::tuple(parley::list(1, 2, 3), 2));
    CHECK((over.get<parley::Deque>().items == std::vector<Value>{2, 3}));
}

TEST_CASE("range: its size is len() of it", "[range]") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    CHECK(parley::Range{0, 10, 3}.size() == 4);
    CHECK(parley::Range{10, 0, -3}.size() == 4);
    CHECK(parley::Range{0, 0, 1}.size() == 0);
    CHECK(parley::Range{least, most, 1}.size() == ~std::uint64_t{0});
    CHECK(parley::Range{most, least, least}.size() == 2);
    CHECK((Value(parley::Range{1, 5, 2}).get<parley::Range>() == parley::Range{1, 5, 2}));
    CHECK_THROWS_AS(Value(parley::Range{1, 5, 0}), parley::TypeError);
    const Value huge = made("builtins", "range", parley::tuple(0, ~std::uint64_t{0}, 1));
    CHECK(parley::Range::from_value(huge).error().code == Errc::out_of_range);
}

TEST_CASE("slice: parts of any kind", "[range]") {
    const parley::Slice slice = {nullptr, -1, 2};
    CHECK((Value(slice).get<parley::Slice>() == slice));
    CHECK(parley::Slice::from_value(parley::tuple(1, 2, 3)).error().code == Errc::wrong_type);
}

TEST_CASE("record: named tuples by position, dataclasses by name", "[record]") {
    const Value type = parley::global("shapes", "Point");
    const auto pair = Value(parley::NamedTuple{type, {1, 2}}).get<parley::NamedTuple>();
    CHECK(pair.type == type);
    CHECK((pair.fields == std::vector<Value>{1, 2}));
    const Value fields = parley::dict({{"x", 1}, {"y", 2}});
    for (const bool slots : {false, true}) {
        const auto point = Value(parley::DataClass{type, fields, slots}).get<parley::DataClass>();
        CHECK(point["y"] == Value(2));
        CHECK_FALSE(point["z"].has_value());
        CHECK(point.slots == slots);
    }
    CHECK(parley::DataClass::from_value(Value(pair)).error().code == Errc::wrong_type);
    CHECK(parley::NamedTuple::from_value(fields).error().code == Errc::wrong_type);
}

TEST_CASE("enum: a member by value or by name", "[enum]") {
    const Value type = parley::global("shapes", "Color");
    const parley::EnumMember by_value = {type, 2};
    const parley::EnumMember by_name = {type, {}, "RED"};
    CHECK((Value(by_value).get<parley::EnumMember>() == by_value));
    CHECK((Value(by_name).get<parley::EnumMember>() == by_name));
    CHECK(parley::EnumMember::from_value(2).error().code == Errc::wrong_type);
}

TEST_CASE("path: every Python's parts make one text", "[path]") {
    const auto read = [](const char* module, const char* name, const Value& args) {
        return made(module, name, args).get<parley::Path>().text;
    };
    CHECK(read("pathlib", "PosixPath", parley::tuple("/", "a", "b")) == "/a/b");
    CHECK(read("pathlib._local", "PosixPath", parley::tuple("/a/b")) == "/a/b");
    CHECK(read("pathlib", "PureWindowsPath", parley::tuple("c:\\", "a", "b")) == "c:\\a\\b");
    CHECK(read("pathlib", "PurePosixPath", parley::tuple()) == ".");
    const Value value = parley::Path{"/tmp/x"};
    CHECK((value.get<std::filesystem::path>() == "/tmp/x"));
    const parley::Path windows = {"c:\\a", parley::Path::Flavour::windows, true};
    CHECK((Value(windows).get<parley::Path>() == windows));
    CHECK(parley::Path::from_value("x").error().code == Errc::wrong_type);
}

TEST_CASE("exception: its class, its args and what was set on it", "[exception]") {
    parley::Exception error = parley::Exception::builtin("ValueError", {"no such key", 5});
    error.attributes = parley::dict({{"code", 7}});
    const auto back = Value(error).get<parley::Exception>();
    CHECK(back.name() == "ValueError");
    CHECK((back.args == error.args));
    CHECK(back.attributes == error.attributes);
    CHECK(parley::Exception::from_value("x").error().code == Errc::wrong_type);
}

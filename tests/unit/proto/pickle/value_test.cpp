#include "support/catch.hpp"

#include <parley/object.hpp>
#include <parley/value.hpp>

#include <cmath>
#include <limits>
#include <vector>

using parley::Kind;
using parley::Value;

namespace {

parley::Errc code_of(const auto& call) {
    try {
        call();
    } catch (const parley::Error& error) {
        return static_cast<parley::Errc>(error.code().value());
    }
    return parley::Errc{};
}

}  // namespace

TEST_CASE("value: C++ values become the Python kind one expects", "[value]") {
    CHECK(Value().is_none());
    CHECK(Value(nullptr).is_none());
    CHECK(Value(true).is_bool());
    CHECK(Value(1).is_int());
    CHECK(Value(1.5).is_float());
    CHECK(Value("text").is_str());
    CHECK(Value(std::string("text")).is_str());
    CHECK(Value(std::complex<double>(1, 2)).is_complex());
    CHECK(Value(std::numeric_limits<std::uint64_t>::max()).get<std::uint64_t>() ==
          std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("value: as_ throws for another kind and says what came", "[value]") {
    CHECK_THROWS_AS(Value("x").as_int(), parley::TypeError);
    CHECK_THROWS_WITH(Value("x").as_int(), "wrong type: expected int, came str");
    CHECK(code_of([] { (void)Value(1).as_str(); }) == parley::Errc::wrong_type);
    CHECK(code_of([] { (void)Value(300).get<std::uint8_t>(); }) == parley::Errc::out_of_range);
    CHECK(code_of([] { (void)Value("\xff"); }) == parley::Errc::invalid_argument);
}

TEST_CASE("value: lists and tuples are indexed as in Python", "[value]") {
    const Value items = parley::list(1, "two", 3.0);
    CHECK(items.size() == 3);
    CHECK(items[0] == 1);
    CHECK(items[-1] == 3.0);
    CHECK(items[1].get<std::string>() == "two");
    CHECK(code_of([&] { (void)items[3]; }) == parley::Errc::out_of_range);
    CHECK(code_of([&] { (void)items[-4]; }) == parley::Errc::out_of_range);
    CHECK(parley::tuple(1, 2)[1] == 2);
    CHECK(parley::bytes("abc")[1] == 'b' + 0);
}

TEST_CASE("value: range-for goes over items, members and keys", "[value]") {
    int sum = 0;
    for (const Value& item : parley::list(1, 2, 3))
        sum += item.get<int>();
    for (const Value& item : parley::tuple(10, 20))
        sum += item.get<int>();
    for (const Value& item : parley::set(100, 100, 200))
        sum += item.get<int>();
    CHECK(sum == 336);
    std::string keys;
    for (const Value& key : parley::dict({{"a", 1}, {"b", 2}}))
        keys += key.as_str();
    CHECK(keys == "ab");
}

TEST_CASE("value: a dict has keys, values and items", "[value]") {
    const Value dict = parley::dict({{"a", 1}, {"b", parley::list()}});
    CHECK(dict.keys().size() == 2);
    CHECK(dict.keys()[1] == "b");
    CHECK(dict.values()[0] == 1);
    std::vector<Value> values;
    for (const Value& value : dict.values())
        values.push_back(value);
    CHECK(values == std::vector<Value>{1, parley::list()});
    CHECK(parley::dict().values().empty());
    CHECK_THROWS_AS(parley::list().keys(), parley::TypeError);
    CHECK_THROWS_AS(Value(1).values(), parley::TypeError);
    CHECK(Value(u8"\u4f60").as_str() == "\xe4\xbd\xa0");
}

TEST_CASE("value: an item taken out of a container outlives it", "[value]") {
    Value kept;
    for (const Value& item : parley::list("a", "b"))
        kept = item;
    CHECK(kept == "b");
    std::vector<Value> all;
    for (const auto& [key, value] : parley::dict({{"k", "v"}}).items()) {
        all.push_back(key);
        all.push_back(value);
    }
    CHECK(all[0] == "k");
    CHECK(all[1] == "v");
}

TEST_CASE("value: a dict finds by key and tells what it does not have", "[value]") {
    const Value dict = parley::dict({{"a", 1}, {2, "two"}, {parley::tuple(1, 2), nullptr}});
    CHECK(dict["a"] == 1);
    CHECK(dict[2] == "two");
    CHECK(dict.at(parley::tuple(1, 2)).is_none());
    CHECK(dict.get("a", 5) == 1);
    CHECK(dict.get("missing", 5) == 5);
    CHECK_FALSE(dict.find("missing"));
    CHECK(dict.contains("a"));
    CHECK_FALSE(dict.contains(parley::list()));
    CHECK(code_of([&] { (void)dict["missing"]; }) == parley::Errc::missing_key);
}

TEST_CASE("value: equal keys merge as Python merges them", "[value]") {
    const Value dict = parley::dict({{1, "int"}, {"x", 0}, {true, "bool"}, {1.0, "float"}});
    REQUIRE(dict.size() == 2);
    CHECK(dict.items()[0].key.is_int());
    CHECK(dict[1] == "float");
    CHECK(parley::set(0, false, 0.0, -0.0).size() == 1);
    CHECK(parley::set("a", parley::legacy_str("a"), parley::bytes("a")).size() == 2);
}

TEST_CASE("value: what Python cannot hash is no key", "[value]") {
    CHECK_THROWS_AS(parley::set(parley::list()), parley::TypeError);
    CHECK_THROWS_AS(parley::dict({{parley::dict(), 1}}), parley::TypeError);
    CHECK_THROWS_AS(parley::set(parley::tuple(1, parley::list())), parley::TypeError);
    CHECK_THROWS_AS(parley::set(parley::bytearray("x")), parley::TypeError);
    CHECK_NOTHROW(parley::set(parley::frozenset(1, 2)));
}

TEST_CASE("value: big dicts find their keys through an index", "[value]") {
    std::vector<parley::Entry> entries;
    for (int i = 0; i < 1000; ++i)
        entries.push_back({i, std::to_string(i)});
    for (int i = 0; i < 1000; ++i)
        entries.push_back({std::to_string(i), i});
    const Value dict = parley::dict(entries);
    CHECK(dict.size() == 2000);
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(dict[i] == std::to_string(i));
        REQUIRE(dict[std::to_string(i)] == i);
    }
    CHECK_FALSE(dict.contains(1000));
}

TEST_CASE("value: == follows Python's rules", "[value]") {
    CHECK(Value(1) == 1.0);
    CHECK(Value(true) == 1);
    CHECK(Value(1) == Value(std::complex<double>(1, 0)));
    CHECK(Value(1) != "1");
    CHECK(parley::list(1, 2) != parley::tuple(1, 2));
    CHECK(parley::bytes("a") == parley::bytearray("a"));
    CHECK(parley::bytes("a") != "a");
    CHECK(parley::dict({{"a", 1}, {"b", 2}}) == parley::dict({{"b", 2.0}, {"a", true}}));
    CHECK(parley::set(1, "x", 2) == parley::frozenset(2, 1, "x"));
    CHECK(Value(std::nan("")) != Value(std::nan("")));
    const Value nan = std::nan("");
    CHECK(parley::list(nan) == parley::list(nan));
    const Value big = std::numeric_limits<std::uint64_t>::max();
    CHECK(big == big);
    CHECK(Value(std::uint64_t{1} << 63) == 9223372036854775808.0);
    CHECK(big != 18446744073709551615.0);
}

TEST_CASE("value: nested containers shared sixty levels deep compare and hash at once", "[value]") {
    Value left = parley::tuple(1);
    Value right = parley::tuple(1.0);
    for (int i = 0; i < 60; ++i) {
        left = parley::tuple(left, left);
        right = parley::tuple(right, right);
    }
    CHECK(left == right);
    CHECK(parley::set(left, right).size() == 1);
    CHECK(parley::dict({{left, 1}})[right] == 1);
}

TEST_CASE("value: a list a million deep goes without recursion", "[value]") {
    Value left;
    Value right;
    for (int i = 0; i < 1'000'000; ++i) {
        left = parley::list(left);
        right = parley::list(right);
    }
    CHECK(left == right);
}

TEST_CASE("value: the same object is itself, an equal one is not", "[value]") {
    const Value a = parley::list(1);
    const Value b = parley::list(1);
    CHECK(a.is(a));
    CHECK_FALSE(a.is(b));
    const Value both = parley::list(a, a, b);
    CHECK(both[0].is(both[1]));
    CHECK_FALSE(both[0].is(both[2]));
}

TEST_CASE("value: ints of any size go through their bytes", "[value]") {
    CHECK(Value(0).int_bytes().empty());
    CHECK(Value(-1).int_bytes() == "\xff");
    CHECK(Value(128).int_bytes() == std::string("\x80\0", 2));
    const std::string bytes("\0\0\0\0\0\0\0\0\1", 9);
    const Value big = parley::integer(std::as_bytes(std::span(bytes)));
    CHECK(big.is_int());
    CHECK_FALSE(big.fits_int64());
    CHECK(big.as_number() == 18446744073709551616.0);
    CHECK(big.int_bytes() == bytes);
    CHECK(code_of([&] { (void)big.as_int(); }) == parley::Errc::out_of_range);
    const std::string padded("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11);
    CHECK(parley::integer(std::as_bytes(std::span(padded))) == -2);
}

TEST_CASE("value: bytes are taken over without a copy", "[value]") {
    parley::Buffer buffer(std::as_bytes(std::span("hello", 5)));
    const std::byte* const data = buffer.data();
    const Value value = parley::bytes(std::move(buffer));
    CHECK(value.is_bytes());
    CHECK(value.as_bytes().data() == data);
    CHECK(value == parley::bytes("hello"));
    CHECK(parley::set(value, parley::bytes("hello")).size() == 1);
}

TEST_CASE("value: an instance remembers its making and its changes", "[value]") {
    const Value point = parley::ObjectBuilder(parley::Form::new_, parley::global("shapes", "Point"),
                                              parley::tuple())
                            .state(parley::dict({{"x", 1}, {"y", 2}}))
                            .build();
    REQUIRE(point.is_object());
    const parley::Object object = point.as_object();
    CHECK(object.is_instance("shapes", "Point"));
    CHECK(object.attribute("y") == Value(2));
    CHECK_FALSE(object.attribute("z"));
    CHECK(object.change_count() == 1);
    CHECK(object.change(0).kind == parley::Change::Kind::state);
    CHECK_THROWS_AS(parley::call(1, parley::tuple()), parley::TypeError);
    CHECK_THROWS_AS(parley::call(parley::global("a", "b"), 1), parley::TypeError);
}

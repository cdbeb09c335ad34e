#include "support/catch.hpp"

#include <parley/object.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>
#include <parley/value.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <span>
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
    CHECK(code_of([] { (void)parley::global("a\nb", "c"); }) == parley::Errc::invalid_argument);
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
    parley::Buffer array(std::as_bytes(std::span("hello", 5)));
    const std::byte* const start = array.data();
    CHECK(parley::bytearray(std::move(array)).as_bytearray().data() == start);
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

TEST_CASE("value: if_ has what as_ has, and nothing for another kind", "[value]") {
    CHECK(Value(true).if_bool() == true);
    CHECK(Value(2).if_int() == 2);
    CHECK(Value(1.5).if_float() == 1.5);
    CHECK(Value(std::complex<double>(1, 2)).if_complex() == std::complex<double>(1, 2));
    CHECK(Value("text").if_str() == "text");
    CHECK(parley::legacy_str("old").if_legacy_str() == "old");
    CHECK(parley::bytes("ab").if_bytes()->size() == 2);
    CHECK(parley::bytearray("abc").if_bytearray()->size() == 3);
    CHECK((*parley::list(1, 2).if_list())[1] == 2);
    CHECK((*parley::tuple(1, 2).if_tuple())[0] == 1);
    CHECK(parley::set(1, 2).if_set()->size() == 2);
    CHECK(parley::frozenset(1).if_frozenset()->size() == 1);
    CHECK(parley::dict({{"a", 1}}).if_dict()->size() == 1);
    CHECK(parley::call(parley::global("a", "b"), parley::tuple()).if_object()->change_count() == 0);
    const Value none;
    CHECK_FALSE((none.if_bool() || none.if_int() || none.if_float() || none.if_complex()));
    CHECK_FALSE((none.if_str() || none.if_legacy_str() || none.if_bytes() || none.if_bytearray()));
    CHECK_FALSE((none.if_list() || none.if_tuple() || none.if_set() || none.if_frozenset()));
    CHECK_FALSE((none.if_dict() || none.if_object()));
}

TEST_CASE("value: what has no parts, no size or no such part says so", "[value]") {
    CHECK(parley::frozenset(7).elements()[0] == 7);
    CHECK(parley::dict({{"a", 1}}).elements()[0] == "a");
    CHECK_THROWS_WITH(Value("abc").elements(),
                      "wrong type: expected list, tuple, set, frozenset or dict, came str");
    CHECK_THROWS_WITH(Value(1).size(), "wrong type: expected a value with a size, came int");
    CHECK_THROWS_WITH(Value("abc")[0],
                      "wrong type: expected list, tuple, dict, bytes or bytearray, came str");
    CHECK_THROWS_WITH(parley::dict().at(parley::tuple(1)), "no such key: no tuple like it");
    CHECK(parley::list("a", "b").at(true) == "b");
    CHECK_THROWS_AS(parley::list("a").at("b"), parley::TypeError);
}

TEST_CASE("value: a list or tuple contains what is equal or the same", "[value]") {
    const Value nan = std::nan("");
    CHECK(parley::list(1, "two").contains(1.0));
    CHECK(parley::tuple(1, "two").contains("two"));
    CHECK(parley::list(nan).contains(nan));
    CHECK_FALSE(parley::list(1, "two").contains(2));
    CHECK(parley::frozenset(1).contains(true));
    CHECK_THROWS_AS(Value("two").contains("t"), parley::TypeError);
}

TEST_CASE("value: get takes the nearest C++ type, if it has room", "[value]") {
    CHECK(Value(5).get<std::uint64_t>() == 5);
    CHECK(code_of([] { (void)Value(-1).get<std::uint64_t>(); }) == parley::Errc::out_of_range);
    constexpr std::array<std::byte, 10> two_to_72{
        {{}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{1}}};
    CHECK(code_of([&] { (void)parley::integer(two_to_72).get<std::uint64_t>(); }) ==
          parley::Errc::out_of_range);
    CHECK_THROWS_AS(Value("5").get<std::uint64_t>(), parley::TypeError);
    using Bytes = std::span<const std::byte>;
    const Value any_bytes =
        parley::list(parley::bytes("ab"), parley::bytearray("ab"), parley::legacy_str("ab"),
                     parley::buffer(parley::Buffer(std::as_bytes(std::span("ab", 2))), true));
    for (const Value& each : any_bytes)
        CHECK(parley::bytes(each.get<Bytes>()) == parley::bytes("ab"));
    CHECK_THROWS_AS(Value("ab").get<Bytes>(), parley::TypeError);
}

TEST_CASE("value: out-of-band buffers are equal if their bytes are", "[value]") {
    const auto buffer = [](const char* text) {
        return parley::buffer(parley::Buffer(std::as_bytes(std::span(text, 2))), false);
    };
    CHECK(buffer("ab") == buffer("ab"));
    CHECK(buffer("ab") != buffer("ac"));
}

TEST_CASE("value: sets of instances are compared in order, of anything else by key", "[value]") {
    const auto point = [](int x) {
        return parley::call(parley::global("shapes", "Point"), parley::tuple(x));
    };
    CHECK(parley::set(point(1), point(2)) == parley::set(point(1), point(2)));
    CHECK(parley::set(point(1), point(2)) != parley::set(point(1), point(3)));
    CHECK(parley::set(point(1), 1) != parley::set(2, 1));
    CHECK(parley::dict({{point(1), "a"}}) == parley::dict({{point(1), "a"}}));
    CHECK(parley::dict({{point(1), "a"}}) != parley::dict({{point(1), "b"}}));
}

TEST_CASE("value: an instance is changed in steps of every kind", "[value]") {
    const Value type = parley::global("things", "Bag");
    const std::vector<Value> two{1, 2};
    const std::vector<parley::Entry> entries{{"a", 1}, {"b", 2}};
    parley::ObjectBuilder builder(parley::Form::call, type, parley::tuple());
    CHECK_THROWS_AS(builder.call(1, 2), parley::TypeError);
    const Value bag = builder.append(0)
                          .extend(two)
                          .set_item("c", 3)
                          .set_items(entries)
                          .call(parley::global("things", "set_up"), parley::dict({{"x", 1}}))
                          .build();
    const parley::Object object = bag.as_object();
    CHECK(object.list_items() == std::vector<Value>{0, 1, 2});
    CHECK(object.dict_items().size() == 3);
    CHECK(object.changes().back().kind == parley::Change::Kind::call);
    CHECK(object.attribute("x") == Value(1));
    CHECK(code_of([&] { (void)object.change(5); }) == parley::Errc::out_of_range);
    const Value with_members = builder.add_items(two).build();
    CHECK(with_members.as_object().change(5).kind == parley::Change::Kind::add_items);
    CHECK(with_members.as_object().change(5).values == two);
    for (int protocol = 2; protocol <= 5; ++protocol) {
        INFO("protocol " << protocol);
        const auto there_and_back = [protocol](const Value& value) {
            return parley::pickle::loads(
                       parley::pickle::dumps(value, {.protocol = protocol}).value())
                .value();
        };
        CHECK(there_and_back(bag) == bag);
        if (protocol >= 4)
            CHECK(there_and_back(with_members) == with_members);
        else
            CHECK(code_of([&] { there_and_back(with_members); }) == parley::Errc::not_picklable);
    }
    CHECK(parley::pickle::dumps(bag, {.protocol = 6}).error().code ==
          parley::Errc::invalid_argument);
}

TEST_CASE("value: attributes lie in the dict or in the slots of a state", "[value]") {
    const Value state =
        parley::tuple(parley::dict({{"in_dict", 1}}), parley::dict({{"in_slots", 2}}));
    const Value value =
        parley::ObjectBuilder(parley::Form::new_, parley::global("a", "B"), parley::tuple())
            .state(state)
            .build();
    CHECK(value.as_object().attribute("in_dict") == Value(1));
    CHECK(value.as_object().attribute("in_slots") == Value(2));
    CHECK_FALSE(value.as_object().attribute("nowhere"));
}

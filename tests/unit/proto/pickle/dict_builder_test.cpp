#include "support/catch.hpp"

#include <parley/dict_builder.hpp>
#include <parley/repr.hpp>

#include <string>
#include <utility>

using parley::Value;

TEST_CASE("dict builder: dicts are changed step by step, the first one stays", "[value]") {
    const Value first = parley::dict({{"a", 1}, {"b", 2}, {3, "c"}});
    parley::DictBuilder builder(first);
    builder.set("b", 20).set("d", parley::list(1));
    builder[3.0] = "three";
    CHECK(builder.erase("a"));
    CHECK_FALSE(builder.erase("a"));
    CHECK(builder.contains(3));
    CHECK(builder.size() == 3);
    builder["a"] = 5;
    CHECK(parley::repr(builder.build()) == "{'b': 20, 3: 'three', 'd': [1], 'a': 5}");
    CHECK(parley::repr(first) == "{'a': 1, 'b': 2, 3: 'c'}");
    CHECK(parley::DictBuilder().build() == parley::dict());
    CHECK(builder[parley::tuple(1, parley::tuple(2))].is_none());
    CHECK(builder.contains(parley::tuple(1.0, parley::tuple(2))));
    CHECK_THROWS_AS(builder.set(parley::list(), 1), parley::TypeError);
    CHECK_THROWS_AS(parley::DictBuilder(parley::list()), parley::TypeError);
}

TEST_CASE("dict builder: counting takes no more memory than there are keys", "[value]") {
    parley::DictBuilder counts;
    for (int i = 0; i < 100'000; ++i) {
        Value& count = counts["key " + std::to_string(i % 7)];
        count = count.is_none() ? 1 : count.as_int() + 1;
    }
    CHECK(counts.size() == 7);
    CHECK(counts.build()["key 0"] == 14286);
}

TEST_CASE("dict builder: one that is moved takes along what it has", "[value]") {
    parley::DictBuilder first;
    first.set("a", 1);
    parley::DictBuilder second(std::move(first));
    parley::DictBuilder third;
    third = std::move(second.set("b", 2));
    CHECK(third.build() == parley::dict({{"a", 1}, {"b", 2}}));
}

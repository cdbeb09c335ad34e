#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/value.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <complex>
#include <string>
#include <unordered_map>
#include <vector>

using namespace std::string_literals;
using parley::Value;

namespace {

Value load(std::string_view pickle) {
    return parley::pickle::loads(support::as_bytes(pickle)).value();
}

const Value huge = load("L1267650600228229401496703205376L\n.");  // 2 ** 100
const Value minus_huge = load("L-1267650600228229401496703205376L\n.");

}  // namespace

TEST_CASE("order: numbers are ordered by their worth at any size", "[value]") {
    const std::vector<Value> ascending{-INFINITY,
                                       -1e31,
                                       minus_huge,
                                       INT64_MIN,
                                       -1.5,
                                       -1,
                                       0,
                                       0.5,
                                       true,
                                       2,
                                       1e18,
                                       INT64_MAX,
                                       9223372036854775808.0,
                                       huge,
                                       1e31,
                                       INFINITY};
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            INFO(ascending[i] << " and " << ascending[j]);
            CHECK(((ascending[i] <=> ascending[j]) == (i <=> j)));
        }
    }
    CHECK((Value(1) <=> Value(1.0)) == std::partial_ordering::equivalent);
    CHECK((Value(std::ldexp(1.0, 100)) <=> huge) == std::partial_ordering::equivalent);
    CHECK(Value(std::ldexp(1.0, 100)) < load("L1267650600228229401496703205377L\n."));
    CHECK((Value(NAN) <=> Value(1)) == std::partial_ordering::unordered);
    const Value complex = std::complex<double>(1, 2);
    CHECK((complex <=> Value(std::complex<double>(1, 2))) == std::partial_ordering::equivalent);
    CHECK((Value(std::complex<double>(1)) <=> Value(1)) == std::partial_ordering::equivalent);
    CHECK((complex <=> Value(1)) == std::partial_ordering::unordered);
}

TEST_CASE("order: text, bytes and sequences are ordered as in Python", "[value]") {
    CHECK(Value("a") < Value("b"));
    CHECK(Value("a") < Value("aa"));
    CHECK(Value("\xef\xbf\xbd") < Value("\xf0\x9f\x98\x80"));
    CHECK(parley::bytes("\x7f") < parley::bytes("\x80"));
    CHECK(parley::list(1, 2) < parley::list(1, 3));
    CHECK(parley::list(1, 2) < parley::list(1, 2, 0));
    CHECK(parley::tuple(1, parley::tuple("b")) > parley::tuple(1, parley::tuple("a", 5)));
    CHECK((parley::list(1) <=> parley::tuple(1)) == std::partial_ordering::unordered);
    CHECK((Value("a") <=> Value(1)) == std::partial_ordering::unordered);
    CHECK((Value("a") <=> parley::legacy_str("a")) == std::partial_ordering::equivalent);
    CHECK((Value("a") <=> parley::legacy_str("b")) == std::partial_ordering::unordered);
    CHECK((Value() <=> Value()) == std::partial_ordering::equivalent);
    CHECK((parley::dict({{"a", 1}}) <=> parley::dict({{"a", 1}})) ==
          std::partial_ordering::equivalent);
    CHECK((parley::set(1) <=> parley::set(1, 2)) == std::partial_ordering::unordered);
    std::vector<Value> values{"pear", "apple", "fig"};
    std::ranges::sort(values, std::less<>());
    CHECK(values == std::vector<Value>{"apple", "fig", "pear"});
}

TEST_CASE("order: what is shared is compared once, cycles end", "[value]") {
    std::string level = "K\1\x85";
    for (int i = 0; i < 60; ++i)
        level += "2\x86";
    CHECK((load(level + ".") <=> load(level + ".")) == std::partial_ordering::equivalent);
    const std::string loop = "]q\0h\0a."s;
    CHECK((load(loop) <=> load(loop)) == std::partial_ordering::equivalent);
}

TEST_CASE("hash: equal values have one hash, and can be keys of C++ maps", "[value]") {
    CHECK(parley::hash(1) == parley::hash(1.0));
    CHECK(parley::hash(1) == parley::hash(true));
    CHECK(parley::hash(huge) == parley::hash(std::ldexp(1.0, 100)));
    CHECK(parley::hash("a") == parley::hash(parley::legacy_str("a")));
    CHECK(parley::hash(parley::tuple(1, "a")) == parley::hash(parley::tuple(1.0, "a")));
    CHECK(parley::hash(parley::frozenset(1, 2)) == parley::hash(parley::frozenset(2, 1)));
    const std::string instance = "ca\nb\n)R.";
    REQUIRE(load(instance) == load(instance));
    CHECK(parley::hash(load(instance)) == parley::hash(load(instance)));
    CHECK(parley::hash(load("\x80\2c__builtin__\nxrange\n.")) ==
          parley::hash(load("\x80\3cbuiltins\nrange\n.")));
    for (const Value& value : {parley::list(), parley::dict(), parley::set(),
                               parley::tuple(parley::list()), parley::bytearray("")})
        CHECK_THROWS_AS(parley::hash(value), parley::TypeError);
    std::unordered_map<Value, int> counts;
    for (const Value& value : {Value(1), Value(1.0), Value("a"), Value(true)})
        ++counts[value];
    CHECK(counts.size() == 2);
    CHECK(counts.at(1) == 3);
}

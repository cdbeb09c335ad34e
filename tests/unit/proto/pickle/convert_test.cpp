#include "support/catch.hpp"

#include <parley/convert.hpp>
#include <parley/integer.hpp>

#include <string>

using boost::multiprecision::cpp_int;
using parley::to_value;
using parley::Value;

TEST_CASE("convert: containers become Python's, and back", "[value]") {
    const std::vector<int> numbers{1, 2, 3};
    CHECK(to_value(numbers) == parley::list(1, 2, 3));
    CHECK(to_value(numbers).get<std::vector<int>>() == numbers);
    const std::map<std::string, std::optional<double>> map{{"a", 1.5}, {"b", std::nullopt}};
    CHECK(to_value(map) == parley::dict({{"a", 1.5}, {"b", nullptr}}));
    CHECK(to_value(map).get<std::map<std::string, std::optional<double>>>() == map);
    const std::set<int> set{3, 1};
    CHECK(to_value(set).get<std::set<int>>() == set);
    const std::tuple<int, std::string> pair{1, "x"};
    CHECK(to_value(pair).is_tuple());
    CHECK(to_value(pair).get<std::tuple<int, std::string>>() == pair);
    const std::vector<std::byte> bytes(3, std::byte{7});
    CHECK(to_value(bytes) == parley::bytes("\7\7\7"));
    CHECK(to_value(bytes).get<std::vector<std::byte>>() == bytes);
    CHECK((parley::list(1, 2).get<std::array<int, 2>>() == std::array<int, 2>{1, 2}));
}

TEST_CASE("convert: what does not fit is a TypeError", "[value]") {
    CHECK_THROWS_AS(parley::list(1, "x").get<std::vector<int>>(), parley::TypeError);
    CHECK_THROWS_AS((parley::list(1).get<std::pair<int, int>>()), parley::TypeError);
    CHECK_THROWS_AS((parley::list(1).get<std::array<int, 2>>()), parley::TypeError);
    CHECK_THROWS_AS(Value(1).get<std::vector<int>>(), parley::TypeError);
}

TEST_CASE("integer: ints of any size go to Boost.Multiprecision and back", "[value]") {
    const cpp_int huge = (cpp_int(1) << 100'000) + 12345;
    for (const cpp_int& number :
         {cpp_int(0), cpp_int(-1), cpp_int(127), cpp_int(128), cpp_int(-128), cpp_int(-129),
          cpp_int(1) << 63, -(cpp_int(1) << 63), -(cpp_int(1) << 63) - 1, cpp_int(1) << 64, huge,
          cpp_int(-huge)}) {
        CHECK(parley::integer(number).get<cpp_int>() == number);
    }
    CHECK(parley::integer(cpp_int(-300)) == -300);
    CHECK_THROWS_AS(Value(1.5).get<cpp_int>(), parley::TypeError);
}

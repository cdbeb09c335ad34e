#include "support/catch.hpp"

#include <parley/array.hpp>
#include <parley/object.hpp>

#include <span>
#include <string>
#include <vector>

using parley::Array;
using parley::Errc;
using parley::Value;

namespace {

Value constructed(const Value& typecode, const Value& items) {
    return parley::call(parley::global("array", "array"), parley::tuple(typecode, items));
}

Value reconstructed(const char* typecode, int format, std::string_view bytes) {
    return parley::call(
        parley::global("array", "_array_reconstructor"),
        parley::tuple(parley::global("array", "array"), typecode, format, parley::bytes(bytes)));
}

}  // namespace

TEST_CASE("array: numbers go out and come back", "[array]") {
    const std::vector<int> numbers = {1, -2, 3};
    const Array array = Value(Array::of(std::span<const int>(numbers))).get<Array>();
    CHECK(array.typecode == 'i');
    CHECK(array.items.to_vector<int>() == numbers);
    CHECK(Array::typecode_of<double>() == 'd');
    CHECK(Array::typecode_of<unsigned char>() == 'B');
}

TEST_CASE("array: lists of items, as protocols 0 to 2 have them", "[array]") {
    CHECK(constructed("h", parley::list(1, -2)).get<Array>().items.to_vector<int>() ==
          std::vector<int>{1, -2});
    const Value widest = parley::list({~std::uint64_t{0}});
    CHECK(constructed("Q", widest).get<Array>().items.at<std::uint64_t>({0}) == ~std::uint64_t{0});
    CHECK(constructed("d", parley::list(1.5, 2)).get<Array>().items.to_vector<double>() ==
          std::vector<double>{1.5, 2});
    CHECK(constructed("u", parley::list("\xe4\xbd\xa0", "a")).get<Array>().text() ==
          "\xe4\xbd\xa0"
          "a");
    const Value characters = parley::list(parley::legacy_str("\xff"), parley::legacy_str("a"));
    CHECK(constructed("c", characters).get<Array>().items.to_vector<int>() ==
          std::vector<int>{0xff, 'a'});
}

TEST_CASE("array: items that do not fit their type are refused", "[array]") {
    const auto code = [](const char* typecode, const Value& items) {
        return Array::from_value(constructed(typecode, items)).error().code;
    };
    CHECK(code("b", parley::list(128)) == Errc::wrong_type);
    CHECK(code("B", parley::list(-1)) == Errc::wrong_type);
    CHECK(code("i", parley::list(1.5)) == Errc::wrong_type);
    CHECK(code("i", parley::bytes("abc")) == Errc::wrong_type);
    CHECK(code("x", parley::list()) == Errc::wrong_type);
    CHECK(code("d", parley::list("1")) == Errc::wrong_type);
    CHECK(Array::from_value(parley::list(1)).error().code == Errc::wrong_type);
}

TEST_CASE("array: the machine formats of protocols 3 and up", "[array]") {
    CHECK(reconstructed("i", 9, {"\0\0\0\1", 4}).get<Array>().items.at<int>({0}) == 1);
    CHECK(reconstructed("d", 16, {"\0\0\0\0\0\0\xf8?", 8}).get<Array>().items.at<double>({0}) ==
          1.5);
    CHECK(reconstructed("u", 18, {"a\0", 2}).get<Array>().text() == "a");
    CHECK(reconstructed("u", 20, {"a\0\0\0", 4}).get<Array>().text() == "a");
    for (const Value& bad : {reconstructed("i", 22, "abcd"), reconstructed("i", 8, "abc"),
                             reconstructed("i", -1, "abcd"), reconstructed("?", 8, "abcd")}) {
        CHECK(Array::from_value(bad).error().code == Errc::wrong_type);
    }
}

TEST_CASE("array: another byte order goes out in the machine's own", "[array]") {
    const Array big = reconstructed("i", 9, {"\0\0\0\1", 4}).get<Array>();
    CHECK(Value(big).get<Array>().items.to_vector<int>() == std::vector<int>{1});
}

#include "support/catch.hpp"

#include <parley/object.hpp>
#include <parley/repr.hpp>

#include <sstream>
#include <string>
#include <string_view>

using parley::repr;
using parley::Value;

TEST_CASE("repr: containers as Python writes them", "[repr]") {
    CHECK(repr(parley::list(1, 2.0, "a", nullptr)) == "[1, 2.0, 'a', None]");
    CHECK(repr(parley::tuple()) == "()");
    CHECK(repr(parley::tuple(1)) == "(1,)");
    CHECK(repr(parley::tuple(1, true)) == "(1, True)");
    CHECK(repr(parley::dict({{"a", 1}, {2, parley::list()}})) == "{'a': 1, 2: []}");
    CHECK(repr(parley::dict()) == "{}");
    CHECK(repr(parley::set()) == "set()");
    CHECK(repr(parley::set(1, 2)) == "{1, 2}");
    CHECK(repr(parley::frozenset()) == "frozenset()");
    CHECK(repr(parley::frozenset(1)) == "frozenset({1})");
}

TEST_CASE("repr: scalars as Python writes them", "[repr]") {
    CHECK(repr({}) == "None");
    CHECK(repr(-5) == "-5");
    CHECK(repr(~std::uint64_t{0}) == "18446744073709551615");
    CHECK(repr(std::complex<double>(1, -2)) == "(1-2j)");
    CHECK(repr(parley::bytes("it's")) == "b\"it's\"");
    CHECK(repr(parley::bytearray("a")) == "bytearray(b'a')");
    CHECK(repr(parley::legacy_str("\xe4")) == "'\\xe4'");
    CHECK(repr(parley::ellipsis()) == "Ellipsis");
    CHECK(repr(parley::not_implemented()) == "NotImplemented");
}

TEST_CASE("repr: what Python knows by name alone", "[repr]") {
    CHECK(repr(parley::global("builtins", "int")) == "<class 'int'>");
    CHECK(repr(parley::global("builtins", "len")) == "<built-in function len>");
    CHECK(repr(parley::global("shapes", "Point")) == "<class 'shapes.Point'>");
    CHECK(repr(parley::global("shapes", "area")) == "<global 'shapes.area'>");
    CHECK(repr(parley::persistent_id(parley::tuple("a", 1))) == "<persistent id ('a', 1)>");
    CHECK(repr(parley::extension(5)) == "<extension 5>");
    CHECK(repr(parley::buffer(parley::Buffer(3), true)) == "<buffer of 3 bytes>");
}

TEST_CASE("repr: a shared part is written each time, up to the limit", "[repr]") {
    Value value = parley::list(1);
    for (int i = 0; i < 100; ++i)
        value = parley::list(value, value);
    const std::string text = repr(value, {.limit = 1000});
    CHECK(text.size() == 1003);
    CHECK(text.ends_with("..."));
}

TEST_CASE("repr: depth costs no stack", "[repr]") {
    constexpr std::size_t depth = 100'000;
    Value value = parley::list();
    for (std::size_t i = 1; i < depth; ++i)
        value = parley::list(value);
    CHECK(repr(value) == std::string(depth, '[') + std::string(depth, ']'));
}

TEST_CASE("repr: instances are written as the call that makes them", "[repr]") {
    using parley::Form;
    using parley::ObjectBuilder;
    const Value point = parley::global("shapes", "Point");
    CHECK(repr(parley::call(point, parley::tuple(1, 2))) == "Point(1, 2)");
    CHECK(repr(parley::call(parley::global("shapes", "load"), parley::tuple("x"))) ==
          "shapes.load('x')");
    CHECK(repr(ObjectBuilder(Form::new_, point, parley::tuple())
                   .state(parley::dict({{"x", 1}, {"y", parley::list()}}))
                   .build()) == "Point(x=1, y=[])");
    CHECK(repr(ObjectBuilder(Form::new_, point, parley::tuple())
                   .state(parley::tuple(nullptr, parley::dict({{"x", 1}})))
                   .build()) == "Point(x=1)");
    CHECK(repr(ObjectBuilder(Form::new_, point, parley::tuple(), parley::dict({{"x", 1}}))
                   .state(5)
                   .build()) == "Point(x=1, state=5)");
    CHECK(repr(ObjectBuilder(Form::new_, parley::global("m", "Items"), parley::tuple())
                   .append(1)
                   .append(2)
                   .set_item("a", 3)
                   .build()) == "Items([1, 2], {'a': 3})");
}

TEST_CASE("repr: streams take values", "[repr]") {
    std::ostringstream stream;
    stream << parley::list("a", 1);
    CHECK(stream.str() == "['a', 1]");
}

#include "support/catch.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/repr.hpp>

#include <span>
#include <string_view>

using parley::repr;
using parley::Value;

namespace {

Value load(std::string_view pickle) {
    return parley::pickle::loads(std::as_bytes(std::span(pickle))).value();
}

}  // namespace

TEST_CASE("repr: a container inside of itself is three dots", "[repr]") {
    CHECK(repr(load(std::string_view("\x80\x04]\x94h\0a.", 8))) == "[[...]]");
    CHECK(repr(load(std::string_view("\x80\x04}\x94K\1h\0s.", 10))) == "{1: {...}}");
    CHECK(repr(load(std::string_view("\x80\x04]\x94h\0\x85\x94"
                                     "a.",
                                     10))) == "[([...],)]");
}

TEST_CASE("repr: an instance inside of itself is three dots", "[repr]") {
    // Node.__new__(Node), whose state is {'next': itself}
    const Value node =
        load(std::string_view("\x80\x02"
                              "cm\nNode\nq\0)\x81q\1}U\4nexth\1sb.",
                              28));
    CHECK(repr(node) == "Node(next=Node(...))");
}

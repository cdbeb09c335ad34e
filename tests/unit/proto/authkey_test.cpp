#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/authkey.hpp>

#include <utility>

using parley::Authkey;
using support::as_text;

TEST_CASE("authkey: keeps any bytes, NULs and none at all", "[authkey]") {
    const std::string nuls("a\0b\0", 4);
    CHECK(as_text(Authkey(nuls).bytes()) == nuls);
    CHECK(as_text(Authkey(support::as_bytes(nuls)).bytes()) == nuls);
    CHECK(Authkey("").bytes().empty());
}

TEST_CASE("authkey: copies and moves as a value", "[authkey]") {
    Authkey key("Hello World!");
    Authkey copy = key;
    CHECK(as_text(copy.bytes()) == "Hello World!");
    copy = Authkey("a longer key than the one before");
    CHECK(as_text(copy.bytes()) == "a longer key than the one before");
    copy = key;
    CHECK(as_text(copy.bytes()) == "Hello World!");
    const Authkey& self = copy;
    copy = self;
    CHECK(as_text(copy.bytes()) == "Hello World!");
    const Authkey moved = std::move(key);
    CHECK(as_text(moved.bytes()) == "Hello World!");
}

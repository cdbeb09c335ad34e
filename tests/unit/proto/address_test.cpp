#include "support/catch.hpp"

#include <parley/address.hpp>

#include <sstream>
#include <string>

using parley::Address;
using parley::Errc;
using Family = parley::Address::Family;

namespace {

std::string refusal(std::string_view text) {
    const auto address = Address::parse(text);
    REQUIRE(address.has_error());
    REQUIRE(address.error().code == Errc::bad_address);
    return address.error().detail;
}

}  // namespace

TEST_CASE("address: a host and a port are TCP", "[address]") {
    const Address address("lenovo:8888");
    CHECK(address.family() == Family::tcp);
    CHECK(address.host() == "lenovo");
    CHECK(address.port() == 8888);
    CHECK(Address("127.0.0.1:0") == Address::tcp("127.0.0.1", 0));
    CHECK(Address("localhost:65535").port() == 65535);
}

TEST_CASE("address: no host means every interface", "[address]") {
    CHECK(Address(":8888").host().empty());
    CHECK(Address(":8888") == Address::tcp("", 8888));
}

TEST_CASE("address: an IPv6 address stands in brackets", "[address]") {
    CHECK(Address("[::1]:80") == Address::tcp("::1", 80));
    CHECK(Address("[fe80::1%eth0]:80").host() == "fe80::1%eth0");
    CHECK(Address("[::ffff:1.2.3.4]:80").host() == "::ffff:1.2.3.4");
}

TEST_CASE("address: unix names a path, an abstract name or a choice", "[address]") {
    CHECK(Address("unix:/tmp/a:1").family() == Family::unix_path);
    CHECK(Address("unix:/tmp/a:1").path() == "/tmp/a:1");
    CHECK(Address("unix:relative").path() == "relative");
    CHECK(Address("unix:@name").family() == Family::unix_abstract);
    CHECK(Address("unix:@name").path() == "name");
    CHECK(Address("unix:").family() == Family::unix_path);
    CHECK(Address("unix:").path().empty());
}

TEST_CASE("address: what it prints reads as itself", "[address]") {
    const std::string with_nul("a\0b", 3);
    const Address addresses[] = {
        Address::tcp("", 0),
        Address::tcp("::1", 65535),
        Address::tcp("example.org", 80),
        Address::tcp("unix", 80),
        Address::unix_path("/a b"),
        Address::unix_path(""),
        Address::unix_path("@sneaky"),
        Address::unix_abstract("n"),
        Address::unix_abstract(with_nul),
    };
    for (const Address& address : addresses) {
        CAPTURE(address.to_string());
        CHECK(Address(address.to_string()) == address);
    }
    std::ostringstream out;
    out << Address("[::1]:80") << ' ' << Address("unix:@x");
    CHECK(out.str() == "[::1]:80 unix:@x");
}

TEST_CASE("address: other text is refused with what was expected", "[address]") {
    CHECK(refusal("") == "'': expected HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH");
    CHECK(refusal("localhost") ==
          "'localhost': expected HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH");
    CHECK(refusal("::1:80").find("stands in brackets") != std::string::npos);
    for (const char* text :
         {"host:", "host:x", "host:-1", "host:65536", "host:99999999999", "host: 80", "host:80 "})
        CHECK(refusal(text).find("expected a port of 0 to 65535") != std::string::npos);
    for (const char* text : {"[::1]", "[::1]80", "[::1]:", "[::1]:x"})
        CHECK(refusal(text).find("expected a port of 0 to 65535") != std::string::npos);
    for (const char* text : {"[]:80", "[::1:80", "[::zz]:80", "[::1%]:80", "[a b]:80"})
        CHECK(refusal(text).find("expected [IPV6]:PORT") != std::string::npos);
    for (const char* text : {"a b:80", "host/path:80", "a\n:80", "user@host:80"})
        CHECK(refusal(text).find("no host name") != std::string::npos);
    for (const char* text : {"http://host:80", "tcp://host", "tcp://[::1]:80"})
        CHECK(refusal(text).find("without a scheme") != std::string::npos);
    CHECK(refusal("unix:@") == "'unix:@': expected a name after unix:@");
    CHECK(refusal(std::string("unix:/a\0b", 9)).find("no NUL") != std::string::npos);
    CHECK(refusal("unix:/" + std::string(107, 'a')).starts_with("'unix:/aaa"));
    CHECK(refusal("unix:/" + std::string(107, 'a')).find("107 bytes") != std::string::npos);
    CHECK(Address::parse("unix:/" + std::string(106, 'a')).has_value());
}

TEST_CASE("address: a bad argument throws", "[address]") {
    CHECK_THROWS_AS(Address("nonsense"), parley::UsageError);
    CHECK_THROWS_AS(Address::tcp("a b", 1), parley::UsageError);
    CHECK_THROWS_AS(Address::tcp("[::1]", 1), parley::UsageError);
    CHECK_THROWS_AS(Address::unix_path(std::string(200, 'a')), parley::UsageError);
    CHECK_THROWS_AS(Address::unix_abstract(""), parley::UsageError);
}

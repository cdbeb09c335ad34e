#include "src/socket_address.hpp"

#include "support/catch.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <string>

using parley::SocketAddress;

namespace {

std::string text_of(const char* host, std::uint32_t zone) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(5);
    address.sin6_scope_id = zone;
    ::inet_pton(AF_INET6, host, &address.sin6_addr);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&address), sizeof address)
        .to_address()
        .to_string();
}

}  // namespace

TEST_CASE("socket address: an IPv6 address has its zone, by name or by number", "[connection]") {
    CHECK(text_of("fe80::1", ::if_nametoindex("lo")) == "[fe80::1%lo]:5");
    CHECK(text_of("fe80::1", 4'000'000'000) == "[fe80::1%4000000000]:5");
    CHECK(text_of("fe80::1", 0) == "[fe80::1]:5");
    CHECK(text_of("::ffff:192.0.2.1", 0) == "192.0.2.1:5");
}

TEST_CASE("socket address: a Unix socket has no port", "[connection]") {
    CHECK(SocketAddress::of_unix(parley::Address::unix_path("/a")).port() == 0);
}

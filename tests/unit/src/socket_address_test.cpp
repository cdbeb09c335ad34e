#include "src/socket_address.hpp"

#include "support/catch.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using parley::SocketAddress;

namespace {

std::string text_of(const char* host, std::uint32_t zone) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(5);
    address.sin6_scope_id = zone;
    ::inet_pton(AF_INET6, host, &address.sin6_addr);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&address), sizeof address).to_string();
}

std::string text_of_unix(std::string_view name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&address),
                         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()))
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

TEST_CASE("socket address: a Unix name that no Address may have is none", "[connection]") {
    CHECK(text_of_unix("/tmp/a") == "unix:/tmp/a");
    CHECK(text_of_unix(std::string_view("/tmp/a\0", 7)) == "unix:/tmp/a");
    CHECK(text_of_unix(std::string_view("\0name", 5)) == "unix:@name");
    CHECK(text_of_unix("@a") == "unix:./@a");
    CHECK(text_of_unix("").empty());
    CHECK(text_of_unix(std::string_view("\0", 1)).empty());
    CHECK(text_of_unix(std::string(108, 'x')).empty());
    CHECK(text_of_unix('@' + std::string(106, 'x')).empty());
}

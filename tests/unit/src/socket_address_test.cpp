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

SocketAddress numeric(const char* host, std::uint16_t port) {
    return SocketAddress::numeric(parley::Address::tcp(host, port)).front();
}

}  // namespace

TEST_CASE("socket address: whether two are of one host", "[connection]") {
    const auto same = [](const char* peer, const char* local) {
        return numeric(peer, 1).is_same_host(numeric(local, 2));
    };
    CHECK(same("127.0.0.1", "127.0.0.1"));
    CHECK(same("127.0.1.1", "127.0.0.1"));
    CHECK(same("192.0.2.1", "192.0.2.1"));
    CHECK(same("::1", "::1"));
    CHECK(same("2001:db8::1", "2001:db8::1"));
    CHECK(same("::ffff:192.0.2.1", "192.0.2.1"));
    CHECK(same("::ffff:127.0.0.2", "::ffff:127.0.0.1"));
    CHECK_FALSE(same("192.0.2.2", "192.0.2.1"));
    CHECK_FALSE(same("192.0.2.2", "127.0.0.1"));
    CHECK_FALSE(same("2001:db8::2", "2001:db8::1"));
    CHECK_FALSE(same("::ffff:192.0.2.2", "::ffff:192.0.2.1"));
}

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

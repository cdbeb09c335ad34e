// What OpenSSL has once given it can no longer refuse: this is a program of its own, in which
// nobody asks before.
#include "proto/digest.hpp"
#include "support/bytes.hpp"
#include "support/catch.hpp"
#include "support/handshake.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <string>

using parley::Digest;
using parley::Errc;
using parley::Role;
using support::as_bytes;
using support::frame;
using support::HandshakeSide;

namespace {

/// A machine whose OpenSSL refuses digests, as under FIPS, for as long as it lives.
class DigestsRefused {
public:
    DigestsRefused() { EVP_set_default_properties(nullptr, "provider=none-such"); }
    DigestsRefused(const DigestsRefused&) = delete;
    DigestsRefused& operator=(const DigestsRefused&) = delete;
    ~DigestsRefused() { EVP_set_default_properties(nullptr, ""); }
};

}  // namespace

TEST_CASE("digest: where OpenSSL refuses a digest, the error names it and says why", "[digest]") {
    const DigestsRefused refused;
    const auto mac = parley::Hmac(parley::Authkey("key")).sign(Digest::md5, as_bytes("message"));
    REQUIRE(mac.has_error());
    CHECK(mac.error().code == Errc::digest_unavailable);
    CHECK(mac.error().detail.starts_with("HMAC-md5 ("));
    CHECK(mac.error().detail.find("unsupported") != std::string::npos);
    CHECK(mac.error().detail.find("FIPS") != std::string::npos);
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("digest: what OpenSSL refuses now it may give later", "[digest]") {
    {
        const DigestsRefused refused;
        REQUIRE(parley::Hmac(parley::Authkey("k")).sign(Digest::sha384, as_bytes("m")).has_error());
    }
    CHECK_FALSE(parley::Hmac(parley::Authkey("k")).sign(Digest::sha384, as_bytes("m")).has_error());
}

TEST_CASE("handshake: a digest that OpenSSL refuses is not blamed on the key", "[handshake]") {
    const DigestsRefused refused;
    HandshakeSide listener(Role::listener, "key");
    static_cast<void>(listener.take_sent());
    listener.hear(frame(std::string(16, 'm')));
    REQUIRE(listener.failed());
    CHECK(listener.failure().code == Errc::digest_unavailable);
    CHECK(listener.take_sent() == frame("#FAILURE#"));

    HandshakeSide client(Role::client, "key");
    client.hear(frame("#CHALLENGE#" + std::string(20, 'n')));
    REQUIRE(client.failed());
    CHECK(client.failure().code == Errc::digest_unavailable);
    CHECK(client.failure().detail.find("HMAC-md5") != std::string::npos);
    CHECK(client.take_sent().empty());
}

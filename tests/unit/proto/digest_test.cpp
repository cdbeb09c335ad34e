#include "proto/digest.hpp"

#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <openssl/err.h>

#include <thread>
#include <vector>

using parley::Digest;
using support::as_bytes;
using support::as_text;
using support::from_hex;

namespace {

std::string mac_of(Digest digest, std::string_view key, std::string_view message) {
    return as_text(
        parley::Hmac(parley::Authkey(key)).sign(digest, as_bytes(message)).value().view());
}

}  // namespace

TEST_CASE("digest: every name of multiprocessing is known, and no other", "[digest]") {
    for (const char* name : {"md5", "sha256", "sha384", "sha3_256", "sha3_384"}) {
        const auto digest = parley::find_digest(name);
        REQUIRE(digest.has_value());
        CHECK(parley::digest_name(*digest) == name);
        CHECK(parley::Hmac(parley::Authkey("")).sign(*digest, {}).value().size ==
              parley::mac_size(*digest));
    }
    for (const char* name : {"", "MD5", "sha1", "sha512", "sha3-256", "sha256 "})
        CHECK_FALSE(parley::find_digest(name).has_value());
}

// hmac.new(b'Hello World!', b'#CHALLENGE#', name).hexdigest()
TEST_CASE("digest: the MACs are those of Python's hmac", "[digest]") {
    CHECK(mac_of(Digest::md5, "Hello World!", "#CHALLENGE#") ==
          from_hex("75659cc9849afcc39efc559e191c13c7"));
    CHECK(mac_of(Digest::sha256, "Hello World!", "#CHALLENGE#") ==
          from_hex("e4eed4d346d7fe51e03433b3fa172d7f2cd0f68e2286a33d0a9ca6e2c09cc82f"));
    CHECK(mac_of(Digest::sha384, "Hello World!", "#CHALLENGE#") ==
          from_hex("fa441f47b3f130393b8f503421ca078b1416d3ad70b23101bf21410945db0d52"
                   "ce0be2d10fd154c76473913eaa9ecf2c"));
    CHECK(mac_of(Digest::sha3_256, "Hello World!", "#CHALLENGE#") ==
          from_hex("c9be5aac366bec8c0893be32f239d2398b0986d2b3a6a491aaae5f0f95d4312a"));
    CHECK(mac_of(Digest::sha3_384, "Hello World!", "#CHALLENGE#") ==
          from_hex("eeb720485b253c415f5c9d832fe64329558eb8f0ff7af5c1346cba1dbe21db3d"
                   "c34220a438688718c40984e8701f3b85"));
}

TEST_CASE("digest: an empty key is a key", "[digest]") {
    CHECK(mac_of(Digest::md5, "", "") == from_hex("74e6f7298a9c2d168935f58c001bad88"));
}

TEST_CASE("digest: one key signs message after message, whatever the digests", "[digest]") {
    parley::Hmac hmac{parley::Authkey("Hello World!")};
    const auto sign = [&](Digest digest, std::string_view message) {
        return as_text(hmac.sign(digest, as_bytes(message)).value().view());
    };
    for (const Digest digest : {Digest::sha256, Digest::sha256, Digest::md5, Digest::sha256}) {
        for (const char* message : {"#CHALLENGE#", "", "#CHALLENGE#"})
            CHECK(sign(digest, message) == mac_of(digest, "Hello World!", message));
    }
}

TEST_CASE("digest: comparison sees every byte and the length", "[digest]") {
    CHECK(parley::equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
    CHECK(parley::equal_in_constant_time({}, {}));
    CHECK_FALSE(parley::equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
    CHECK_FALSE(parley::equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
    CHECK_FALSE(parley::equal_in_constant_time(as_bytes("abc"), {}));
}

TEST_CASE("digest: wiping leaves nothing", "[digest]") {
    std::vector<std::byte> secret(100, std::byte{0x5a});
    parley::wipe(secret);
    CHECK(secret == std::vector<std::byte>(100));
    parley::wipe({});
}

TEST_CASE("digest: OpenSSL's error queue stays the program's own", "[digest]") {
    ERR_raise(ERR_LIB_USER, 1);
    (void)parley::Hmac(parley::Authkey("k")).sign(Digest::sha256, as_bytes("m"));
    CHECK(ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_USER);
    ERR_clear_error();
}

TEST_CASE("digest: many threads at once agree", "[digest]") {
    const std::string expected = mac_of(Digest::sha256, "key", "message");
    std::vector<int> agreed(4);
    std::vector<std::thread> threads;
    for (int& count : agreed)
        threads.emplace_back([&count, &expected] {
            for (int i = 0; i < 200; ++i)
                count += mac_of(Digest::sha256, "key", "message") == expected ? 1 : 0;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(agreed == std::vector<int>(4, 200));
}

#include "raw_handshake.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {
namespace {

constexpr std::string_view opening = "#CHALLENGE#";
constexpr std::string_view digest = "{sha256}";

unsigned char* octets(std::byte* bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes);
}

}  // namespace

Challenge make_challenge() {
    Challenge challenge;
    std::byte* at = challenge.data();
    at = std::copy_n(std::as_bytes(std::span(opening)).data(), opening.size(), at);
    at = std::copy_n(std::as_bytes(std::span(digest)).data(), digest.size(), at);
    if (RAND_bytes(octets(at), 40) != 1) end_of_handshake();
    return challenge;
}

Answer answer_to(Payload challenge) {
    if (challenge.size() <= opening.size()) end_of_handshake();
    const Payload message = challenge.subspan(opening.size());
    Answer answer;
    std::byte* mac =
        std::copy_n(std::as_bytes(std::span(digest)).data(), digest.size(), answer.data());
    unsigned size = 0;
    HMAC(EVP_sha256(), key, static_cast<int>(std::strlen(key)),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), octets(mac),
         &size);
    return answer;
}

bool is_right(Payload answer, const Challenge& challenge) {
    const Answer expected = answer_to(challenge);
    return answer.size() == expected.size() &&
           CRYPTO_memcmp(answer.data(), expected.data(), expected.size()) == 0;
}

void end_of_handshake() {
    std::fputs("the handshake failed\n", stderr);
    std::exit(1);
}

}  // namespace bench

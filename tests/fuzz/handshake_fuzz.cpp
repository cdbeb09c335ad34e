// Any peer, in either role: whole and byte by byte it gets the same answers and the same verdict,
// and none is through without a MAC that only the key gives.
#include "proto/digest.hpp"
#include "support/bytes.hpp"
#include "support/fuzz.hpp"
#include "support/handshake.hpp"

#include <string>

using parley::Digest;
using parley::Role;
using support::HandshakeSide;
using support::require;

namespace {

constexpr std::string_view key = "Hello World!";

struct Outcome {
    std::string sent;
    std::string end;
    bool done = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(Role role, parley::HandshakeOptions options, std::string_view script,
            std::size_t piece) {
    HandshakeSide side(role, key, options);
    side.hear(script, piece);
    side.hear_end();
    require(side.over(), "a handshake ends with the stream");
    return {side.take_sent(), side.done() ? "" : side.failure().code.message(), side.done()};
}

// Whether the script holds a MAC of the challenge that we sent.
bool has_proof(std::string_view script, const std::string& sent) {
    const std::size_t at = sent.find("#CHALLENGE#");
    if (at == std::string::npos) return false;
    const auto challenge = support::as_bytes(std::string_view(sent).substr(at + 11, 48));
    for (const Digest digest :
         {Digest::md5, Digest::sha256, Digest::sha384, Digest::sha3_256, Digest::sha3_384}) {
        const auto mac = parley::Hmac(parley::Authkey(key)).sign(digest, challenge).value();
        if (script.find(support::as_text(mac.view())) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    support::FuzzInput input(data, size);
    const std::uint8_t choice = input.take();
    const Role role = (choice & 1) != 0 ? Role::client : Role::listener;
    const parley::HandshakeOptions options{
        (choice & 2) != 0 ? parley::Digests::strict : parley::Digests::compatible,
        (choice & 4) != 0};
    const Outcome whole = run(role, options, input.rest(), size + 1);
    require(run(role, options, input.rest(), 1) == whole, "byte by byte it is the same");
    if (whole.done)
        require(has_proof(input.rest(), whole.sent), "nobody is through without the key");
    return 0;
}

#include "answer_challenge.hpp"

#include "digest.hpp"

#include <string>

namespace parley {
namespace {

struct Asked {
    Digest digest;
    bool bare = false;  // answered without {digest}
};

Failure not_a_challenge(ConstBytes message) {
    if (text(message) == FAILURE) return {Errc::rejected_by_peer, "its challenge was due"};
    const std::string detail = "expected a challenge, got " + describe_message(message);
    if (text(message) == WELCOME) return {Errc::unexpected_handshake, detail};
    return {
        Errc::no_challenge,
        detail + " (a Python listener before 3.13 does not ask either if its authkey is empty)"};
}

Result<Asked> legacy(const HandshakeOptions& options) {
    if (options.digests == Digests::strict)
        return Failure{Errc::digest_not_allowed,
                       "a challenge of 20 bytes, as from Python 3.11 or older, asks for bare md5"};
    return Asked{options.bare_sha256 ? Digest::sha256 : Digest::md5, true};
}

// `_get_digest_name_and_payload`, for a challenge.
Result<Asked> parse_challenge(ConstBytes challenge, const HandshakeOptions& options) {
    const std::string size = std::to_string(challenge.size()) + " bytes";
    if (challenge.size() < MD5ONLY_MESSAGE_LENGTH)
        return Failure{Errc::challenge_too_short, size + ", expected 20 at least"};
    if (challenge.size() == MD5ONLY_MESSAGE_LENGTH) return legacy(options);
    const auto name = digest_prefix(challenge);
    if (!name)
        return Failure{Errc::challenge_too_short,
                       size + " without a {digest}, which only 20 bytes may be"};
    const auto digest = named_digest(*name);
    if (!digest) return digest.error();
    if (options.digests == Digests::strict && *digest == Digest::md5)
        return Failure{Errc::digest_not_allowed, "the challenge asks for md5"};
    return Asked{*digest};
}

}  // namespace

Result<HandshakeMessage> answer_challenge(Hmac& hmac, ConstBytes message,
                                          const HandshakeOptions& options) {
    if (!looks_like_challenge(message)) return not_a_challenge(message);
    const ConstBytes challenge = message.subspan(CHALLENGE.size());
    const auto asked = parse_challenge(challenge, options);
    if (!asked) return asked.error();
    const auto mac = hmac.sign(asked->digest, challenge);
    if (!mac) return mac.error();
    if (asked->bare) return HandshakeMessage{mac->view()};
    return HandshakeMessage{wire("{"), wire(digest_name(asked->digest)), wire("}"), mac->view()};
}

Result<void> check_verdict(ConstBytes message) {
    if (text(message) == WELCOME) return {};
    if (text(message) == FAILURE) return Failure{Errc::rejected_by_peer};
    return Failure{Errc::unexpected_handshake,
                   "expected #WELCOME# or #FAILURE#, got " + describe_message(message)};
}

}  // namespace parley

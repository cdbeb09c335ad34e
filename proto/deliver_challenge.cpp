#include "deliver_challenge.hpp"

#include "digest.hpp"
#include "handshake_message.hpp"

#include <algorithm>
#include <string>

namespace parley {
namespace {

constexpr std::string_view prefix = "{sha256}";
constexpr std::size_t mark_size = 16;
constexpr std::size_t random_size = std::tuple_size_v<Nonce> - mark_size;
constexpr std::size_t bare_md5_size = 16;
constexpr std::size_t bare_sha256_size = 32;

// Begins like no challenge, so that no answer to a challenge can pass for a mark.
constexpr std::string_view mark_label = "parley: challenge of a client\n";

struct Answer {
    Digest digest;
    ConstBytes mac;
    bool bare = false;  // without {digest}: Python <= 3.11, or Red Hat's
};

Result<Mac> client_mark(Hmac& hmac, ConstBytes random) {
    std::array<std::byte, mark_label.size() + random_size> message{};
    const auto middle = std::copy_n(wire(mark_label).begin(), mark_label.size(), message.begin());
    std::copy_n(random.begin(), random_size, middle);
    return hmac.sign(Digest::sha256, message);
}

Result<Answer> parse_answer(ConstBytes message) {
    if (message.size() == bare_md5_size) return Answer{Digest::md5, message, true};
    if (message.size() == bare_sha256_size) return Answer{Digest::sha256, message, true};
    if (const auto name = digest_prefix(message)) {
        const auto digest = named_digest(*name);
        if (!digest) return digest.error();
        return Answer{*digest, message.subspan(name->size() + 2)};
    }
    const std::string_view words = text(message);
    if (words == FAILURE) return Failure{Errc::rejected_by_peer, "an answer was due"};
    const std::string detail = "expected an answer, got " + describe_message(message);
    if (words == WELCOME || words.starts_with(CHALLENGE))
        return Failure{Errc::unexpected_handshake, detail};
    return Failure{Errc::no_answer, detail + "; it may have no authkey"};
}

Result<void> check_policy(const Answer& answer, Digests digests) {
    if (digests == Digests::compatible) return {};
    if (answer.bare)
        return Failure{Errc::digest_not_allowed,
                       "a bare " + std::string(digest_name(answer.digest)) +
                           " answer, as from Python 3.11 or older, where {sha256} is due"};
    if (answer.digest == Digest::md5) return Failure{Errc::digest_not_allowed, "md5"};
    return {};
}

Failure mismatch(const Answer& answer) {
    const std::size_t due = mac_size(answer.digest);
    std::string detail(digest_name(answer.digest));
    if (answer.mac.size() != due)
        detail += ", expected " + std::to_string(due) + " bytes, got " +
                  std::to_string(answer.mac.size());
    // As long as a bare MAC, and most likely the first message of a peer without a key.
    const std::string_view words = text(answer.mac);
    if (answer.bare && words.starts_with('\x80') && words.ends_with('.'))
        detail += ", or " + describe_message(answer.mac) + ": it may have no authkey";
    return {Errc::digest_mismatch, std::move(detail)};
}

}  // namespace

Result<Challenge> Challenge::make(Role role, Hmac& hmac, const Nonce& nonce) {
    Challenge challenge;
    const auto after = std::copy_n(wire(prefix).begin(), prefix.size(), challenge.bytes_.begin());
    std::copy(nonce.begin(), nonce.end(), after);
    if (role == Role::listener) return challenge;
    const auto mark = client_mark(hmac, nonce);
    if (!mark) return mark.error();
    std::copy_n(mark->bytes.begin(), mark_size, after + random_size);
    return challenge;
}

Result<void> Challenge::verify(Hmac& hmac, ConstBytes message, Digests digests) const {
    const auto answer = parse_answer(message);
    if (!answer) return answer.error();
    if (auto allowed = check_policy(*answer, digests); !allowed) return allowed;
    const auto expected = hmac.sign(answer->digest, bytes());
    if (!expected) return expected.error();
    if (!equal_in_constant_time(expected->view(), answer->mac)) return mismatch(*answer);
    return {};
}

Result<bool> is_clients_own(Hmac& hmac, ConstBytes challenge) {
    if (challenge.size() != prefix.size() + std::tuple_size_v<Nonce>) return false;
    const ConstBytes nonce = challenge.subspan(prefix.size());
    const auto mark = client_mark(hmac, nonce);
    if (!mark) return mark.error();
    return equal_in_constant_time(mark->view().first(mark_size), nonce.last(mark_size));
}

}  // namespace parley

// The half of the handshake that makes the peer prove its key: deliver_challenge of CPython, less
// the input and output. Mirror image of answer_challenge.
#pragma once

#include "digest.hpp"

#include <parley/handshake.hpp>

#include <array>
#include <cstddef>

namespace parley {

/// What we ask the peer to sign: `{sha256}` and 40 bytes.
class Challenge {
public:
    /// A listener's is the nonce as given. A client's bears a mark in its last 16 bytes that only
    /// holders of the key can make or see: see `is_clients_own`. Fails with digest_unavailable.
    [[nodiscard]] static Result<Challenge> make(Role role, Hmac& hmac, const Nonce& nonce);

    /// The bytes that the peer's MAC covers.
    [[nodiscard]] ConstBytes bytes() const noexcept { return bytes_; }

    /// Whether the answer proves the key (`_verify_challenge`). Fails with digest_mismatch,
    /// no_answer, unexpected_handshake, rejected_by_peer, unsupported_digest, digest_not_allowed or
    /// digest_unavailable.
    [[nodiscard]] Result<void> verify(Hmac& hmac, ConstBytes answer, Digests digests) const;

private:
    std::array<std::byte, 48> bytes_{};
};

/// Whether a challenge that a client has to answer was made by a client of this key: someone
/// without the key passes it on from another connection, to be given the answer that is due there.
/// Fails with digest_unavailable.
[[nodiscard]] Result<bool> is_clients_own(Hmac& hmac, ConstBytes challenge);

}  // namespace parley

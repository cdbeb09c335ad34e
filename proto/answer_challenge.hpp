// The half of the handshake that proves our key to the peer: answer_challenge of CPython, less the
// input and output. Mirror image of deliver_challenge.
#pragma once

#include "digest.hpp"
#include "handshake_message.hpp"

#include <parley/handshake.hpp>

namespace parley {

/// Our answer to a message that should be a challenge (`_create_response`). Fails with
/// no_challenge, challenge_too_short, unexpected_handshake, rejected_by_peer, unsupported_digest,
/// digest_not_allowed or digest_unavailable.
[[nodiscard]] Result<HandshakeMessage> answer_challenge(Hmac& hmac, ConstBytes message,
                                                        const HandshakeOptions& options);

/// Whether the peer took our answer. Fails with rejected_by_peer or unexpected_handshake.
[[nodiscard]] Result<void> check_verdict(ConstBytes message);

}  // namespace parley

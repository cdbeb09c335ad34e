// Where the random bytes of a challenge come from.
#pragma once

#include <parley/handshake.hpp>

namespace parley {

/// Fresh random bytes from OpenSSL's generator. Throws Error where it has none to give.
[[nodiscard]] Nonce make_nonce();

}  // namespace parley

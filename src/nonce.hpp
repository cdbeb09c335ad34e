// Where the random bytes of a challenge come from.
#pragma once

#include <parley/handshake.hpp>

namespace parley {

/// Fresh random bytes from the kernel, where CPython has them from as well (os.urandom): a child of
/// fork never repeats its parent's. Throws Error where it has none to give.
[[nodiscard]] Nonce make_nonce();

}  // namespace parley

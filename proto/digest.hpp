// HMAC by the names that multiprocessing gives its digests, a comparison that tells no timing, and
// the wiping of secrets; all of it OpenSSL's. Thread-safe throughout.
#pragma once

#include <parley/error.hpp>
#include <parley/step.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace parley {

/// The digests of `_ALLOWED_DIGESTS` in CPython's connection.py.
enum class Digest : std::uint8_t { md5, sha256, sha384, sha3_256, sha3_384 };

/// The digest of this name, spelt as on the wire.
[[nodiscard]] std::optional<Digest> find_digest(std::string_view name) noexcept;
/// Its name on the wire.
[[nodiscard]] std::string_view digest_name(Digest digest) noexcept;
/// How many bytes its MAC has.
[[nodiscard]] std::size_t mac_size(Digest digest) noexcept;

/// A message authentication code.
struct Mac {
    std::array<std::byte, 48> bytes;
    std::size_t size = 0;

    [[nodiscard]] ConstBytes view() const noexcept { return ConstBytes(bytes).first(size); }
};

/// HMAC of the message under the key. Fails with digest_unavailable where OpenSSL refuses it.
[[nodiscard]] Result<Mac> hmac(Digest digest, ConstBytes key, ConstBytes message);

/// Whether both are the same bytes, in a time that depends on their lengths only.
[[nodiscard]] bool equal_in_constant_time(ConstBytes a, ConstBytes b) noexcept;

/// Overwrites a secret in a way that no optimiser removes.
void wipe(MutableBytes secret) noexcept;

}  // namespace parley

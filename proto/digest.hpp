// HMAC by the names that multiprocessing gives its digests, a comparison that tells no timing, and
// the wiping of secrets; all of it OpenSSL's. Thread-safe but for Hmac.
#pragma once

#include <parley/authkey.hpp>
#include <parley/error.hpp>
#include <parley/step.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct evp_mac_ctx_st;

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

/// Makes MACs under one key. Not thread-safe.
class Hmac {
public:
    explicit Hmac(const Authkey& key) : key_(key) {}

    /// HMAC of the message. Fails with digest_unavailable where OpenSSL refuses it.
    [[nodiscard]] Result<Mac> sign(Digest digest, ConstBytes message);

private:
    struct FreeContext {
        void operator()(evp_mac_ctx_st* context) const noexcept;
    };
    using Context = std::unique_ptr<evp_mac_ctx_st, FreeContext>;

    static Context make_keyless_context(Digest digest);
    static const evp_mac_ctx_st* keyless_context(Digest digest);
    [[nodiscard]] bool begin(Digest digest);

    Authkey key_;
    Context context_;
    Digest digest_{};  // that context_ is for
};

/// Whether both are the same bytes, in a time that depends on their lengths only.
[[nodiscard]] bool equal_in_constant_time(ConstBytes a, ConstBytes b) noexcept;

/// Overwrites a secret in a way that no optimiser removes.
void wipe(MutableBytes secret) noexcept;

}  // namespace parley

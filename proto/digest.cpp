#include "digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace parley {
namespace {

struct DigestRow {
    std::string_view name;
    const char* openssl_name;
    std::size_t mac_size;
};

// In the order of the enum.
constexpr DigestRow digest_rows[] = {
    {"md5", "MD5", 16},           {"sha256", "SHA256", 32},     {"sha384", "SHA384", 48},
    {"sha3_256", "SHA3-256", 32}, {"sha3_384", "SHA3-384", 48},
};

const DigestRow& row(Digest digest) noexcept {
    return digest_rows[static_cast<std::size_t>(digest)];
}

const unsigned char* raw(ConstBytes bytes) noexcept {
    // OpenSSL takes a null key for "no change", not for an empty one.
    static constexpr unsigned char none = 0;
    return bytes.empty() ? &none : reinterpret_cast<const unsigned char*>(bytes.data());
}

struct FreeMethod {
    void operator()(EVP_MAC* method) const noexcept { EVP_MAC_free(method); }
};

// Leaves OpenSSL's error queue, which is the program's, as it was.
class ErrorMark {
public:
    ErrorMark() { ERR_set_mark(); }
    ErrorMark(const ErrorMark&) = delete;
    ErrorMark& operator=(const ErrorMark&) = delete;
    ~ErrorMark() { ERR_pop_to_mark(); }
};

Failure unavailable(Digest digest) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    const std::string name(digest_name(digest));
    std::string detail =
        "HMAC-" + name + " (" + (reason == nullptr ? "no reason given" : reason) + ")";
    if (digest == Digest::md5)
        detail += ", which Python 3.11 and older need; is this a FIPS machine?";
    return {Errc::digest_unavailable, std::move(detail)};
}

}  // namespace

std::optional<Digest> find_digest(std::string_view name) noexcept {
    const auto* found = std::find_if(std::begin(digest_rows), std::end(digest_rows),
                                     [&](const DigestRow& each) { return each.name == name; });
    if (found == std::end(digest_rows)) return std::nullopt;
    return static_cast<Digest>(found - std::begin(digest_rows));
}

std::string_view digest_name(Digest digest) noexcept {
    return row(digest).name;
}

std::size_t mac_size(Digest digest) noexcept {
    return row(digest).mac_size;
}

void Hmac::FreeContext::operator()(EVP_MAC_CTX* context) const noexcept {
    EVP_MAC_CTX_free(context);
}

// Null where OpenSSL has no such digest to give.
Hmac::Context Hmac::make_keyless_context(Digest digest) {
    const std::unique_ptr<EVP_MAC, FreeMethod> method(
        EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    Context context(method == nullptr ? nullptr : EVP_MAC_CTX_new(method.get()));
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                         const_cast<char*>(row(digest).openssl_name), 0),
        OSSL_PARAM_construct_end(),
    };
    if (context == nullptr || EVP_MAC_CTX_set_params(context.get(), params) != 1) return nullptr;
    return context;
}

// Made once and never given back: to look the digest up for each MAC would cost as much as the MAC
// itself. It is copied for each key, so none ever gets into it.
const EVP_MAC_CTX* Hmac::keyless_context(Digest digest) {
    static std::atomic<EVP_MAC_CTX*> kept[std::size(digest_rows)]{};
    std::atomic<EVP_MAC_CTX*>& place = kept[static_cast<std::size_t>(digest)];
    EVP_MAC_CTX* context = place.load(std::memory_order_acquire);
    if (context != nullptr) return context;
    Context made = make_keyless_context(digest);
    if (made == nullptr) return nullptr;
    return place.compare_exchange_strong(context, made.get()) ? made.release() : context;
}

bool Hmac::begin(Digest digest) {
    if (context_ == nullptr || digest_ != digest) {
        const EVP_MAC_CTX* keyless = keyless_context(digest);
        context_.reset(keyless == nullptr ? nullptr : EVP_MAC_CTX_dup(keyless));
        digest_ = digest;
    }
    // The key each time: OpenSSL before 3.0.3 does not begin anew without one, and says that it
    // did.
    const ConstBytes key = key_.bytes();
    return context_ != nullptr && EVP_MAC_init(context_.get(), raw(key), key.size(), nullptr) == 1;
}

Result<Mac> Hmac::sign(Digest digest, ConstBytes message) {
    const ErrorMark mark;
    Mac mac{};
    auto* out = reinterpret_cast<unsigned char*>(mac.bytes.data());
    const bool done = begin(digest) &&
                      EVP_MAC_update(context_.get(), raw(message), message.size()) == 1 &&
                      EVP_MAC_final(context_.get(), out, &mac.size, mac.bytes.size()) == 1;
    if (!done) return unavailable(digest);
    return mac;
}

bool equal_in_constant_time(ConstBytes a, ConstBytes b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(raw(a), raw(b), a.size()) == 0;
}

void wipe(MutableBytes secret) noexcept {
    OPENSSL_cleanse(secret.data(), secret.size());
}

}  // namespace parley

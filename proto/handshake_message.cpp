#include "handshake_message.hpp"

#include "quote.hpp"

namespace parley {
namespace {

// Longer names are read only to say that they are unknown.
constexpr std::size_t longest_name = 32;

}  // namespace

std::optional<std::string_view> digest_prefix(ConstBytes message) noexcept {
    const std::string_view head = text(message).substr(0, longest_name + 2);
    const std::size_t end = head.find('}');
    if (!head.starts_with('{') || end == std::string_view::npos) return std::nullopt;
    return head.substr(1, end - 1);
}

Result<Digest> named_digest(std::string_view name) {
    if (const auto digest = find_digest(name)) return *digest;
    return Failure{Errc::unsupported_digest,
                   quote(name) + ", expected md5, sha256, sha384, sha3_256 or sha3_384"};
}

std::string describe_message(ConstBytes message) {
    const std::string size = std::to_string(message.size()) + " bytes";
    const std::string_view words = text(message);
    if (words == WELCOME || words == FAILURE) return std::string(words);
    if (words.starts_with(CHALLENGE)) return "a challenge of " + size;
    if (words.starts_with('\x80')) return "a pickle of " + size;
    if (const auto name = digest_prefix(message)) return "a digest of type " + quote(*name);
    return "a message of " + size;
}

}  // namespace parley

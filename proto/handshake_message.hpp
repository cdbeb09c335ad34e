// The words of the handshake, under the names that CPython's connection.py gives them, and the
// reading of messages for both halves of it.
#pragma once

#include "digest.hpp"

#include <parley/error.hpp>
#include <parley/frame.hpp>
#include <parley/step.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parley {

inline constexpr std::string_view CHALLENGE = "#CHALLENGE#";
inline constexpr std::string_view WELCOME = "#WELCOME#";
inline constexpr std::string_view FAILURE = "#FAILURE#";

/// A challenge of just this many bytes comes from Python <= 3.11, a shorter one from nobody.
inline constexpr std::size_t MD5ONLY_MESSAGE_LENGTH = 20;
/// The longest message of a handshake (`connection.recv_bytes(256)`).
inline constexpr std::size_t handshake_limit = 256;

[[nodiscard]] inline ConstBytes wire(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}

[[nodiscard]] inline std::string_view text(ConstBytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A message of the handshake with its length before it, in memory of its own.
class HandshakeMessage {
public:
    HandshakeMessage() = default;
    /// The parts one after the other; together at most `handshake_limit` bytes.
    HandshakeMessage(std::initializer_list<ConstBytes> parts) {
        for (const ConstBytes part : parts)
            append(part);
        const FrameHeader header(size_ - header_size);
        std::copy(header.bytes().begin(), header.bytes().end(), bytes_.begin());
    }

    [[nodiscard]] ConstBytes frame() const noexcept { return ConstBytes(bytes_).first(size_); }
    [[nodiscard]] ConstBytes payload() const noexcept { return frame().subspan(header_size); }

private:
    static constexpr std::size_t header_size = 4;

    void append(ConstBytes part) {
        std::copy(part.begin(), part.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += part.size();
    }

    std::array<std::byte, header_size + handshake_limit> bytes_{};
    std::size_t size_ = header_size;
};

/// The name in `{name}rest`, whether or not it is a digest's; none where a message has no such
/// form.
[[nodiscard]] std::optional<std::string_view> digest_prefix(ConstBytes message) noexcept;

/// The known digest of this name; fails with unsupported_digest.
[[nodiscard]] Result<Digest> named_digest(std::string_view name);

/// What a message is, in words that give away no MAC.
[[nodiscard]] std::string describe_message(ConstBytes message);

}  // namespace parley

// The frame: a length, then so many bytes. Encodes headers and cuts a byte stream into frames; knows
// no socket. Specified in docs/wire.md, after Connection._send_bytes and _recv_bytes of CPython.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/step.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace parley {

/// The longest payload whose length fits the short header.
inline constexpr std::uint64_t short_frame_limit = 0x7fffffff;

/// The bytes that announce a payload: 4 of them, or 12 above `short_frame_limit`.
class FrameHeader {
public:
    explicit FrameHeader(std::uint64_t payload_size) noexcept;
    [[nodiscard]] ConstBytes bytes() const noexcept { return ConstBytes(bytes_).first(size_); }

private:
    std::array<std::byte, 12> bytes_;
    std::uint8_t size_;
};

/// Bytes in, frames out.
///
/// Memory grows with the bytes that arrived, never with the length that was announced. One frame is
/// current at a time; bytes of later frames are kept until it is consumed. Not thread-safe.
class FrameReader {
public:
    /// The longest payload accepted from now on; none means up to 2^63 - 1.
    void limit(std::optional<std::uint64_t> max_payload) noexcept;

    /// Where the next bytes should be read to: the rest of a long body, or empty where any memory
    /// will do. Valid until the next call of a non-const member.
    [[nodiscard]] MutableBytes room();

    /// Takes bytes that arrived, in `room()` or elsewhere. Elsewhere they need only stay valid while
    /// the current frame is looked at (`payload`), not beyond the next `consume`, `take` or `commit`:
    /// what belongs to later frames is copied at once.
    void commit(ConstBytes arrived);

    /// Whether a whole frame is there, or how its header is wrong: bad_frame_length or
    /// message_too_long; the reader is then of no more use.
    [[nodiscard]] Result<bool> ready();
    /// Whether part of a frame is in and part is not.
    [[nodiscard]] bool inside_frame() const noexcept;
    /// Whether any byte is kept, so that a descriptor may look idle though a message is there.
    [[nodiscard]] bool has_bytes() const noexcept;

    /// The current frame's payload, once `ready()`. Valid until `consume`, `take` or `commit`.
    [[nodiscard]] ConstBytes payload() const noexcept;
    /// Hands over the current frame's payload, moving it where it has a buffer of its own and
    /// copying it otherwise, and consumes it.
    [[nodiscard]] Buffer take();
    /// Drops the current frame; the next one that is already in becomes current.
    void consume();

    /// From now on a frame's body goes straight to `destination` where it fits there; a payload that
    /// does not fit gets a buffer of its own. Empty to stop: what has arrived is then copied out.
    void direct(MutableBytes destination);

    /// What the end of the stream means now: end_of_file, or truncated_message with the counts.
    [[nodiscard]] Failure end_of_stream() const;
};

}  // namespace parley

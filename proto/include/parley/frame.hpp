// The frame: a length, then so many bytes. Encodes headers and cuts a byte stream into frames;
// knows no socket. Specified in docs/wire.md, after Connection._send_bytes and _recv_bytes of
// CPython.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/step.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace parley {

/// The longest payload whose length fits the short header.
inline constexpr std::uint64_t short_frame_limit = 0x7fffffff;
/// The longest payload that any header can announce: 2^63 - 1 bytes.
inline constexpr std::uint64_t frame_limit = 0x7fffffff'ffffffff;

/// The bytes that announce a payload: 4 of them, or 12 above `short_frame_limit`.
class FrameHeader {
public:
    explicit FrameHeader(std::uint64_t payload_size) noexcept : bytes_{}, size_(4) {
        for (std::size_t i = 0; i < 4; ++i)
            bytes_[i] = static_cast<std::byte>(payload_size >> (24 - 8 * i) & 0xff);
        if (payload_size > short_frame_limit) make_long(payload_size);
    }
    [[nodiscard]] ConstBytes bytes() const noexcept { return ConstBytes(bytes_).first(size_); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Copies them to where there is room for all of them.
    void copy_to(std::byte* to) const noexcept {
        std::memcpy(to, bytes_.data(), 4);
        if (size_ > 4) std::memcpy(to + 4, bytes_.data() + 4, 8);
    }

private:
    void make_long(std::uint64_t payload_size) noexcept;

    std::array<std::byte, 12> bytes_;
    std::uint8_t size_;
};

/// Bytes in, frames out.
///
/// Memory grows with the bytes that arrived, never with the length that was announced, and is given
/// back, as Buffer does it, as soon as no byte is kept. One frame is current at a time; bytes of
/// later frames are kept until it is consumed. Not thread-safe.
class FrameReader {
public:
    /// The longest payload accepted from now on; none means up to 2^63 - 1. It is held against the
    /// current frame, also one that has already arrived.
    void limit(std::optional<std::uint64_t> max_payload) noexcept {
        limit_ = max_payload.value_or(frame_limit);
    }

    /// Where the next bytes should be read to: the rest of a long body, or empty where any memory
    /// will do. Valid until the next call of a non-const member. Throws std::bad_alloc.
    [[nodiscard]] MutableBytes room();

    /// Where the payload of the next frame may be read to, after its header, if it is as long as
    /// the last one: empty where that was short, or where the next frame has begun. Valid as
    /// `room()` is. Throws std::bad_alloc.
    [[nodiscard]] MutableBytes ahead();
    /// Gives up the memory that `ahead()` has taken.
    void forget_ahead() noexcept {
        if (ahead_.capacity() > 0) ahead_ = Buffer();
    }

    /// Takes bytes that arrived, in `room()`, in `ahead()` or elsewhere. Elsewhere they need only
    /// stay valid while the current frame is looked at (`payload`), not beyond the next `consume`,
    /// `take`, `keep` or `commit`: what belongs to later frames is copied at once. Throws
    /// std::bad_alloc.
    void commit(ConstBytes arrived) {
        if (!borrow(arrived)) commit_elsewhere(arrived);
    }

    /// Copies what still lies in the memory that `commit` was given, so that it may be reused while
    /// the current frame waits to be looked at. Throws std::bad_alloc.
    void keep() {
        if (state_ == State::borrowed) keep_borrowed();
    }

    /// Whether the current frame lies in the memory that `commit` was given.
    [[nodiscard]] bool is_borrowed() const noexcept { return state_ == State::borrowed; }

    /// Whether a whole frame is there, or how its header is wrong: bad_frame_length or
    /// message_too_long; unless the limit is raised, the reader is then of no more use.
    [[nodiscard]] Result<bool> ready() const {
        if (has_frame()) return true;
        return not_ready();
    }
    /// Whether a whole frame is there that may be taken: `ready()` without the reasons.
    [[nodiscard]] bool has_frame() const noexcept {
        return state_ >= State::borrowed && size_ <= limit_;
    }
    /// Whether part of a frame is in and part is not.
    [[nodiscard]] bool inside_frame() const noexcept;
    /// The same, and so little of it that its sender may wait for an acknowledgement before it
    /// sends more.
    [[nodiscard]] bool has_begun_frame() const noexcept;
    /// Whether any byte is kept, so that a descriptor may look idle though a message is there.
    [[nodiscard]] bool has_bytes() const noexcept;

    /// The current frame's payload, once `ready()`. Valid until `consume`, `take`, `keep`, `direct`
    /// or `commit`.
    [[nodiscard]] ConstBytes payload() const noexcept {
        return {payload_, static_cast<std::size_t>(size_)};
    }
    /// Hands over the current frame's payload, moving it where it has a buffer of its own and
    /// copying it otherwise, and consumes it. Throws std::bad_alloc.
    [[nodiscard]] Buffer take();
    /// Drops the current frame; the next one that is already in becomes current.
    void consume() {
        if (state_ == State::borrowed && stash_.empty() && (expected_ | size_) < ahead_from) {
            state_ = State::header;
        } else {
            consume_kept();
        }
    }

    /// Takes one byte that stands between two frames, as reduction.send_handle writes it. Only
    /// where `has_bytes` and the last frame is consumed; what follows is read as frames again.
    std::byte take_byte();

    /// From now on the body of a frame that is not yet whole goes straight to `destination` where
    /// it is long and fits there; `payload()` says where it went. A payload that does not fit gets
    /// a buffer of its own. Empty to stop: what has arrived is then copied out. With `may_spill`,
    /// bytes of later frames may be written behind the payload. Throws std::bad_alloc.
    void direct(MutableBytes destination, bool may_spill = false);

    /// The bytes of a frame that is not yet whole, or not acceptable, header included: for words of
    /// explanation. Empty once the body has a buffer of its own.
    [[nodiscard]] ConstBytes unread() const noexcept;

    /// What the end of the stream means now: end_of_file, or truncated_message with the counts.
    [[nodiscard]] Failure end_of_stream() const;

private:
    // A payload as long as this may be read to where it is to stay when the next one is due.
    static constexpr std::uint64_t ahead_from = std::uint64_t{32} << 10;

    // From `borrowed` on the current frame is whole.
    enum class State : std::uint8_t {
        header,          // the header is not all there; what is lies in stash_
        bad_header,      // it is in stash_, and announces no possible length
        partial,         // header known, and all that came lies in stash_
        filling_body,    // a long body goes to body_
        filling_target,  // a long body goes to destination_
        borrowed,        // whole, in the memory that commit was given
        stashed,         // whole, in stash_
        in_body,         // whole, in body_
        in_target,       // whole, in destination_
    };

    // The hot path: one whole short frame in the driver's memory, and nothing else about.
    bool borrow(ConstBytes arrived) noexcept {
        if (state_ != State::header || arrived.size() < 4 || !stash_.empty()) return false;
        const std::size_t size = arrived.size() - 4;
        if (size > short_frame_limit || size > limit_ || load_length(arrived.data()) != size)
            return false;
        payload_ = arrived.data() + 4;
        size_ = size;
        state_ = State::borrowed;
        return true;
    }
    static std::uint32_t load_length(const std::byte* bytes) noexcept {
        return std::to_integer<std::uint32_t>(bytes[0]) << 24 |
               std::to_integer<std::uint32_t>(bytes[1]) << 16 |
               std::to_integer<std::uint32_t>(bytes[2]) << 8 |
               std::to_integer<std::uint32_t>(bytes[3]);
    }

    void commit_elsewhere(ConstBytes arrived);
    void commit_first(ConstBytes arrived);
    void fill(ConstBytes arrived);
    void finish_if_full();
    void stash(ConstBytes bytes);
    void settle();
    void keep_borrowed();
    void consume_kept();
    [[nodiscard]] bool start_next_short() noexcept;
    void start_next();
    void unread_frame();
    void open_body();
    void grow_body();
    [[nodiscard]] Result<bool> not_ready() const;

    std::uint64_t limit_ = frame_limit;
    std::uint64_t size_ = 0;              // the current payload's, once its header is known
    const std::byte* payload_ = nullptr;  // once it is whole
    std::size_t got_ = 0;                 // of a long body
    std::size_t at_ = 0;                  // where in stash_ the first byte not yet consumed is
    Buffer stash_;                        // the stream as it came, from the current frame on
    Buffer body_;                         // a long body
    Buffer ahead_;                        // what becomes body_ if the next frame fits
    MutableBytes destination_;
    std::uint32_t expected_ = 0;  // the last payload's size, if it was long and is worth expecting
    bool may_spill_ = false;      // over what in destination_ is behind the payload
    State state_ = State::header;
};

}  // namespace parley

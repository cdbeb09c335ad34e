// Appends pickle opcodes to a Buffer: what everything that writes pickles is built on. Knows
// protocols, lengths and frames, and nothing of values. Specified in docs/pickle.md, "Writing".
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/pickle/opcode.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parley::pickle {

/// Writes one pickle behind what a Buffer holds: PROTO first, frames around the rest from protocol
/// 4 on, STOP last. The caller sees to it that the opcodes make sense. What the protocol cannot say
/// is remembered and reported by `finish`. Unless `finish` succeeds the Buffer ends up as it was.
/// Not thread-safe; the Buffer must not be touched meanwhile.
class Encoder {
public:
    /// Begins a pickle of protocol 2 to 5. Throws std::bad_alloc, as everything here that writes.
    Encoder(Buffer& out, int protocol);
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    ~Encoder();

    [[nodiscard]] int protocol() const noexcept { return protocol_; }

    /// An opcode without an argument.
    void opcode(Opcode code) {
        reserve(1);
        put(code);
    }

    void none() { opcode(Opcode::NONE); }
    void boolean(bool value) { opcode(value ? Opcode::NEWTRUE : Opcode::NEWFALSE); }
    /// The shortest form there is.
    void integer(std::int64_t value) {
        reserve(11);
        if (value >= 0 && value <= 0xff) {
            put(Opcode::BININT1);
            put_little(static_cast<std::uint8_t>(value));
        } else if (value >= 0 && value <= 0xffff) {
            put(Opcode::BININT2);
            put_little(static_cast<std::uint16_t>(value));
        } else if (value >= INT32_MIN && value <= INT32_MAX) {
            put(Opcode::BININT);
            put_little(static_cast<std::int32_t>(value));
        } else {
            put_long(value);
        }
    }
    /// An int as LONG1, whatever its size: Python 2's long.
    void long_integer(std::int64_t value) {
        reserve(11);
        put_long(value);
    }
    /// An int beyond 32 bits as a line of text, which Python 2 reads as its int.
    void text_integer(std::int64_t value);
    /// An int from its two's complement, little-endian.
    void integer(std::span<const std::byte> twos_complement);
    void floating(double value) {
        reserve(9);
        put(Opcode::BINFLOAT);
        put_little(__builtin_bswap64(std::bit_cast<std::uint64_t>(value)));
    }
    /// UTF-8, lone surrogates allowed, as it is.
    void str(std::string_view utf8) {
        if (protocol_ >= 4 && utf8.size() <= 0xff) {
            reserve(2 + utf8.size());
            put(Opcode::SHORT_BINUNICODE);
            put_little(static_cast<std::uint8_t>(utf8.size()));
            put_bytes(utf8.data(), utf8.size());
        } else {
            long_str(utf8);
        }
    }
    /// Python 2's str.
    void legacy_str(std::string_view bytes);
    /// Bytes, of protocol 3 and up; protocol 2 has a call instead.
    void bytes(std::span<const std::byte> bytes);
    /// A bytearray, of protocol 5; those below have a call instead.
    void bytearray(std::span<const std::byte> bytes);

    /// GLOBAL: two lines. Neither name may hold a line feed.
    void global(std::string_view module, std::string_view name);
    void extension(std::int32_t code);

    /// Stores what is on top under the next number, which it returns.
    std::uint32_t memoize() {
        reserve(5);
        const std::uint32_t index = memo_count_++;
        if (protocol_ >= 4) {
            put(Opcode::MEMOIZE);
        } else if (index <= 0xff) {
            put(Opcode::BINPUT);
            put_little(static_cast<std::uint8_t>(index));
        } else {
            put(Opcode::LONG_BINPUT);
            put_little(index);
        }
        return index;
    }
    void get(std::uint32_t index) {
        reserve(5);
        if (index <= 0xff) {
            put(Opcode::BINGET);
            put_little(static_cast<std::uint8_t>(index));
        } else {
            put(Opcode::LONG_BINGET);
            put_little(index);
        }
    }

    /// Remembers what the protocol cannot say (not_picklable); the first one counts.
    void fail(std::string detail);
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }

    /// Ends the pickle with STOP, or fails as remembered.
    [[nodiscard]] Result<void> finish();

private:
    void reserve(std::size_t size) {
        if (static_cast<std::size_t>(limit_ - at_) < size) make_room(size);
    }
    void make_room(std::size_t size);
    void open_frame();
    void close_frame() noexcept;
    void long_str(std::string_view utf8);
    void large(Opcode opcode, unsigned length_size, std::span<const std::byte> bytes);
    void sized(Opcode opcode, unsigned length_size, std::span<const std::byte> bytes);

    void put(Opcode code) noexcept { *at_++ = static_cast<std::byte>(code); }
    template <typename T>
    void put_little(T value) noexcept {
        static_assert(std::endian::native == std::endian::little);
        std::memcpy(at_, &value, sizeof value);
        at_ += sizeof value;
    }
    void put_bytes(const void* bytes, std::size_t size) noexcept {
        if (size != 0) std::memcpy(at_, bytes, size);
        at_ += size;
    }
    void put_long(std::int64_t value) noexcept {
        const auto bits = static_cast<std::uint64_t>(value < 0 ? ~value : value);
        const auto size = static_cast<std::uint8_t>(value == 0 ? 0 : std::bit_width(bits) / 8 + 1);
        put(Opcode::LONG1);
        put_little(size);
        std::memcpy(at_, &value, sizeof value);
        at_ += size;
    }

    Buffer& out_;
    std::size_t start_;
    int protocol_;
    std::uint32_t memo_count_ = 0;
    std::byte* at_ = nullptr;
    std::byte* limit_ = nullptr;
    std::size_t frame_ = 0;  ///< Where the open frame's header stands; 0 while none is open.
    bool finished_ = false;
    std::optional<Failure> failure_;
};

}  // namespace parley::pickle

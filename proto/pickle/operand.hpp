// Numbers as they stand behind an opcode.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace parley::pickle {

template <typename T, typename Byte>
[[nodiscard]] inline T load_little(const Byte* bytes) noexcept {
    static_assert(sizeof(Byte) == 1);
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

/// BINFLOAT's.
[[nodiscard]] inline double load_big_double(const std::byte* bytes) noexcept {
    return std::bit_cast<double>(__builtin_bswap64(load_little<std::uint64_t>(bytes)));
}

/// LONG1's, of at most 8 bytes; 8 must be there to be looked at.
[[nodiscard]] inline std::int64_t load_long(const std::byte* bytes, std::size_t size) noexcept {
    if (size == 0) return 0;
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    return static_cast<std::int64_t>(load_little<std::uint64_t>(bytes) << unused) >> unused;
}

}  // namespace parley::pickle

// Whether text is ASCII, eight bytes at a time.
#pragma once

#include "hash.hpp"

#include <cstddef>
#include <cstdint>

namespace parley::pickle {

[[nodiscard]] inline bool is_ascii(const char* text, std::size_t size) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    if (size < 8) return (load_tail(text, size) & high_bits) == 0;
    std::uint64_t seen = load64(text + size - 8);
    for (std::size_t i = 0; i + 8 <= size; i += 8)
        seen |= load64(text + i);
    return (seen & high_bits) == 0;
}

}  // namespace parley::pickle

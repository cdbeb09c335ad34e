// Having memory fetched into the caches before it is needed.
#pragma once

#include <cstddef>

namespace parley {

/// A hint, for memory of some size: costs an instruction for each cache line, and nothing where the
/// memory is not there.
inline void prefetch(const void* memory, std::size_t size) noexcept {
    constexpr std::size_t line = 64;
    const auto* const bytes = static_cast<const std::byte*>(memory);
    for (std::size_t at = 0; at < size; at += line)
        __builtin_prefetch(bytes + at);
    __builtin_prefetch(bytes + size - 1);
}

}  // namespace parley

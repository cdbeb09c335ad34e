#include "pooled_mutex.hpp"

#include <array>
#include <cstdint>

namespace parley {

std::mutex& pooled_mutex(const void* object) noexcept {
    static std::array<std::mutex, 64> mutexes;
    // Objects on the heap lie at multiples of 16; a multiplication spreads what is left.
    const std::uint64_t place = reinterpret_cast<std::uintptr_t>(object) >> 4U;
    return mutexes[(place * 0x9e3779b97f4a7c15U) >> 58U];
}

}  // namespace parley

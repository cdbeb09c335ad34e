// Hashes of short byte strings and numbers for the tables of dicts and sets. Seeded once per
// process, so that a peer cannot prepare keys that collide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace parley::pickle {

__extension__ using DoubleWord = unsigned __int128;

/// The same throughout a process, another in the next.
[[nodiscard]] std::uint64_t hash_seed() noexcept;

[[nodiscard]] inline std::uint64_t mix(std::uint64_t left, std::uint64_t right) noexcept {
    const DoubleWord product = DoubleWord{left} * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

[[nodiscard]] inline std::uint64_t load64(const char* bytes) noexcept {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

[[nodiscard]] inline std::uint64_t load_tail(const char* bytes, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    return word;
}

[[nodiscard]] inline std::uint64_t hash_word(std::uint64_t word, std::uint64_t seed) noexcept {
    return mix(mix(word ^ 0x9e3779b97f4a7c15, seed ^ 0xe7037ed1a0b428db),
               0x8ebc6af09c88c6e3 ^ seed);
}

[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t hash = seed ^ (bytes.size() * 0x9e3779b97f4a7c15);
    for (; left > 16; left -= 16, at += 16) {
        hash =
            mix(load64(at) ^ 0xa0761d6478bd642f ^ hash, load64(at + 8) ^ 0xe7037ed1a0b428db ^ seed);
    }
    const std::uint64_t low = left >= 8 ? load64(at) : load_tail(at, left);
    const std::uint64_t high = left > 8 ? load_tail(at + 8, left - 8) : 0;
    return hash_word(mix(low ^ 0xa0761d6478bd642f ^ hash, high ^ 0xe7037ed1a0b428db ^ seed), seed);
}

}  // namespace parley::pickle

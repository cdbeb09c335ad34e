// When two dict keys or set members are the same key, for those that are short and flat; a
// KeyInterner knows the others. Specified in docs/pickle.md, "Keys".
#pragma once

#include <parley/pickle/cell.hpp>

#include <cstdint>

namespace parley::pickle {

/// How to look a key up.
enum class KeyClass : std::uint8_t {
    simple,      ///< Bounded work: hash_simple and equal_simple.
    deep,        ///< Long or nested: a KeyInterner remembers what it has worked out.
    unhashable,  ///< Python raises TypeError.
};

/// A tuple may still turn out to hold something unhashable when an interner looks into it.
[[nodiscard]] KeyClass classify_key(const Cell& key) noexcept;

/// Whether a key is a NaN, which equals nothing.
[[nodiscard]] bool is_nan(const Cell& key) noexcept;
/// For simple keys.
[[nodiscard]] std::uint64_t hash_simple(const Cell& key) noexcept;
[[nodiscard]] bool equal_simple(const Cell& left, const Cell& right) noexcept;
/// What the hash of a tuple begins with, and how the hashes of its items are added in their order.
[[nodiscard]] std::uint64_t hash_tuple_size(std::uint64_t size) noexcept;
[[nodiscard]] std::uint64_t combine_hashes(std::uint64_t hash, std::uint64_t part) noexcept;
/// Of what equals nothing but itself.
[[nodiscard]] std::uint64_t hash_address(const Cell& cell) noexcept;
/// Whether the cells are the same object, as far as cells can tell.
[[nodiscard]] bool identical(const Cell& left, const Cell& right) noexcept;
/// Whether two cells of text (str or Python 2's) are equal in both Pythons.
[[nodiscard]] bool equal_text(const Cell& left, const Cell& right) noexcept;

}  // namespace parley::pickle

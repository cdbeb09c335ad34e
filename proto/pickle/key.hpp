// When two dict keys or set members are the same key, in linear time whatever they share: tuples
// nested and shared sixty deep are sixty steps, not 2^60. Specified in docs/pickle.md, "Keys".
#pragma once

#include <parley/pickle/cell.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

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
/// Whether the cells are the same object, as far as cells can tell.
[[nodiscard]] bool identical(const Cell& left, const Cell& right) noexcept;
/// Whether two cells of text (str or Python 2's) are equal in both Pythons.
[[nodiscard]] bool equal_text(const Cell& left, const Cell& right) noexcept;

/// Gives equal keys equal numbers. Every node is looked at once. Takes cells of any messages that
/// outlive it.
class KeyInterner {
public:
    /// The key's number, or nothing if Python cannot hash it.
    [[nodiscard]] std::optional<std::uint32_t> number(const Cell& key);
    /// The hash of the key with this number: the same in every interner.
    [[nodiscard]] std::uint64_t hash(std::uint32_t number) const noexcept {
        return entries_[number].hash;
    }

private:
    struct Entry {
        std::uint64_t hash;
        bool unequal;  ///< It holds a NaN: equal to itself only.
        Cell cell;
        std::vector<std::uint32_t> parts;
    };
    struct Visit {
        Cell cell;
        std::uint64_t next;
    };

    [[nodiscard]] std::optional<std::uint32_t> known(const Cell& key) const;
    [[nodiscard]] std::optional<std::uint32_t> intern_leaf(const Cell& key);
    std::uint32_t finish(const Visit& visit);
    [[nodiscard]] std::uint32_t intern(Entry entry);
    [[nodiscard]] bool same(const Entry& left, const Entry& right) const;

    std::vector<Entry> entries_;
    std::unordered_map<const void*, std::uint32_t> by_address_;
    std::unordered_multimap<std::uint64_t, std::uint32_t> by_hash_;
    std::vector<Visit> visits_;
    std::vector<std::uint32_t> numbers_;
};

}  // namespace parley::pickle

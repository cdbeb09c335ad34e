// When two nested or long keys are the same key, in linear time whatever they share: tuples nested
// and shared sixty deep are sixty steps, not 2^60. Specified in docs/pickle.md, "Keys".
#pragma once

#include "address_table.hpp"
#include "key.hpp"
#include "small_vector.hpp"

#include <parley/pickle/cell.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace parley::pickle {

/// Gives equal keys equal numbers. Every node is looked at once. Takes cells of any messages that
/// outlive it. By value, instances that == calls equal have one hash, though not one number; dicts
/// have them by identity. Charges what it takes to a message, if there is one. Not thread-safe.
class KeyInterner {
public:
    explicit KeyInterner(Message* charged = nullptr, bool by_value = false) noexcept
        : charged_(charged),
          by_value_(by_value),
          entries_(charged),
          parts_(charged),
          by_address_(charged),
          visits_(charged),
          numbers_(charged) {}
    KeyInterner(const KeyInterner&) = delete;
    KeyInterner& operator=(const KeyInterner&) = delete;
    ~KeyInterner();

    /// The key's number, or nothing if Python cannot hash it.
    [[nodiscard]] std::optional<std::uint32_t> number(const Cell& key);
    /// The hash of the key with this number: the same in every interner.
    [[nodiscard]] std::uint64_t hash(std::uint32_t number) const noexcept {
        return entries_[number].hash;
    }

private:
    struct Entry {
        std::uint64_t hash;
        Cell cell;
        std::uint64_t first_part;  ///< In `parts_`.
        std::uint32_t part_count;
        bool unequal;  ///< It holds a NaN: equal to itself only.
    };
    struct Visit {
        Cell cell;
        std::uint64_t next;
    };

    [[nodiscard]] std::optional<std::uint32_t> intern_leaf(const Cell& key);
    [[nodiscard]] std::uint32_t finish(const Visit& visit);
    [[nodiscard]] std::uint32_t intern(const Entry& entry);
    [[nodiscard]] bool same(const Entry& left, const Entry& right) const;
    [[nodiscard]] std::span<const std::uint32_t> parts(const Entry& entry) const noexcept {
        return {parts_.begin() + entry.first_part, entry.part_count};
    }
    void grow_index();

    Message* charged_;
    bool by_value_;
    SmallVector<Entry, 4> entries_;
    SmallVector<std::uint32_t, 8> parts_;
    AddressTable by_address_;
    std::uint32_t* by_hash_ = nullptr;  ///< Numbers plus one; 0 is an empty slot.
    std::uint64_t hash_mask_ = 0;
    std::uint64_t hash_count_ = 0;
    SmallVector<Visit, 8> visits_;
    SmallVector<std::uint32_t, 8> numbers_;
};

}  // namespace parley::pickle

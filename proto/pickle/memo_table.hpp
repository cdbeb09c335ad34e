// The writer's memo: what has been met more than once, and under which number it was stored.
#pragma once

#include "hash.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace parley::pickle {

/// By address, open addressing. Not thread-safe.
class MemoTable {
public:
    static constexpr std::uint32_t no_index = 0xffffffff;

    struct Entry {
        const void* address;
        std::uint32_t index;       ///< In the pickle's memo, once it is there.
        std::uint32_t count : 31;  ///< References met.
        std::uint32_t open : 1;    ///< Its parts are being written, itself is not there yet.
    };

    MemoTable() noexcept : entries_(inline_), mask_(inline_size - 1) {
        std::memset(inline_, 0, sizeof inline_);
    }
    MemoTable(const MemoTable&) = delete;
    MemoTable& operator=(const MemoTable&) = delete;
    ~MemoTable() {
        if (entries_ != inline_) std::free(entries_);
    }

    /// The entry, or null. Valid until the next `insert`.
    [[nodiscard]] Entry* find(const void* address) noexcept {
        Entry& slot = slot_of(address);
        return slot.address == nullptr ? nullptr : &slot;
    }
    /// The entry, new if there was none: its count is 0 then. Valid until the next `insert`.
    [[nodiscard]] Entry& insert(const void* address) {
        Entry* slot = &slot_of(address);
        if (slot->address != nullptr) return *slot;
        if (2 * ++size_ > mask_) {
            grow();
            slot = &slot_of(address);
        }
        *slot = {address, no_index, 0, 0};
        return *slot;
    }

    void clear() noexcept {
        std::memset(entries_, 0, (mask_ + 1) * sizeof(Entry));
        size_ = 0;
    }

private:
    static constexpr std::size_t inline_size = 32;

    [[nodiscard]] Entry& slot_of(const void* address) noexcept {
        const auto bits = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(address));
        std::size_t at = mix(bits ^ seed_, 0x9e3779b97f4a7c15) & mask_;
        while (entries_[at].address != nullptr && entries_[at].address != address) {
            at = (at + 1) & mask_;
        }
        return entries_[at];
    }

    [[gnu::cold]] void grow() {
        Entry* const old = entries_;
        const std::size_t old_size = mask_ + 1;
        const std::size_t size = 4 * old_size;
        auto* const grown = static_cast<Entry*>(std::calloc(size, sizeof(Entry)));
        if (grown == nullptr) throw std::bad_alloc();
        entries_ = grown;
        mask_ = size - 1;
        for (std::size_t i = 0; i < old_size; ++i) {
            if (old[i].address != nullptr) slot_of(old[i].address) = old[i];
        }
        if (old != inline_) std::free(old);
    }

    Entry* entries_;
    std::size_t mask_;
    std::size_t size_ = 0;
    std::uint64_t seed_ = hash_seed();
    Entry inline_[inline_size];
};

}  // namespace parley::pickle

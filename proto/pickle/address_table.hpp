// Numbers by address, for what is looked at once and remembered: open addressing, 16 bytes a slot.
#pragma once

#include "hash.hpp"

#include <parley/pickle/message.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace parley::pickle {

/// Charges what it takes to a message, if there is one. Not thread-safe.
class AddressTable {
public:
    explicit AddressTable(Message* charged = nullptr) noexcept : charged_(charged) {}
    AddressTable(const AddressTable&) = delete;
    AddressTable& operator=(const AddressTable&) = delete;
    ~AddressTable() {
        std::free(slots_);
        if (slots_ != nullptr && charged_ != nullptr) charged_->refund((mask_ + 1) * sizeof(Slot));
    }

    /// The number, or null. Valid until the next `insert`.
    [[nodiscard]] const std::uint32_t* find(const void* address) const noexcept {
        if (size_ == 0) return nullptr;
        const Slot& slot = slot_of(address);
        return slot.address == nullptr ? nullptr : &slot.number;
    }
    /// The address, which is not null, must not be there yet.
    void insert(const void* address, std::uint32_t number) {
        if (size_ >= mask_ / 3 * 2) grow();
        slot_of(address) = {address, number};
        ++size_;
    }

private:
    struct Slot {
        const void* address;
        std::uint32_t number;
    };
    static constexpr std::size_t least = 32;

    [[nodiscard]] Slot& slot_of(const void* address) const noexcept {
        const auto bits = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(address));
        std::size_t at = mix(bits ^ seed_, 0x9e3779b97f4a7c15) & mask_;
        while (slots_[at].address != nullptr && slots_[at].address != address)
            at = (at + 1) & mask_;
        return slots_[at];
    }

    void grow() {
        Slot* const old = slots_;
        const std::size_t old_size = old == nullptr ? 0 : mask_ + 1;
        const std::size_t size = old == nullptr ? least : 2 * old_size;
        if (charged_ != nullptr) charged_->charge(size * sizeof(Slot));
        auto* const grown = static_cast<Slot*>(std::calloc(size, sizeof(Slot)));
        if (grown == nullptr) {
            if (charged_ != nullptr) charged_->refund(size * sizeof(Slot));
            throw std::bad_alloc();
        }
        slots_ = grown;
        mask_ = size - 1;
        for (std::size_t i = 0; i < old_size; ++i) {
            if (old[i].address != nullptr) slot_of(old[i].address) = old[i];
        }
        std::free(old);
        if (charged_ != nullptr) charged_->refund(old_size * sizeof(Slot));
    }

    Message* charged_;
    Slot* slots_ = nullptr;
    std::size_t mask_ = 0;
    std::size_t size_ = 0;
    std::uint64_t seed_ = hash_seed();
};

}  // namespace parley::pickle

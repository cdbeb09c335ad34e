// The reader's memo: what PUT stored and GET fetches. Indexes far beyond what was stored cost no
// more than near ones.
#pragma once

#include "small_vector.hpp"

#include <parley/pickle/cell.hpp>

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace parley::pickle {

/// Charges what it takes to the message. Not thread-safe.
class ReadMemo {
public:
    explicit ReadMemo(Message& message) noexcept : message_(message), near_(&message) {}
    ReadMemo(const ReadMemo&) = delete;
    ReadMemo& operator=(const ReadMemo&) = delete;
    ~ReadMemo() {
        if (far_ != nullptr) message_.refund(far_->size() * far_entry);
    }

    /// What is stored there, or null. Valid until something is stored.
    [[nodiscard]] Cell* find(std::uint64_t index) noexcept {
        if (index < near_.size() && near_[index].tag() != Tag::absent) return &near_[index];
        return far_ == nullptr ? nullptr : find_far(index);
    }
    void store(std::uint64_t index, const Cell& cell) {
        if (index == near_.size() && far_ == nullptr) {
            near_.push(cell);
            ++count_;
        } else {
            store_elsewhere(index, cell);
        }
    }
    /// MEMOIZE: under the number of entries so far.
    void store_next(const Cell& cell) { store(count_, cell); }

private:
    [[nodiscard]] Cell* find_far(std::uint64_t index) noexcept {
        const auto found = far_->find(index);
        return found == far_->end() ? nullptr : &found->second;
    }
    void store_elsewhere(std::uint64_t index, const Cell& cell) {
        if (Cell* const old = find(index)) {
            *old = cell;
            return;
        }
        ++count_;
        // Gaps are filled only as far as what was stored already pays for them.
        if (index >= near_.size() && index <= 2 * count_ + 64) {
            while (near_.size() <= index)
                near_.push(Cell::make(Tag::absent));
        }
        if (index < near_.size()) {
            near_[index] = cell;
            return;
        }
        message_.charge(far_entry);
        if (far_ == nullptr) far_ = std::make_unique<std::unordered_map<std::uint64_t, Cell>>();
        far_->emplace(index, cell);
    }

    /// About what a map takes for one.
    static constexpr std::size_t far_entry = 64;

    Message& message_;
    SmallVector<Cell, 64> near_;
    std::unique_ptr<std::unordered_map<std::uint64_t, Cell>> far_;
    std::uint64_t count_ = 0;
};

}  // namespace parley::pickle

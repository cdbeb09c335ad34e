#include "key_interner.hpp"

#include "hash.hpp"

#include <parley/error.hpp>
#include <parley/value.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <utility>

namespace parley::pickle {
namespace {

constexpr std::uint64_t least_index = 16;

bool is_nested(const Cell& key) noexcept {
    return (key.tag() == Tag::tuple && key.size() != 0) || key.tag() == Tag::frozenset;
}

std::span<const Cell> parts_of(const Cell& key) noexcept {
    if (key.tag() == Tag::tuple) return {key.items(), key.size()};
    return {key.table()->entries, key.table()->size};
}

/// What == compares by its parts, a key by its identity, and what goes by several names.
std::uint64_t hash_value(const Cell& key) noexcept {
    switch (key.tag()) {
        case Tag::object:
        case Tag::persistent:
        case Tag::buffer:
        case Tag::global:
            return hash_word(static_cast<std::uint64_t>(key.tag()), hash_seed());
        default:
            return hash_simple(key);
    }
}

}  // namespace

KeyInterner::~KeyInterner() {
    std::free(by_hash_);
    if (by_hash_ != nullptr && charged_ != nullptr)
        charged_->refund((hash_mask_ + 1) * sizeof *by_hash_);
}

std::optional<std::uint32_t> KeyInterner::number(const Cell& key) {
    visits_.clear();
    numbers_.clear();
    Cell current = key;
    for (;;) {
        const std::uint32_t* const known =
            current.has_flags() ? by_address_.find(current.pointer) : nullptr;
        if (known != nullptr) {
            numbers_.push(*known);
        } else if (is_nested(current)) {
            visits_.push({current, 0});
        } else {
            const std::optional<std::uint32_t> leaf = intern_leaf(current);
            if (!leaf) return std::nullopt;
            numbers_.push(*leaf);
        }
        // Go up as long as a nested key is complete, then on to the next part.
        for (;;) {
            if (visits_.empty()) return numbers_.back();
            Visit& visit = visits_.back();
            const std::span<const Cell> parts = parts_of(visit.cell);
            if (visit.next < parts.size()) {
                current = parts[visit.next++];
                break;
            }
            const std::uint32_t finished = finish(visit);
            visits_.pop();
            numbers_.push(finished);
        }
    }
}

std::optional<std::uint32_t> KeyInterner::intern_leaf(const Cell& key) {
    if (classify_key(key) == KeyClass::unhashable) return std::nullopt;
    const std::uint64_t hash = by_value_ ? hash_value(key) : hash_simple(key);
    const std::uint32_t number = intern({hash, key, 0, 0, is_nan(key)});
    if (key.has_flags()) by_address_.insert(key.pointer, number);
    return number;
}

/// All parts have their numbers, the last ones of `numbers_`, which go.
std::uint32_t KeyInterner::finish(const Visit& visit) {
    const bool is_tuple = visit.cell.tag() == Tag::tuple;
    const std::uint64_t first = numbers_.size() - visit.next;
    if (visit.next > std::numeric_limits<std::uint32_t>::max()) throw std::bad_alloc();
    Entry entry{is_tuple ? hash_tuple_size(visit.next) : 1, visit.cell, parts_.size(),
                static_cast<std::uint32_t>(visit.next), false};
    for (std::uint64_t i = first; i < numbers_.size(); ++i) {
        const Entry& part = entries_[numbers_[i]];
        entry.unequal = entry.unequal || part.unequal;
        entry.hash = is_tuple ? combine_hashes(entry.hash, part.hash)
                              : entry.hash + hash_word(part.hash, hash_seed());
        parts_.push(numbers_[i]);
    }
    numbers_.truncate(first);
    if (!is_tuple) std::sort(parts_.begin() + entry.first_part, parts_.end());
    if (entry.unequal) entry.hash = hash_address(visit.cell);
    const std::uint32_t number = intern(entry);
    // An equal one was there before: its parts will do.
    if (number + 1 != entries_.size() || entries_[number].first_part != entry.first_part)
        parts_.truncate(entry.first_part);
    by_address_.insert(visit.cell.pointer, number);
    return number;
}

std::uint32_t KeyInterner::intern(const Entry& entry) {
    if (entries_.size() >= std::numeric_limits<std::uint32_t>::max() - 1) throw std::bad_alloc();
    const auto number = static_cast<std::uint32_t>(entries_.size());
    if (!entry.unequal) {
        if (2 * hash_count_ >= hash_mask_) grow_index();
        std::uint64_t at = entry.hash & hash_mask_;
        for (; by_hash_[at] != 0; at = (at + 1) & hash_mask_) {
            if (same(entries_[by_hash_[at] - 1], entry)) return by_hash_[at] - 1;
        }
        by_hash_[at] = number + 1;
        ++hash_count_;
    }
    entries_.push(entry);
    return number;
}

void KeyInterner::grow_index() {
    const std::uint64_t size = by_hash_ == nullptr ? least_index : 2 * (hash_mask_ + 1);
    const std::uint64_t more = (by_hash_ == nullptr ? size : size / 2) * sizeof *by_hash_;
    if (charged_ != nullptr) charged_->charge(more);
    std::free(std::exchange(by_hash_, nullptr));
    auto* const grown = static_cast<std::uint32_t*>(std::calloc(size, sizeof *by_hash_));
    if (grown == nullptr) throw std::bad_alloc();
    by_hash_ = grown;
    hash_mask_ = size - 1;
    for (std::uint32_t number = 0; number < entries_.size(); ++number) {
        if (entries_[number].unequal) continue;
        std::uint64_t at = entries_[number].hash & hash_mask_;
        while (by_hash_[at] != 0)
            at = (at + 1) & hash_mask_;
        by_hash_[at] = number + 1;
    }
}

bool KeyInterner::same(const Entry& left, const Entry& right) const {
    if (left.hash != right.hash) return false;
    const bool nested = is_nested(left.cell);
    if (nested != is_nested(right.cell)) return false;
    if (!nested) return equal_simple(left.cell, right.cell);
    return left.cell.tag() == right.cell.tag() && std::ranges::equal(parts(left), parts(right));
}

}  // namespace parley::pickle

namespace parley {

std::size_t hash(const Value& value) {
    pickle::KeyInterner interner(nullptr, true);
    const std::optional<std::uint32_t> number = interner.number(pickle::Access::cell(value));
    if (number) return interner.hash(*number);
    throw_failure({Errc::wrong_type, "unhashable type: " + std::string(kind_name(value.kind()))});
}

}  // namespace parley

// The tables behind dicts, sets and frozensets: entries in order, equal keys merged as Python
// merges them, and an index of the big ones.
#pragma once

#include "key_interner.hpp"

#include <parley/pickle/cell.hpp>
#include <parley/pickle/message.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace parley::pickle {

/// Adds entries to the tables of one message. Not thread-safe.
class TableWriter {
public:
    explicit TableWriter(Message& message) noexcept : message_(message) {}

    /// Room for so many entries, no entry yet.
    [[nodiscard]] TableNode* make(std::uint64_t capacity, unsigned stride);
    /// Adds keys and their values in turn; the first of equal keys stays, with the last value.
    /// False if a key cannot be hashed: the entries before it are in.
    [[nodiscard]] bool set_items(TableNode& dict, const Cell* cells, std::uint64_t count);
    /// Adds members; the first of equal ones stays.
    [[nodiscard]] bool add_items(TableNode& set, const Cell* cells, std::uint64_t count);

    /// Whether equal keys have met so far.
    [[nodiscard]] bool merged() const noexcept { return merged_; }

private:
    struct Key {
        std::uint64_t hash;
        bool simple;
        std::uint32_t number;
    };

    [[nodiscard]] bool insert(TableNode& table, const Cell* cells, std::uint64_t count,
                              unsigned stride);
    [[nodiscard]] bool insert_one(TableNode& table, const Cell* entry, unsigned stride);
    [[nodiscard]] bool same_keys_as_before(const Cell* cells, std::uint64_t count) const noexcept;
    void remember_keys(const Cell* cells, std::uint64_t count) noexcept;
    void reserve(TableNode& table, std::uint64_t size, unsigned stride);
    [[nodiscard]] bool equal(const Cell& left, const Cell& right, const Key& right_key);
    [[nodiscard]] std::optional<Key> describe(const Cell& key, bool with_hash);
    [[nodiscard]] std::optional<std::uint64_t> find(const TableNode& table, const Cell& key,
                                                    const Key& described, unsigned stride);
    void build_index(TableNode& table, unsigned stride);
    [[nodiscard]] KeyInterner& interner();

    Message& message_;
    std::unique_ptr<KeyInterner> interner_;
    const Cell* last_keys_ = nullptr;
    std::uint64_t last_count_ = 0;
    bool merged_ = false;
};

/// The position of a key among a table's entries. Thread-safe.
[[nodiscard]] std::optional<std::uint64_t> find_key(const TableNode& table, const Cell& key,
                                                    unsigned stride);

}  // namespace parley::pickle

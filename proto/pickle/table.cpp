#include "table.hpp"

#include "hash.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace parley::pickle {
namespace {

/// Up to so many entries the keys are compared one by one.
constexpr std::uint64_t small_table = 8;
/// Up to so many entries whose keys are known to be distinct need no index.
constexpr std::uint64_t row_limit = 32;
/// What the index can number.
constexpr std::uint64_t most_entries = 0xfffffffe;

constexpr std::uint32_t slot_hash(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32);
}

/// Short text and bytes equal no nested or long key, which need not be looked into then.
bool is_plain_text(const Cell& key) noexcept {
    return key.tag() == Tag::str || key.tag() == Tag::legacy_str || key.tag() == Tag::bytes;
}

/// NaNs equal nothing, so that they need not meet in one slot.
std::uint64_t index_hash(const Cell& key, std::uint64_t hash, std::uint64_t entry) noexcept {
    return is_nan(key) ? hash_word(entry, hash_seed()) : hash;
}

void put(KeyIndex& index, std::uint64_t hash, std::uint64_t entry) noexcept {
    std::uint64_t at = hash & index.mask;
    while (index.slots[at].entry != 0)
        at = (at + 1) & index.mask;
    index.slots[at] = {slot_hash(hash), static_cast<std::uint32_t>(entry + 1)};
}

bool index_is_full(const TableNode& table) noexcept {
    return table.index == nullptr || table.size * 3 >= (table.index->mask + 1) * 2;
}

template <typename Equal>
std::optional<std::uint64_t> probe(const TableNode& table, std::uint64_t hash, unsigned stride,
                                   const Equal& equal) {
    const KeyIndex& index = *table.index;
    for (std::uint64_t at = hash & index.mask; index.slots[at].entry != 0;
         at = (at + 1) & index.mask) {
        if (index.slots[at].hash != slot_hash(hash)) continue;
        const std::uint64_t entry = index.slots[at].entry - 1;
        if (equal(table.entries[entry * stride])) return entry;
    }
    return std::nullopt;
}

template <typename Equal>
std::optional<std::uint64_t> scan(const TableNode& table, unsigned stride, const Equal& equal) {
    for (std::uint64_t entry = 0; entry < table.size; ++entry) {
        if (equal(table.entries[entry * stride])) return entry;
    }
    return std::nullopt;
}

}  // namespace

TableNode* TableWriter::make(std::uint64_t capacity, unsigned stride) {
    auto* const table = message_.node<TableNode>();
    *table = {capacity == 0 ? nullptr : message_.array(capacity * stride), 0, capacity, nullptr};
    return table;
}

bool TableWriter::set_items(TableNode& dict, const Cell* cells, std::uint64_t count) {
    return insert(dict, cells, count, 2);
}

bool TableWriter::add_items(TableNode& set, const Cell* cells, std::uint64_t count) {
    return insert(set, cells, count, 1);
}

bool TableWriter::insert(TableNode& table, const Cell* cells, std::uint64_t count,
                         unsigned stride) {
    if (count == 0) return true;
    reserve(table, table.size + count, stride);
    const bool fresh = table.size == 0 && stride == 2 && count <= row_limit;
    if (fresh && same_keys_as_before(cells, count)) {
        std::memcpy(table.entries, cells, count * 2 * sizeof(Cell));
        table.size = count;
        return true;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!insert_one(table, cells + i * stride, stride)) return false;
    }
    if (fresh && table.size == count) remember_keys(table.entries, count);
    return true;
}

bool TableWriter::insert_one(TableNode& table, const Cell* entry, unsigned stride) {
    const bool indexed = table.size >= small_table;
    const std::optional<Key> key = describe(entry[0], indexed);
    if (!key) return false;
    if (indexed && index_is_full(table)) build_index(table, stride);
    if (const auto found = find(table, entry[0], *key, stride)) {
        merged_ = true;
        if (stride == 2) table.entries[*found * 2 + 1] = entry[1];
        return true;
    }
    std::copy_n(entry, stride, table.entries + table.size * stride);
    if (indexed) put(*table.index, index_hash(entry[0], key->hash, table.size), table.size);
    ++table.size;
    return true;
}

/// Rows of a table have the very same key strings again and again: what has been found to be
/// distinct once stays so.
bool TableWriter::same_keys_as_before(const Cell* cells, std::uint64_t count) const noexcept {
    if (count != last_count_) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Cell& key = cells[2 * i];
        if (key.tag() != Tag::str || key.pointer != last_keys_[2 * i].pointer) return false;
    }
    return true;
}

void TableWriter::remember_keys(const Cell* cells, std::uint64_t count) noexcept {
    last_keys_ = cells;
    last_count_ = count;
}

void TableWriter::reserve(TableNode& table, std::uint64_t size, unsigned stride) {
    if (size <= table.capacity) return;
    if (size > most_entries) throw std::bad_alloc();
    const std::uint64_t capacity = table.capacity == 0 && size < 1000
                                       ? size
                                       : std::max(size, table.capacity + table.capacity / 2);
    table.entries = table.entries == nullptr
                        ? message_.array(capacity * stride)
                        : message_.grow(table.entries, table.size * stride, table.capacity * stride,
                                        capacity * stride);
    table.capacity = capacity;
}

std::optional<TableWriter::Key> TableWriter::describe(const Cell& key, bool with_hash) {
    const KeyClass key_class = classify_key(key);
    if (key_class == KeyClass::simple) return Key{with_hash ? hash_simple(key) : 0, true, 0};
    if (key_class == KeyClass::unhashable) return std::nullopt;
    const std::optional<std::uint32_t> number = interner().number(key);
    if (!number) return std::nullopt;
    return Key{interner().hash(*number), false, *number};
}

bool TableWriter::equal(const Cell& left, const Cell& right, const Key& right_key) {
    if (right_key.simple && classify_key(left) == KeyClass::simple)
        return equal_simple(left, right);
    if (right_key.simple && is_plain_text(right)) return false;
    const std::uint32_t number = right_key.simple ? *interner().number(right) : right_key.number;
    return interner().number(left) == number;
}

std::optional<std::uint64_t> TableWriter::find(const TableNode& table, const Cell& key,
                                               const Key& described, unsigned stride) {
    const auto equal_to_key = [&](const Cell& other) { return equal(other, key, described); };
    if (table.index == nullptr) return scan(table, stride, equal_to_key);
    return probe(table, described.hash, stride, equal_to_key);
}

void TableWriter::build_index(TableNode& table, unsigned stride) {
    std::uint64_t slots = 4 * small_table;
    while (slots * 2 < table.capacity * 3)
        slots *= 2;
    const std::size_t size = sizeof(KeyIndex) + (slots - 1) * sizeof(KeyIndex::Slot);
    auto* const index = static_cast<KeyIndex*>(message_.allocate(size));
    std::memset(index->slots, 0, slots * sizeof(KeyIndex::Slot));
    index->mask = slots - 1;
    for (std::uint64_t entry = 0; entry < table.size; ++entry) {
        const Cell& key = table.entries[entry * stride];
        put(*index, index_hash(key, describe(key, true)->hash, entry), entry);
    }
    table.index = index;
}

KeyInterner& TableWriter::interner() {
    if (!interner_) interner_ = std::make_unique<KeyInterner>(&message_);
    return *interner_;
}

std::optional<std::uint64_t> find_key(const TableNode& table, const Cell& key, unsigned stride) {
    KeyInterner interner;
    const KeyClass key_class = classify_key(key);
    if (key_class == KeyClass::unhashable) return std::nullopt;
    const bool simple = key_class == KeyClass::simple;
    const std::optional<std::uint32_t> number = simple ? std::nullopt : interner.number(key);
    if (!simple && !number) return std::nullopt;
    const auto equal = [&](const Cell& other) {
        if (simple && classify_key(other) == KeyClass::simple) return equal_simple(other, key);
        if (simple && is_plain_text(key)) return false;
        return interner.number(other) == interner.number(key);
    };
    if (table.index == nullptr) return scan(table, stride, equal);
    return probe(table, simple ? hash_simple(key) : interner.hash(*number), stride, equal);
}

}  // namespace parley::pickle

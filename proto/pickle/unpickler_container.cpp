// The opcodes that make and fill lists, tuples, dicts and sets.

#include "unpickler.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace parley::pickle {
namespace {

/// Lists and dicts that come in several batches go on to grow.
constexpr std::uint64_t batch_size = 1000;

}  // namespace

void Unpickler::empty_list() {
    auto* const node = message_.node<ListNode>();
    *node = {nullptr, 0, 0};
    push(Cell::make_pointer(Tag::list, node));
}

void Unpickler::empty_table(Tag tag) {
    push(Cell::make_pointer(tag, tables_.make(0, 1)));
}

Cell Unpickler::make_tuple(const Cell* cells, std::uint64_t count) {
    if (count == 0) return Cell::make_pointer(Tag::tuple, nullptr);
    auto* const items = static_cast<Cell*>(message_.allocate_with_header(count * sizeof(Cell)));
    std::memcpy(items, cells, count * sizeof(Cell));
    return Cell::make_pointer(Tag::tuple, items, count);
}

bool Unpickler::tuple(std::size_t first) {
    const Cell made = make_tuple(stack_.begin() + first, stack_.size() - first);
    stack_.truncate(first);
    push(made);
    return true;
}

bool Unpickler::small_tuple(std::size_t size) {
    return need(size) && tuple(stack_.size() - size);
}

bool Unpickler::list() {
    std::size_t mark = 0;
    if (!take_mark(mark)) return false;
    auto* const node = message_.node<ListNode>();
    *node = {nullptr, 0, 0};
    const Cell cell = Cell::make_pointer(Tag::list, node);
    if (stack_.size() != mark) append_to_list(cell, mark);
    push(cell);
    return true;
}

bool Unpickler::dict() {
    std::size_t mark = 0;
    if (!take_mark(mark)) return false;
    const std::size_t count = stack_.size() - mark;
    if (count % 2 != 0) return fail(Errc::pickle_bad_operand, "a key without its value");
    TableNode* const table = tables_.make(count / 2, 2);
    if (!tables_.set_items(*table, stack_.begin() + mark, count / 2)) return unhashable();
    stack_.truncate(mark);
    push(Cell::make_pointer(Tag::dict, table));
    return true;
}

bool Unpickler::frozenset() {
    std::size_t mark = 0;
    if (!take_mark(mark)) return false;
    const std::size_t count = stack_.size() - mark;
    TableNode* const table = tables_.make(count, 1);
    if (!tables_.add_items(*table, stack_.begin() + mark, count)) return unhashable();
    stack_.truncate(mark);
    push(Cell::make_pointer(Tag::frozenset, table));
    return true;
}

bool Unpickler::append(std::size_t first, Change::Kind kind) {
    if (first <= fence()) return need(stack_.size() - fence() + 1);
    if (stack_.size() == first) return true;
    const Cell container = stack_[first - 1];
    if (container.tag() != Tag::list || container.foreign()) return change(first - 1, kind, first);
    append_to_list(container, first);
    return true;
}

void Unpickler::append_to_list(const Cell& list, std::size_t first) {
    ListNode& node = *list.list();
    const std::uint64_t count = stack_.size() - first;
    const std::uint64_t size = node.size + count;
    if (size > node.capacity) {
        const bool grows = node.capacity != 0 || count == batch_size;
        const std::uint64_t capacity =
            grows ? std::max(size, node.capacity + node.capacity / 2) : size;
        node.items = node.capacity == 0
                         ? message_.array(capacity)
                         : message_.grow(node.items, node.size, node.capacity, capacity);
        node.capacity = capacity;
    }
    if (count != 0) {
        std::memcpy(node.items + node.size, stack_.begin() + first, count * sizeof(Cell));
    }
    note_change(list, node.size, size);
    node.size = size;
    stack_.truncate(first);
}

/// list[position] = item: no pickler writes it, but Python does it when told to.
bool Unpickler::replace_items(const Cell& list, std::size_t first) {
    ListNode& node = *list.list();
    for (std::size_t i = first; i < stack_.size(); i += 2) {
        const Cell& key = stack_[i];
        const bool is_position = key.tag() == Tag::integer || key.tag() == Tag::boolean;
        if (!is_position) return fail_operand("a position in the list", key);
        const std::int64_t size = static_cast<std::int64_t>(node.size);
        const std::int64_t position = key.integer < 0 ? key.integer + size : key.integer;
        if (position < 0 || position >= size) {
            return fail(Errc::pickle_bad_operand,
                        "position " + std::to_string(key.integer) + " of " + std::to_string(size));
        }
        node.items[position] = stack_[i + 1];
    }
    disorder();
    stack_.truncate(first);
    return true;
}

bool Unpickler::set_items(std::size_t first) {
    if (first <= fence()) return need(stack_.size() - fence() + 1);
    const std::size_t count = stack_.size() - first;
    if (count == 0) return true;
    if (count % 2 != 0) return fail(Errc::pickle_bad_operand, "a key without its value");
    const Cell container = stack_[first - 1];
    if (container.tag() == Tag::list && !container.foreign())
        return replace_items(container, first);
    if (container.tag() != Tag::dict || container.foreign()) {
        return change(first - 1, Change::Kind::set_items, first);
    }
    note_dict_change(container, first);
    if (!tables_.set_items(*container.table(), stack_.begin() + first, count / 2)) {
        return unhashable();
    }
    stack_.truncate(first);
    return true;
}

bool Unpickler::add_items(std::size_t first) {
    if (first <= fence()) return need(stack_.size() - fence() + 1);
    const std::size_t count = stack_.size() - first;
    if (count == 0) return true;
    const Cell container = stack_[first - 1];
    if (container.tag() != Tag::set || container.foreign()) {
        return change(first - 1, Change::Kind::add_items, first);
    }
    TableNode& table = *container.table();
    const std::uint64_t size = table.size;
    if (!tables_.add_items(table, stack_.begin() + first, count)) return unhashable();
    note_change(container, size, table.size);
    stack_.truncate(first);
    return true;
}

/// A container that something may have seen before it was full: the writer needs to know what it
/// held then.
void Unpickler::note_change(const Cell& container, std::uint64_t begin, std::uint64_t end) {
    if ((container.flags() & shared) == 0) return;
    if (container.fetched()) disorder();
    container.flags() |= late;
    add_late_change({container, begin, end, nullptr, 0, nullptr, 0, nullptr});
}

/// Comes before the change: values may be about to be replaced.
void Unpickler::note_dict_change(const Cell& dict, std::size_t first) {
    if ((dict.flags() & shared) == 0) return;
    if (dict.fetched()) disorder();
    const TableNode& table = *dict.table();
    const std::uint64_t count = stack_.size() - first;
    const Cell* const initial =
        (dict.flags() & late) != 0 ? nullptr : copy_cells(table.entries, 2 * table.size);
    dict.flags() |= late;
    add_late_change({dict, table.size, table.size, copy_cells(stack_.begin() + first, count),
                     count / 2, initial, 0, nullptr});
}

void Unpickler::add_late_change(LateChange change) {
    change.time = message_.stamp();
    change.previous = message_.last_late;
    auto* const node = static_cast<LateChange*>(message_.allocate(sizeof(LateChange)));
    *node = change;
    message_.last_late = node;
}

const Cell* Unpickler::copy_cells(const Cell* cells, std::uint64_t count) {
    Cell* const copy = message_.array(count);
    if (count != 0) std::memcpy(copy, cells, count * sizeof(Cell));
    return copy;
}

bool Unpickler::unhashable() {
    return fail(Errc::pickle_unhashable_key, "a key or member that Python cannot hash");
}

}  // namespace parley::pickle

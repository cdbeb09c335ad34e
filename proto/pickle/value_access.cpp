#include "table.hpp"

#include <parley/object.hpp>
#include <parley/value.hpp>

#include <string>

namespace parley {

using pickle::Access;
using pickle::Cell;
using pickle::Tag;

namespace {

std::span<const Cell> list_cells(const Cell& cell) noexcept {
    return {cell.list()->items, cell.list()->size};
}

std::span<const Cell> table_cells(const Cell& cell, unsigned stride) noexcept {
    return {cell.table()->entries, cell.table()->size * stride};
}

std::optional<std::span<const Cell>> sequence_cells(const Cell& cell) noexcept {
    if (cell.tag() == Tag::list) return list_cells(cell);
    if (cell.tag() == Tag::tuple) return std::span<const Cell>(cell.items(), cell.size());
    return std::nullopt;
}

std::string position_text(std::int64_t position, std::size_t size) {
    return "position " + std::to_string(position) + " of " + std::to_string(size);
}

}  // namespace

Elements::Elements(std::span<const Cell> cells, std::size_t stride, pickle::Message* message,
                   std::size_t offset)
    : cells_(cells), stride_(stride), offset_(offset) {
    if (message != nullptr) message->retain();
    owner_ = Access::adopt({}, message);
}

Entries::Entries(std::span<const Cell> cells, pickle::Message* message) : cells_(cells) {
    if (message != nullptr) message->retain();
    owner_ = Access::adopt({}, message);
}

Elements Value::as_list() const {
    return {list_cells(expect(Tag::list)), 1, message_};
}

Elements Value::as_tuple() const {
    if (!is_tuple()) throw_wrong_type(Tag::tuple);
    return {{cell_.items(), cell_.size()}, 1, message_};
}

Elements Value::as_set() const {
    return {table_cells(expect(Tag::set), 1), 1, message_};
}

Elements Value::as_frozenset() const {
    return {table_cells(expect(Tag::frozenset), 1), 1, message_};
}

Entries Value::as_dict() const {
    return {table_cells(expect(Tag::dict), 2), message_};
}

Object Value::as_object() const {
    if (!is_object()) throw_wrong_type(Tag::object);
    return Object(*this);
}

std::optional<Elements> Value::if_list() const noexcept {
    return is_list() ? std::optional(as_list()) : std::nullopt;
}

std::optional<Elements> Value::if_tuple() const noexcept {
    return is_tuple() ? std::optional(as_tuple()) : std::nullopt;
}

std::optional<Elements> Value::if_set() const noexcept {
    return is_set() ? std::optional(as_set()) : std::nullopt;
}

std::optional<Elements> Value::if_frozenset() const noexcept {
    return is_frozenset() ? std::optional(as_frozenset()) : std::nullopt;
}

std::optional<Entries> Value::if_dict() const noexcept {
    return is_dict() ? std::optional(as_dict()) : std::nullopt;
}

std::optional<Object> Value::if_object() const noexcept {
    return is_object() ? std::optional(as_object()) : std::nullopt;
}

Elements Value::elements() const {
    switch (cell_.tag()) {
        case Tag::list:
            return as_list();
        case Tag::tuple:
            return as_tuple();
        case Tag::set:
            return as_set();
        case Tag::frozenset:
            return as_frozenset();
        case Tag::dict:
            return {table_cells(cell_, 2), 2, message_};
        default:
            throw_wrong_type("list, tuple, set, frozenset or dict");
    }
}

Elements Value::keys() const {
    return {table_cells(expect(Tag::dict), 2), 2, message_};
}

Elements Value::values() const {
    return {table_cells(expect(Tag::dict), 2), 2, message_, 1};
}

Entries Value::items() const {
    return as_dict();
}

std::size_t Value::size() const {
    switch (cell_.tag()) {
        case Tag::list:
            return cell_.list()->size;
        case Tag::dict:
        case Tag::set:
        case Tag::frozenset:
            return cell_.table()->size;
        case Tag::buffer:
            return cell_.buffer()->size;
        case Tag::tuple:
        case Tag::str:
        case Tag::legacy_str:
        case Tag::bytes:
        case Tag::bytes_node:
        case Tag::bytearray:
            return cell_.size();
        default:
            throw_wrong_type("a value with a size");
    }
}

Value Value::at_position(std::int64_t position) const {
    if (is_dict()) return at(Value(position));
    const auto size = static_cast<std::int64_t>(this->size());
    const std::int64_t index = position < 0 ? position + size : position;
    const std::optional<std::span<const Cell>> cells = sequence_cells(cell_);
    const bool has_bytes = is_bytes() || is_bytearray();
    if (!cells && !has_bytes) throw_wrong_type("list, tuple, dict, bytes or bytearray");
    if (index < 0 || index >= size) {
        throw_failure({Errc::out_of_range, position_text(position, this->size())});
    }
    const auto offset = static_cast<std::size_t>(index);
    if (has_bytes) return std::to_integer<int>(cell_.byte_span()[offset]);
    return Access::make((*cells)[offset], message_);
}

Value Value::at(const Value& key) const {
    if (is_dict()) {
        if (std::optional<Value> found = find(key)) return std::move(*found);
        throw_failure({Errc::missing_key, "no " + std::string(kind_name(key.kind())) + " like it"});
    }
    return at_position(key.is_bool() ? static_cast<std::int64_t>(key.as_bool()) : key.as_int());
}

Value Value::at_text(std::string_view key) const {
    if (std::optional<Value> found = find(key)) return std::move(*found);
    throw_failure({Errc::missing_key, "'" + std::string(key) + "'"});
}

std::optional<Value> Value::find(const Value& key) const {
    const std::span<const Cell> cells = table_cells(expect(Tag::dict), 2);
    const std::optional<std::uint64_t> entry = find_key(*cell_.table(), key.cell_, 2);
    if (!entry) return std::nullopt;
    return Access::make(cells[*entry * 2 + 1], message_);
}

std::optional<Value> Value::find(std::string_view key) const {
    const std::span<const Cell> cells = table_cells(expect(Tag::dict), 2);
    const Cell cell = Cell::make_pointer(Tag::str, key.data(), key.size());
    const std::optional<std::uint64_t> entry = find_key(*cell_.table(), cell, 2);
    if (!entry) return std::nullopt;
    return Access::make(cells[*entry * 2 + 1], message_);
}

bool Value::contains(const Value& item) const {
    switch (cell_.tag()) {
        case Tag::dict:
            return find_key(*cell_.table(), item.cell_, 2).has_value();
        case Tag::set:
        case Tag::frozenset:
            return find_key(*cell_.table(), item.cell_, 1).has_value();
        case Tag::list:
        case Tag::tuple:
            break;
        default:
            throw_wrong_type("list, tuple, set, frozenset or dict");
    }
    for (const Value& other : elements()) {
        if (other.is(item) || other == item) return true;
    }
    return false;
}

bool Value::is(const Value& other) const noexcept {
    return cell_.tag() == other.cell_.tag() && cell_.integer == other.cell_.integer;
}

}  // namespace parley

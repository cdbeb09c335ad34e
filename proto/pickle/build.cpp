#include "container.hpp"
#include "number.hpp"
#include "table.hpp"
#include "unicode.hpp"

#include <parley/value.hpp>

#include <array>
#include <cstring>
#include <limits>
#include <string>

namespace parley {

using pickle::Access;
using pickle::Cell;
using pickle::Container;
using pickle::Message;
using pickle::Tag;

namespace {

constexpr std::size_t header = sizeof(pickle::NodeHeader);

[[noreturn]] void throw_unhashable(const Value& key) {
    throw_failure({Errc::wrong_type, "unhashable type: " + std::string(kind_name(key.kind()))});
}

Value make_table(Tag tag, std::span<const Value> members) {
    Container container(header + sizeof(pickle::TableNode) + members.size() * sizeof(Cell));
    pickle::TableWriter writer(container.message());
    pickle::TableNode* const table = writer.make(members.size(), 1);
    for (const Value& member : members) {
        const Cell cell = container.take(member);
        if (!writer.add_items(*table, &cell, 1)) throw_unhashable(member);
    }
    return container.finish(Cell::make_pointer(tag, table));
}

Value make_text(Tag tag, std::span<const std::byte> data) {
    Container container(header + data.size());
    return container.finish(Cell::make_pointer(tag, container.message().copy(data), data.size()));
}

Value make_bytes_node(Tag tag, const std::byte* data, std::size_t size, Container& container) {
    auto* const node = container.message().node<pickle::BytesNode>();
    node->data = data;
    container.message().has_calls = tag == Tag::bytearray;
    return container.finish(Cell::make_pointer(tag, node, size));
}

Value adopt_bytes(Tag tag, Buffer&& data) {
    Container container(4 * header + sizeof(pickle::BytesNode) + sizeof(Buffer));
    const Buffer& kept = container.message().keep(std::move(data));
    return make_bytes_node(tag, kept.data(), kept.size(), container);
}

bool is_name(std::string_view name) noexcept {
    return !name.empty() && name.find('\n') == std::string_view::npos && pickle::is_utf8(name);
}

}  // namespace

Value list(std::span<const Value> items) {
    Container container(header + sizeof(pickle::ListNode) + items.size() * sizeof(Cell));
    auto* const node = container.message().node<pickle::ListNode>();
    *node = {container.message().array(items.size()), 0, items.size()};
    for (const Value& item : items)
        node->items[node->size++] = container.take(item);
    return container.finish(Cell::make_pointer(Tag::list, node));
}

Value tuple(std::span<const Value> items) {
    if (items.empty()) return tuple();
    Container container(header + items.size() * sizeof(Cell));
    auto* const cells =
        static_cast<Cell*>(container.message().allocate_with_header(items.size() * sizeof(Cell)));
    for (std::size_t i = 0; i < items.size(); ++i)
        cells[i] = container.take(items[i]);
    return container.finish(Cell::make_pointer(Tag::tuple, cells, items.size()));
}

Value set(std::span<const Value> members) {
    return make_table(Tag::set, members);
}

Value frozenset(std::span<const Value> members) {
    return make_table(Tag::frozenset, members);
}

Value dict(std::span<const Entry> entries) {
    Container container(header + sizeof(pickle::TableNode) + 2 * entries.size() * sizeof(Cell));
    pickle::TableWriter writer(container.message());
    pickle::TableNode* const table = writer.make(entries.size(), 2);
    for (const Entry& entry : entries) {
        const std::array<Cell, 2> cells = {container.take(entry.key), container.take(entry.value)};
        if (!writer.set_items(*table, cells.data(), 1)) throw_unhashable(entry.key);
    }
    return container.finish(Cell::make_pointer(Tag::dict, table));
}

Value dict(std::initializer_list<Entry> entries) {
    return dict(std::span(entries.begin(), entries.size()));
}

Value list() {
    return list(std::span<const Value>());
}

Value tuple() {
    return Access::adopt(Cell::make_pointer(Tag::tuple, nullptr), nullptr);
}

Value set() {
    return set(std::span<const Value>());
}

Value frozenset() {
    return frozenset(std::span<const Value>());
}

Value dict() {
    return dict(std::span<const Entry>());
}

Value bytes(std::span<const std::byte> data) {
    return make_text(Tag::bytes, data);
}

Value bytes(std::string_view data) {
    return bytes(std::as_bytes(std::span(data)));
}

Value bytes(Buffer&& data) {
    return adopt_bytes(Tag::bytes_node, std::move(data));
}

Value bytearray(std::span<const std::byte> data) {
    Container container(2 * header + sizeof(pickle::BytesNode) + data.size());
    const std::byte* const copy = container.message().copy(data);
    return make_bytes_node(Tag::bytearray, copy, data.size(), container);
}

Value bytearray(std::string_view data) {
    return bytearray(std::as_bytes(std::span(data)));
}

Value bytearray(Buffer&& data) {
    return adopt_bytes(Tag::bytearray, std::move(data));
}

Value legacy_str(std::string_view data) {
    return make_text(Tag::legacy_str, std::as_bytes(std::span(data)));
}

Value integer(std::span<const std::byte> twos_complement) {
    const std::span<const std::byte> bytes = pickle::minimal_integer(twos_complement);
    if (bytes.size() <= 8) return pickle::small_integer(bytes);
    return make_text(Tag::big_integer, bytes);
}

Value ellipsis() noexcept {
    return Access::adopt(Cell::make(Tag::ellipsis), nullptr);
}

Value not_implemented() noexcept {
    return Access::adopt(Cell::make(Tag::not_implemented), nullptr);
}

Value global(std::string_view module, std::string_view qualname) {
    if (!is_name(module) || !is_name(qualname)) {
        throw_failure({Errc::invalid_argument, "not a name that a pickle can hold"});
    }
    Container container(3 * header + sizeof(pickle::GlobalNode) + module.size() + qualname.size());
    Message& message = container.message();
    auto* const node = message.node<pickle::GlobalNode>();
    const auto text = [&message](std::string_view name) {
        return Cell::make_pointer(Tag::str, message.copy(std::as_bytes(std::span(name))),
                                  name.size());
    };
    *node = {text(module), text(qualname), false, pickle::WellKnown::none};
    return container.finish(Cell::make_pointer(Tag::global, node));
}

Value persistent_id(const Value& id) {
    Container container(header + sizeof(pickle::PersistentNode));
    auto* const node = container.message().node<pickle::PersistentNode>();
    node->id = container.take(id);
    return container.finish(Cell::make_pointer(Tag::persistent, node));
}

Value extension(std::int32_t code) {
    if (code <= 0) throw_failure({Errc::invalid_argument, "an extension code is positive"});
    return Access::adopt(Cell::make(Tag::extension, code), nullptr);
}

Value buffer(Buffer&& data, bool readonly) {
    Container container(4 * header + sizeof(pickle::BufferNode) + sizeof(Buffer));
    const Buffer& kept = container.message().keep(std::move(data));
    auto* const node = container.message().node<pickle::BufferNode>();
    *node = {kept.data(), kept.size(), 0, readonly};
    return container.finish(Cell::make_pointer(Tag::buffer, node));
}

}  // namespace parley

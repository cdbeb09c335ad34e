// The opcodes that name classes and functions and make instances of them: all kept, none called.

#include "quote.hpp"
#include "unicode.hpp"
#include "unpickler.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

namespace parley::pickle {
namespace {

/// Only the shortest texts are one object to Python wherever they come from.
constexpr std::uint64_t shared_text = 16;

bool can_be_called(const Cell& cell) noexcept {
    return cell.tag() == Tag::global || cell.tag() == Tag::object || cell.tag() == Tag::extension ||
           cell.tag() == Tag::persistent || cell.foreign();
}

bool can_be_args(const Cell& cell) noexcept {
    return cell.tag() == Tag::tuple || cell.tag() == Tag::object || cell.tag() == Tag::persistent;
}

WellKnown well_known(std::string_view module, std::string_view name) noexcept {
    if (module == "_codecs") return name == "encode" ? WellKnown::encode : WellKnown::none;
    if (module != "builtins" && module != "__builtin__") return WellKnown::none;
    if (name == "set") return WellKnown::set;
    if (name == "frozenset") return WellKnown::frozenset;
    if (name == "bytearray") return WellKnown::bytearray;
    if (name == "bytes") return WellKnown::bytes;
    if (name == "complex") return WellKnown::complex;
    return WellKnown::none;
}

std::optional<Tag> singleton(std::string_view module, std::string_view name) noexcept {
    if (module != "builtins" && module != "__builtin__") return std::nullopt;
    if (name == "Ellipsis") return Tag::ellipsis;
    if (name == "NotImplemented") return Tag::not_implemented;
    return std::nullopt;
}

bool is_latin1_name(const Cell& cell) noexcept {
    if (cell.tag() != Tag::str && cell.tag() != Tag::legacy_str) return false;
    return cell.text_view() == "latin1" || cell.text_view() == "latin-1";
}

}  // namespace

bool Unpickler::take_name_line(Cell& name, bool ascii) {
    std::string_view line;
    if (!take_line(line)) return false;
    const bool valid =
        ascii ? std::ranges::all_of(line, [](char c) { return c >= 0; }) : is_utf8(line);
    if (!valid) {
        return fail(ascii ? Errc::pickle_bad_text : Errc::pickle_bad_utf8, "came " + quote(line));
    }
    name = Cell::make_pointer(Tag::str, line.data(), line.size());
    name.flags() = 0;
    return true;
}

bool Unpickler::global_lines() {
    Cell module{};
    Cell name{};
    if (!take_name_line(module, false) || !take_name_line(name, false)) return false;
    if (module.size() == 0 || name.size() == 0) return fail(Errc::pickle_bad_text, "an empty name");
    push_global(module, name);
    return true;
}

bool Unpickler::stack_global() {
    if (!need(2)) return false;
    const Cell name = stack_.back();
    stack_.pop();
    const Cell module = stack_.back();
    if (module.tag() != Tag::str) return fail_operand("a module's name", module);
    if (name.tag() != Tag::str) return fail_operand("a name", name);
    if (module.size() == 0 || name.size() == 0)
        return fail(Errc::pickle_bad_operand, "an empty name");
    stack_.pop();
    push_global(module, name);
    return true;
}

void Unpickler::push_global(const Cell& module, const Cell& name) {
    if (const std::optional<Tag> value = singleton(module.text_view(), name.text_view())) {
        message_.has_calls = true;
        push(Cell::make(*value));
        return;
    }
    auto* const node = message_.node<GlobalNode>();
    *node = {module, name, protocol_ < 3, well_known(module.text_view(), name.text_view())};
    push(Cell::make_pointer(Tag::global, node));
}

bool Unpickler::extension(std::int64_t code) {
    if (code <= 0) return fail(Errc::pickle_bad_operand, "the code is " + std::to_string(code));
    push(Cell::make(Tag::extension, code));
    return true;
}

bool Unpickler::persistent(const Cell& id) {
    auto* const node = message_.node<PersistentNode>();
    node->id = id;
    const Cell cell = Cell::make_pointer(Tag::persistent, node);
    if (!options_.persistent_load) {
        push(cell);
        return true;
    }
    Result<Value> meaning = options_.persistent_load(Access::make(id, &message_));
    if (meaning.has_error()) {
        failure_ = std::move(meaning).error();
        return false;
    }
    Cell given = Access::cell(*meaning);
    disorder();
    if (given.is_pointer() && Access::message(*meaning) != nullptr) {
        message_.keep(Access::message(*meaning));
        message_.has_shared = true;
        std::atomic_ref(given.flags()).fetch_or(reused, std::memory_order_relaxed);
    }
    given.head |= Cell::foreign_bit;
    push(given);
    return true;
}

Cell Unpickler::make_object(Form form, const Cell& callable, const Cell& args, const Cell* kwargs) {
    const std::size_t size = kwargs != nullptr ? sizeof(ObjectNode) : offsetof(ObjectNode, kwargs);
    auto* const node = static_cast<ObjectNode*>(message_.allocate_with_header(size));
    node->form = form;
    node->has_kwargs = kwargs != nullptr;
    node->change_count = 0;
    node->change_capacity = 0;
    node->time = message_.stamp();
    node->changes = nullptr;
    node->previous = message_.last_object;
    node->callable = callable;
    node->args = args;
    if (kwargs != nullptr) node->kwargs = *kwargs;
    message_.last_object = node;
    ++message_.object_count;
    return Cell::make_pointer(Tag::object, node);
}

bool Unpickler::reduce() {
    if (!need(2)) return false;
    const Cell args = stack_.back();
    const Cell callable = stack_[stack_.size() - 2];
    if (!can_be_called(callable)) return fail_operand("something to call", callable);
    if (!can_be_args(args)) return fail_operand("a tuple of arguments", args);
    const std::optional<Cell> natural = recognise(callable, args);
    if (unhashable_) return unhashable();
    stack_.pop();
    stack_.back() = natural ? *natural : make_object(Form::call, callable, args, nullptr);
    return true;
}

bool Unpickler::new_object(bool with_keywords) {
    if (!need(with_keywords ? 3 : 2)) return false;
    const std::size_t first = stack_.size() - (with_keywords ? 3 : 2);
    const Cell callable = stack_[first];
    const Cell args = stack_[first + 1];
    if (!can_be_called(callable)) return fail_operand("a class", callable);
    if (!can_be_args(args)) return fail_operand("a tuple of arguments", args);
    const Cell kwargs = with_keywords ? stack_[first + 2] : Cell::make(Tag::absent);
    if (with_keywords && kwargs.tag() != Tag::dict && kwargs.tag() != Tag::object) {
        return fail_operand("a dict of keyword arguments", kwargs);
    }
    stack_.truncate(first);
    push(make_object(Form::new_, callable, args, with_keywords ? &kwargs : nullptr));
    return true;
}

bool Unpickler::inst() {
    std::size_t mark = 0;
    Cell module{};
    Cell name{};
    if (!take_mark(mark)) return false;
    if (!take_name_line(module, true) || !take_name_line(name, true)) return false;
    if (module.size() == 0 || name.size() == 0) return fail(Errc::pickle_bad_text, "an empty name");
    const Cell args = make_tuple(stack_.begin() + mark, stack_.size() - mark);
    stack_.truncate(mark);
    push_global(module, name);
    const Cell callable = stack_.back();
    if (!can_be_called(callable)) return fail_operand("a class", callable);
    stack_.back() = make_object(Form::instance, callable, args, nullptr);
    return true;
}

bool Unpickler::obj() {
    std::size_t mark = 0;
    if (!take_mark(mark)) return false;
    if (stack_.size() == mark) {
        return fail(Errc::pickle_stack_underflow, "expected a class, came nothing");
    }
    const Cell callable = stack_[mark];
    if (!can_be_called(callable)) return fail_operand("a class", callable);
    const Cell args = make_tuple(stack_.begin() + mark + 1, stack_.size() - mark - 1);
    stack_.truncate(mark);
    push(make_object(Form::instance, callable, args, nullptr));
    return true;
}

bool Unpickler::build() {
    if (!need(2)) return false;
    const std::size_t position = stack_.size() - 2;
    const Cell& object = stack_[position];
    const bool is_builtin = !can_be_called(object) && object.tag() != Tag::buffer;
    if (!is_builtin && !object.foreign()) {
        return change(position, Change::Kind::state, position + 1);
    }
    // CPython finds neither __setstate__ nor __dict__ then, and needs neither for None.
    if (stack_.back().tag() != Tag::none) {
        return fail(Errc::pickle_bad_state, "a " + std::string(cell_kind_name(object)) +
                                                " takes no state, came " +
                                                std::string(cell_kind_name(stack_.back())));
    }
    stack_.pop();
    return true;
}

/// Changes what stands at the position by what stands from `first` on.
bool Unpickler::change(std::size_t position, Change::Kind kind, std::size_t first) {
    Cell target = stack_[position];
    if (target.foreign()) return fail_operand("a value of the pickle's own", target);
    if (target.tag() == Tag::object) {
        if (target.fetched()) disorder();
    } else if (can_be_called(target) || target.tag() == Tag::buffer) {
        // Whatever it stands for is changed where Python keeps it; here that is an event of its
        // own.
        disorder();
        target = make_object(Form::reference, target, make_tuple(nullptr, 0), nullptr);
    } else {
        return fail_operand(kind == Change::Kind::set_items   ? "a dict"
                            : kind == Change::Kind::add_items ? "a set"
                                                              : "a list",
                            target);
    }
    add_change(*target.object(), kind, stack_.begin() + first, stack_.size() - first);
    stack_.truncate(first);
    return true;
}

void Unpickler::add_change(ObjectNode& object, Change::Kind kind, const Cell* cells,
                           std::uint64_t count) {
    if (object.change_count == object.change_capacity) {
        // In the room of so many cells, which the message can let grow where they are.
        static_assert(sizeof(Change) == 2 * sizeof(Cell) && alignof(Change) <= alignof(Cell));
        const std::uint32_t old = object.change_capacity;
        const std::uint32_t capacity = old == 0 ? 1 : old + old / 2 + 1;
        Cell* const room =
            old == 0 ? message_.array(2 * std::size_t{capacity})
                     : message_.grow(reinterpret_cast<Cell*>(object.changes), 2 * std::size_t{old},
                                     2 * std::size_t{old}, 2 * std::size_t{capacity});
        object.changes = reinterpret_cast<Change*>(room);
        object.change_capacity = capacity;
    }
    Cell* const copy = message_.array(count);
    std::memcpy(copy, cells, count * sizeof(Cell));
    object.changes[object.change_count++] = {kind, count, copy, message_.stamp()};
}

std::optional<Cell> Unpickler::recognise(const Cell& callable, const Cell& args) {
    if (callable.tag() != Tag::global || args.tag() != Tag::tuple) return std::nullopt;
    // No pickler gives the same arguments to two calls, and to copy them for each would be dear.
    if (args.fetched() && args.size() != 0) return std::nullopt;
    switch (callable.global()->well_known) {
        case WellKnown::none:
            return std::nullopt;
        case WellKnown::set:
            return recognise_table(Tag::set, args);
        case WellKnown::frozenset:
            return recognise_table(Tag::frozenset, args);
        case WellKnown::encode:
            return recognise_encoded(args);
        case WellKnown::bytes:
            if (args.size() != 0) return std::nullopt;
            return Cell::make_pointer(Tag::bytes, message_.bytes(0));
        case WellKnown::bytearray:
            return recognise_bytearray(args);
        case WellKnown::complex:
            break;
    }
    if (args.size() != 2 || args.items()[0].tag() != Tag::real ||
        args.items()[1].tag() != Tag::real) {
        return std::nullopt;
    }
    auto* const node = message_.node<ComplexNode>();
    *node = {args.items()[0].real, args.items()[1].real};
    message_.has_calls = true;
    return Cell::make_pointer(Tag::complex, node);
}

/// set([...]), of a list that nothing else has.
std::optional<Cell> Unpickler::recognise_table(Tag tag, const Cell& args) {
    if (args.size() != 1 || args.items()[0].tag() != Tag::list) return std::nullopt;
    const Cell& members = args.items()[0];
    if ((members.flags() & shared) != 0 || members.foreign()) return std::nullopt;
    TableNode* const table = tables_.make(members.list()->size, 1);
    if (!tables_.add_items(*table, members.list()->items, members.list()->size)) {
        unhashable_ = true;
        return std::nullopt;
    }
    return Cell::make_pointer(tag, table);
}

/// The bytes of a str that is all Latin-1, in the message.
std::optional<std::string_view> Unpickler::latin1(const Cell& text) {
    if (text.tag() != Tag::str) return std::nullopt;
    if (text.fetched() && text.size() > shared_text) return std::nullopt;
    const std::string_view utf8 = text.text_view();
    std::byte* const bytes = message_.bytes(utf8.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto lead = static_cast<std::uint8_t>(utf8[i]);
        if (lead > 0xc3) return std::nullopt;
        const bool two = lead >= 0xc2;
        const auto low = two ? static_cast<std::uint8_t>(utf8[++i]) & 0x3f : lead;
        bytes[size++] = static_cast<std::byte>(two ? (lead & 3) << 6 | low : low);
    }
    return std::string_view(reinterpret_cast<const char*>(bytes), size);
}

/// _codecs.encode(text, 'latin1'): bytes in protocols below 3.
std::optional<Cell> Unpickler::recognise_encoded(const Cell& args) {
    if (args.size() != 2 || !is_latin1_name(args.items()[1])) return std::nullopt;
    const std::optional<std::string_view> bytes = latin1(args.items()[0]);
    if (!bytes) return std::nullopt;
    return Cell::make_pointer(Tag::bytes, bytes->data(), bytes->size());
}

/// bytearray(), bytearray(bytes) or bytearray(text, 'latin-1').
std::optional<Cell> Unpickler::recognise_bytearray(const Cell& args) {
    std::string_view content;
    if (args.size() == 1 && args.items()[0].tag() == Tag::bytes) {
        content = args.items()[0].text_view();
    } else if (args.size() == 2 && is_latin1_name(args.items()[1])) {
        const std::optional<std::string_view> bytes = latin1(args.items()[0]);
        if (!bytes) return std::nullopt;
        content = *bytes;
    } else if (args.size() != 0) {
        return std::nullopt;
    }
    auto* const node = message_.node<BytesNode>();
    node->data = reinterpret_cast<const std::byte*>(content.data());
    message_.has_calls = true;
    return Cell::make_pointer(Tag::bytearray, node, content.size());
}

}  // namespace parley::pickle

#include "repr_object.hpp"

#include "literal_source.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace parley::pickle {
namespace {

// Python's convention tells classes from functions where nothing else does.
bool looks_like_class(std::string_view qualname) noexcept {
    const std::string_view name = qualname.substr(qualname.rfind('.') + 1);
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

bool is_builtin(const Value& global) {
    return global.is_global("builtins", global.qualname());
}

bool is_builtin_class(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 24> names = {
        "bool",      "bytearray",  "bytes",        "classmethod", "complex", "dict",
        "enumerate", "filter",     "float",        "frozenset",   "int",     "list",
        "map",       "memoryview", "object",       "property",    "range",   "reversed",
        "set",       "slice",      "staticmethod", "str",         "tuple",   "type"};
    return std::binary_search(names.begin(), names.end(), name);
}

std::string dotted(const Value& global) {
    return std::string(global.module()) + "." + std::string(global.qualname());
}

// What a class or function is called by: a class by its own name, as in most classes' repr().
std::string call_name(const Value& global) {
    const std::string_view qualname = global.qualname();
    if (is_builtin(global) || looks_like_class(qualname)) return std::string(qualname);
    return dotted(global);
}

// What type() and the arguments come to once copyreg's helpers are seen through.
std::vector<Value> constructor_arguments(const Object& object) {
    std::vector<Value> arguments;
    const Value args = object.args();
    if (!args.is_tuple()) return {args};
    const Elements items = args.as_tuple();
    const Value callable = object.callable();
    const bool reconstructs = callable.is_global("copyreg", "_reconstructor") && items.size() == 3;
    const bool makes_new = callable.is_global("copyreg", "__newobj__") && !items.empty();
    std::size_t first = makes_new ? 1 : 0;
    if (reconstructs) first = items[1].is_global("builtins", "object") ? 3 : 2;
    for (std::size_t i = first; i < items.size(); ++i)
        arguments.push_back(items[i]);
    return arguments;
}

bool is_name(const Value& key) {
    const std::optional<std::string_view> text = key.if_str();
    const std::string_view name = text ? *text : key.is_legacy_str() ? key.as_legacy_str() : "";
    return !name.empty() && std::all_of(name.begin(), name.end(), is_name_character);
}

bool has_names(const Value& state) {
    if (!state.is_dict()) return false;
    const Entries entries = state.as_dict();
    for (const Entry& entry : entries) {
        if (!is_name(entry.key)) return false;
    }
    return true;
}

void add_attributes(ReprPieces& pieces, const Value& state) {
    const Entries entries = state.as_dict();
    for (const Entry& entry : entries) {
        pieces.argument(std::string(entry.key.get<std::string_view>()) + "=", entry.value);
    }
}

// A state of attributes is either their dict or, with __slots__, a pair of dicts.
void add_state(ReprPieces& pieces, const Value& state) {
    if (has_names(state)) return add_attributes(pieces, state);
    if (state.is_tuple() && state.size() == 2) {
        const Value attributes = state.at(0);
        const Value slots = state.at(1);
        if ((attributes.is_none() || has_names(attributes)) && has_names(slots)) {
            if (!attributes.is_none()) add_attributes(pieces, attributes);
            return add_attributes(pieces, slots);
        }
    }
    pieces.argument("state=", state);
}

void add_items(ReprPieces& pieces, const std::vector<Value>& items, const std::string& open,
               const std::string& close) {
    if (items.empty()) return;
    pieces.next_argument();
    for (std::size_t i = 0; i < items.size(); ++i) {
        pieces.text(i == 0 ? open : ", ");
        pieces.value(items[i]);
    }
    pieces.text(close);
}

void add_entries(ReprPieces& pieces, const std::vector<Entry>& entries) {
    if (entries.empty()) return;
    pieces.next_argument();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        pieces.text(i == 0 ? "{" : ", ");
        pieces.value(entries[i].key);
        pieces.text(": ");
        pieces.value(entries[i].value);
    }
    pieces.text("}");
}

std::vector<Value> set_members(const Object& object) {
    std::vector<Value> members;
    for (const parley::Change& change : object.changes()) {
        if (change.kind != parley::Change::Kind::add_items) continue;
        members.insert(members.end(), change.values.begin(), change.values.end());
    }
    return members;
}

void add_changes(ReprPieces& pieces, const Object& object) {
    if (object.change_count() == 0) return;
    add_items(pieces, object.list_items(), "[", "]");
    add_entries(pieces, object.dict_items());
    add_items(pieces, set_members(object), "{", "}");
    if (const std::optional<Value> state = object.state()) add_state(pieces, *state);
}

// getattr(Color, 'RED'): how enum members and nested things are named by protocols that must.
std::optional<std::string> attribute_text(const Object& object) {
    if (!object.callable().is_global("builtins", "getattr")) return std::nullopt;
    const Value args = object.args();
    if (!args.is_tuple() || args.size() != 2) return std::nullopt;
    const Value owner = args.at(0);
    const Value name = args.at(1);
    if (!owner.is_global() || !name.is_str()) return std::nullopt;
    return "<" + call_name(owner) + "." + std::string(name.as_str()) + ">";
}

void add_callable(ReprPieces& pieces, const Value& callable) {
    if (callable.is_global()) return pieces.text(call_name(callable));
    pieces.value(callable);
}

}  // namespace

void ReprPieces::text(std::string_view text) {
    if (pieces_.back().value) pieces_.emplace_back();
    pieces_.back().text += text;
}

void ReprPieces::value(Value value) {
    if (pieces_.back().value) pieces_.emplace_back();
    pieces_.back().value = std::move(value);
}

void ReprPieces::next_argument() {
    if (!first_) text(", ");
    first_ = false;
}

void ReprPieces::argument(const std::string& name, Value value) {
    next_argument();
    text(name);
    this->value(std::move(value));
}

std::vector<ReprPiece> describe(const Object& object) {
    ReprPieces pieces;
    if (const std::optional<std::string> text = attribute_text(object)) {
        pieces.text(*text);
        return std::move(pieces).take();
    }
    add_callable(pieces, object.type());
    pieces.text("(");
    if (object.form() != Form::reference) {
        for (Value& value : constructor_arguments(object))
            pieces.argument("", std::move(value));
        if (const Value kwargs = object.kwargs(); kwargs.is_dict()) add_state(pieces, kwargs);
    }
    add_changes(pieces, object);
    pieces.text(")");
    return std::move(pieces).take();
}

std::string recursion_text(const Object& object) {
    const Value type = object.type();
    return type.is_global() ? call_name(type) + "(...)" : "...";
}

std::string global_text(const Value& global) {
    const std::string_view qualname = global.qualname();
    if (is_builtin(global)) {
        if (is_builtin_class(qualname) || looks_like_class(qualname)) {
            return "<class '" + std::string(qualname) + "'>";
        }
        return "<built-in function " + std::string(qualname) + ">";
    }
    return (looks_like_class(qualname) ? "<class '" : "<global '") + dotted(global) + "'>";
}

}  // namespace parley::pickle

#include "repr_object.hpp"

#include "literal_source.hpp"
#include "repr_library.hpp"

#include <parley/object.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace parley::pickle {
namespace {

// Python's convention tells classes from functions where nothing else does.
bool looks_like_class(std::string_view qualname) noexcept {
    const std::string_view name = qualname.substr(qualname.rfind('.') + 1);
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

bool is_builtin_class(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 24> names = {
        "bool",      "bytearray",  "bytes",        "classmethod", "complex", "dict",
        "enumerate", "filter",     "float",        "frozenset",   "int",     "list",
        "map",       "memoryview", "object",       "property",    "range",   "reversed",
        "set",       "slice",      "staticmethod", "str",         "tuple",   "type"};
    return std::binary_search(names.begin(), names.end(), name);
}

// The classes of the library that go against the convention, and that messages are full of.
bool is_lower_case_class(QualifiedName name) noexcept {
    constexpr std::array<QualifiedName, 9> classes = {{{"array", "array"},
                                                       {"collections", "defaultdict"},
                                                       {"collections", "deque"},
                                                       {"datetime", "date"},
                                                       {"datetime", "datetime"},
                                                       {"datetime", "time"},
                                                       {"datetime", "timedelta"},
                                                       {"datetime", "timezone"},
                                                       {"numpy", "ndarray"}}};
    return std::find(classes.begin(), classes.end(), name) != classes.end();
}

std::string dotted(QualifiedName name) {
    return std::string(name.module) + "." + std::string(name.name);
}

// What a class or function is called by: a class by its own name, as in most classes' repr().
std::string call_name(const Value& global) {
    const QualifiedName name = modern_name(global);
    if (name.module == "builtins" || looks_like_class(name.name)) return std::string(name.name);
    return dotted(name);
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

std::vector<Value> set_members(const Object& object) {
    std::vector<Value> members;
    for (const parley::Change& change : object.changes()) {
        if (change.kind != parley::Change::Kind::add_items) continue;
        members.insert(members.end(), change.values.begin(), change.values.end());
    }
    return members;
}

void add_items(ReprPieces& pieces, const std::vector<Value>& items, std::string_view open,
               std::string_view close) {
    if (items.empty()) return;
    pieces.next_argument();
    pieces.items(items, open, close);
}

void add_changes(ReprPieces& pieces, const Object& object) {
    if (object.change_count() == 0) return;
    add_items(pieces, object.list_items(), "[", "]");
    if (const std::vector<Entry> entries = object.dict_items(); !entries.empty()) {
        pieces.next_argument();
        pieces.entries(entries);
    }
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

QualifiedName modern_name(const Value& global) noexcept {
    return modern_name(*Access::cell(global).global());
}

std::vector<ReprPiece> describe(const Value& value) {
    if (std::optional<std::vector<ReprPiece>> known = describe_library(value)) {
        return *std::move(known);
    }
    const Object object = value.as_object();
    ReprPieces pieces;
    if (const std::optional<std::string> text = attribute_text(object)) {
        pieces.text(*text);
        return std::move(pieces).take();
    }
    add_callable(pieces, object.type());
    pieces.text("(");
    if (object.form() != Form::reference) {
        for (Value& argument : constructor_arguments(object)) {
            pieces.argument("", std::move(argument));
        }
        if (const Value kwargs = object.kwargs(); kwargs.is_dict()) add_state(pieces, kwargs);
    }
    add_changes(pieces, object);
    pieces.text(")");
    return std::move(pieces).take();
}

std::size_t work_of(const Value& value) {
    const ObjectNode& node = *Access::cell(value).object();
    std::size_t work = 1 + node.change_count;
    for (std::uint32_t i = 0; i != node.change_count; ++i)
        work += node.changes[i].size;
    const Value args = value.as_object().args();
    if (!args.is_tuple()) return work;
    const Elements items = args.as_tuple();
    constexpr std::size_t most_looked_into = 8;
    for (std::size_t i = 0; i != std::min(items.size(), most_looked_into); ++i) {
        const Value item = items[i];
        if (item.is_list() || item.is_tuple() || item.is_dict()) work += item.size();
    }
    return work + items.size();
}

std::string recursion_text(const Value& value) {
    if (std::optional<std::string> known = library_recursion_text(value)) return *std::move(known);
    const Value type = value.as_object().type();
    return type.is_global() ? call_name(type) + "(...)" : "...";
}

std::string global_text(const Value& global) {
    const QualifiedName name = modern_name(global);
    const bool is_class = looks_like_class(name.name);
    if (name.module == "builtins") {
        if (is_class || is_builtin_class(name.name)) {
            return "<class '" + std::string(name.name) + "'>";
        }
        return "<built-in function " + std::string(name.name) + ">";
    }
    if (is_class || is_lower_case_class(name)) return "<class '" + dotted(name) + "'>";
    return "<global '" + dotted(name) + "'>";
}

}  // namespace parley::pickle

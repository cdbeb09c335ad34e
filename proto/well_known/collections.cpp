#include "instance.hpp"

#include <parley/collections.hpp>

#include <span>
#include <utility>

namespace parley {
namespace {

using well_known::arguments;
using well_known::instance;
using well_known::Name;
using well_known::wrong_type;

constexpr Name ordered_dict_type = {"collections", "OrderedDict"};
constexpr Name default_dict_type = {"collections", "defaultdict"};
constexpr Name counter_type = {"collections", "Counter"};
constexpr Name deque_type = {"collections", "deque"};

Value type_of(Name name) {
    return global(name.module, name.qualname);
}

const Value& checked_dict(const Value& value) {
    if (!value.is_dict()) throw_failure(wrong_type("dict", value));
    return value;
}

// What dict(argument) takes in: a dict, or a sequence of pairs.
bool add_entries(std::vector<Entry>& entries, const Value& argument) {
    if (argument.is_dict()) {
        for (const Entry& entry : argument.as_dict())
            entries.push_back(entry);
        return true;
    }
    if (!argument.is_list() && !argument.is_tuple()) return false;
    for (const Value& pair : argument) {
        if ((!pair.is_list() && !pair.is_tuple()) || pair.size() != 2) return false;
        entries.push_back({pair.at(0), pair.at(1)});
    }
    return true;
}

// The contents of a dict of some kind: from one argument of its constructor, and what was set
// since.
std::optional<Value> contents(const Object& object, std::size_t argument) {
    const std::vector<Value> args = arguments(object);
    if (args.size() > argument + 1) return std::nullopt;
    std::vector<Entry> entries;
    if (args.size() == argument + 1 && !add_entries(entries, args[argument])) return std::nullopt;
    for (Entry& entry : object.dict_items())
        entries.push_back(std::move(entry));
    try {
        return dict(entries);
    } catch (const TypeError&) {
        return std::nullopt;  // a key that Python cannot hash
    }
}

std::optional<Value> contents(const Value& value, Name type) {
    const std::optional<Object> object = instance(value, type);
    if (!object) return std::nullopt;
    return contents(*object, 0);
}

Value with_items(Name type, const Value& args, const Value& items) {
    std::vector<Entry> entries;
    add_entries(entries, checked_dict(items));
    ObjectBuilder builder(Form::call, type_of(type), args);
    if (!entries.empty()) builder.set_items(entries);
    return builder.build();
}

}  // namespace

Result<OrderedDict> OrderedDict::from_value(const Value& value) {
    std::optional<Value> items = contents(value, ordered_dict_type);
    if (!items) return wrong_type("collections.OrderedDict", value);
    return OrderedDict{*std::move(items)};
}

OrderedDict::operator Value() const {
    return with_items(ordered_dict_type, tuple(), items);
}

Result<DefaultDict> DefaultDict::from_value(const Value& value) {
    const std::optional<Object> object = instance(value, default_dict_type);
    std::optional<Value> items = object ? contents(*object, 1) : std::nullopt;
    if (!items) return wrong_type("collections.defaultdict", value);
    const std::vector<Value> args = arguments(*object);
    return DefaultDict{args.empty() ? Value() : args.front(), *std::move(items)};
}

DefaultDict::operator Value() const {
    const Value args = default_factory.is_none() ? tuple() : tuple(default_factory);
    return with_items(default_dict_type, args, items);
}

Result<Counter> Counter::from_value(const Value& value) {
    std::optional<Value> counts = contents(value, counter_type);
    if (!counts) return wrong_type("collections.Counter", value);
    return Counter{*std::move(counts)};
}

std::int64_t Counter::operator[](const Value& element) const {
    return counts.get(element, 0).as_int();
}

Counter::operator Value() const {
    return call(type_of(counter_type), tuple(checked_dict(counts)));
}

Result<Deque> Deque::from_value(const Value& value) {
    const std::optional<Object> object = instance(value, deque_type);
    const std::vector<Value> args = object ? arguments(*object) : std::vector<Value>();
    if (!object || args.size() > 2) return wrong_type("collections.deque", value);
    Deque deque;
    if (!args.empty()) {
        if (!args[0].is_list() && !args[0].is_tuple()) return wrong_type("list", args[0]);
        for (const Value& item : args[0])
            deque.items.push_back(item);
    }
    if (args.size() == 2 && !args[1].is_none()) {
        deque.maxlen = well_known::integer<std::size_t>(args[1]);
        if (!deque.maxlen) return wrong_type("int", args[1]);
    }
    for (Value& item : object->list_items())
        deque.items.push_back(std::move(item));
    if (deque.maxlen && deque.items.size() > *deque.maxlen) {
        deque.items.erase(deque.items.begin(), deque.items.end() - std::ptrdiff_t(*deque.maxlen));
    }
    return deque;
}

Deque::operator Value() const {
    const Value args = maxlen ? tuple(list(items), *maxlen) : tuple(list(items));
    return call(type_of(deque_type), args);
}

}  // namespace parley

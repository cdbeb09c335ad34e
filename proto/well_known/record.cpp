#include "instance.hpp"

#include <parley/record.hpp>

#include <optional>
#include <span>

namespace parley {
namespace {

// The attributes that a state gives: a dict, or a pair of dicts where there are slots.
std::optional<Value> attributes(const Value& state) {
    if (state.is_dict()) return state;
    if (!state.is_tuple() || state.size() != 2) return std::nullopt;
    std::vector<Entry> entries;
    for (const Value& part : state) {
        if (part.is_none()) continue;
        if (!part.is_dict()) return std::nullopt;
        for (const Entry& entry : part.as_dict())
            entries.push_back(entry);
    }
    return dict(entries);
}

}  // namespace

Result<NamedTuple> NamedTuple::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference || object->change_count() != 0 ||
        !object->kwargs().is_none()) {
        return well_known::wrong_type("named tuple", value);
    }
    NamedTuple result = {object->type(), well_known::arguments(*object)};
    // Protocols 0 and 1 hand the fields over as one tuple: copyreg._reconstructor(type, tuple,
    // fields).
    if (object->callable().is_global("copyreg", "_reconstructor") && result.fields.size() == 1 &&
        result.fields[0].is_tuple()) {
        const Value fields = result.fields[0];
        result.fields.clear();
        for (const Value& field : fields)
            result.fields.push_back(field);
    }
    return result;
}

NamedTuple::operator Value() const {
    return ObjectBuilder(Form::new_, type, tuple(std::span<const Value>(fields))).build();
}

Result<DataClass> DataClass::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference || !well_known::arguments(*object).empty()) {
        return well_known::wrong_type("dataclass", value);
    }
    const std::optional<Value> state = object->state();
    std::optional<Value> fields = state ? attributes(*state) : dict();
    if (!fields) return well_known::wrong_type("dataclass", value);
    return DataClass{object->type(), *std::move(fields), state && state->is_tuple()};
}

DataClass::operator Value() const {
    if (!fields.is_dict()) throw_failure(well_known::wrong_type("dict", fields));
    const Value state = slots ? tuple(nullptr, fields) : fields;
    return ObjectBuilder(Form::new_, type, tuple()).state(state).build();
}

}  // namespace parley

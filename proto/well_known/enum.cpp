#include "instance.hpp"

#include <parley/enum.hpp>

#include <optional>
#include <vector>

namespace parley {

Result<EnumMember> EnumMember::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() != Form::call || object->change_count() != 0) {
        return well_known::wrong_type("enum member", value);
    }
    const std::vector<Value> args = well_known::arguments(*object);
    if (object->callable().is_global("builtins", "getattr") && args.size() == 2) {
        const std::optional<std::string> name = well_known::text(args[1]);
        if (!name) return well_known::wrong_type("enum member", value);
        return EnumMember{args[0], {}, *name};
    }
    if (args.size() != 1) return well_known::wrong_type("enum member", value);
    return EnumMember{object->type(), args[0]};
}

EnumMember::operator Value() const {
    if (name.empty()) return call(type, tuple(value));
    return call(global("builtins", "getattr"), tuple(type, name));
}

}  // namespace parley

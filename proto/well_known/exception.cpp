#include "instance.hpp"

#include <parley/exception.hpp>

#include <optional>
#include <span>
#include <utility>

namespace parley {

Exception Exception::builtin(std::string_view name, std::vector<Value> args) {
    return {global("builtins", name), std::move(args)};
}

Result<Exception> Exception::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference || !object->type().is_global()) {
        return well_known::wrong_type("exception", value);
    }
    const std::optional<Value> state = object->state();
    return Exception{object->type(), well_known::arguments(*object), state ? *state : Value()};
}

Exception::operator Value() const {
    ObjectBuilder builder(Form::call, type, tuple(std::span<const Value>(args)));
    if (!attributes.is_none()) builder.state(attributes);
    return builder.build();
}

}  // namespace parley

#include "instance.hpp"

#include "pickle/unicode.hpp"

#include <utility>

namespace parley::well_known {
namespace {

// What stands before the arguments proper of copyreg's helpers.
std::size_t leading_arguments(const Value& callable, const Elements& items) {
    if (callable.is_global("copyreg", "__newobj__") && !items.empty()) return 1;
    if (!callable.is_global("copyreg", "_reconstructor") || items.size() != 3) return 0;
    return items[1].is_global("builtins", "object") ? 3 : 2;
}

std::string described(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || !object->type().is_global()) return std::string(kind_name(value.kind()));
    const Value type = object->type();
    return std::string(type.module()) + "." + std::string(type.qualname());
}

}  // namespace

std::optional<Object> instance(const Value& value, Name type) {
    std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference ||
        !object->is_instance(type.module, type.qualname)) {
        return std::nullopt;
    }
    return object;
}

std::vector<Value> arguments(const Object& object) {
    std::vector<Value> result;
    const Value args = object.args();
    if (object.form() == Form::reference || !args.is_tuple()) return result;
    const Elements items = args.as_tuple();
    const std::size_t first = leading_arguments(object.callable(), items);
    for (std::size_t i = first; i < items.size(); ++i)
        result.push_back(items[i]);
    return result;
}

std::optional<std::vector<Value>> arguments(const Value& value, Name type) {
    const std::optional<Object> object = instance(value, type);
    if (!object) return std::nullopt;
    return arguments(*object);
}

std::optional<std::string> byte_string(const Value& value) {
    if (const auto bytes = value.if_bytes()) {
        return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    }
    if (const auto legacy = value.if_legacy_str()) return std::string(*legacy);
    std::optional<std::string_view> utf8 = value.if_str();
    if (!utf8) return std::nullopt;
    std::string bytes;
    while (!utf8->empty()) {
        const pickle::CodePoint head = pickle::first_code_point(*utf8);
        if (head.value > 0xff) return std::nullopt;
        bytes += static_cast<char>(head.value);
        utf8->remove_prefix(head.size);
    }
    return bytes;
}

std::optional<std::string> text(const Value& value) {
    if (const auto utf8 = value.if_str()) return std::string(*utf8);
    if (const auto legacy = value.if_legacy_str(); legacy && pickle::is_utf8(*legacy)) {
        return std::string(*legacy);
    }
    return std::nullopt;
}

Failure wrong_type(std::string_view expected, const Value& found) {
    return {Errc::wrong_type,
            "expected a " + std::string(expected) + ", found a " + described(found)};
}

Failure out_of_range(std::string detail) {
    return {Errc::out_of_range, std::move(detail)};
}

}  // namespace parley::well_known

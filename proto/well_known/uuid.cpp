#include "instance.hpp"

#include <parley/uuid.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>

namespace parley {
namespace {

constexpr well_known::Name uuid_type = {"uuid", "UUID"};
constexpr std::size_t size = 16;

}  // namespace

// Its state is one int of 128 bits; a UUID's bytes are that int's, most significant first.
Result<Uuid> Uuid::from_value(const Value& value) {
    const std::optional<Object> object = well_known::instance(value, uuid_type);
    const std::optional<Value> number = object ? object->attribute("int") : std::nullopt;
    if (!number || !number->is_int()) return well_known::wrong_type("uuid.UUID", value);
    std::string bytes = number->int_bytes();
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
    const bool fits = bytes.size() <= size || (bytes.size() == size + 1 && bytes.back() == '\0');
    if (negative || !fits) {
        return well_known::out_of_range("a uuid.UUID of more than 128 bits");
    }
    bytes.resize(size);
    Uuid result{};
    std::copy(bytes.rbegin(), bytes.rend(), result.id.begin());
    return result;
}

Uuid::operator Value() const {
    std::string bytes(id.begin(), id.end());
    std::reverse(bytes.begin(), bytes.end());
    bytes += '\0';  // it is not negative
    const Value number = integer(std::as_bytes(std::span(bytes)));
    return ObjectBuilder(Form::new_, global(uuid_type.module, uuid_type.qualname), tuple())
        .state(dict({{"int", number}}))
        .build();
}

}  // namespace parley

// How the well-known types look at an instance: by the class it was made of, and with what
// arguments.
#pragma once

#include <parley/error.hpp>
#include <parley/object.hpp>
#include <parley/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::well_known {

/// A class or function by the names that Python 3 has for it.
struct Name {
    std::string_view module;
    std::string_view qualname;
};

/// An instance whose class is that global, or nothing.
[[nodiscard]] std::optional<Object> instance(const Value& value, Name type);

/// The arguments that a class is called with, copyreg's helpers seen through; none where they are
/// no tuple.
[[nodiscard]] std::vector<Value> arguments(const Object& object);

/// The arguments of an instance whose class is that global, or nothing.
[[nodiscard]] std::optional<std::vector<Value>> arguments(const Value& value, Name type);

/// Bytes, or the str of Python 2 or of Latin-1 that stands for them.
[[nodiscard]] std::optional<std::string> byte_string(const Value& value);

/// Text, Python 2's included.
[[nodiscard]] std::optional<std::string> text(const Value& value);

/// An int that fits.
template <typename T>
[[nodiscard]] std::optional<T> integer(const Value& value) {
    const std::optional<std::int64_t> wide = value.if_int();
    if (!wide || !std::in_range<T>(*wide)) return std::nullopt;
    return static_cast<T>(*wide);
}

/// "expected a datetime.date, found a list".
[[nodiscard]] Failure wrong_type(std::string_view expected, const Value& found);
[[nodiscard]] Failure out_of_range(std::string detail);

}  // namespace parley::well_known

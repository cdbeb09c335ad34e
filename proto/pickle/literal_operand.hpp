// What Python's literals may do sums with, and the names that are literals.
#pragma once

#include <parley/value.hpp>

#include <optional>
#include <string_view>

namespace parley::pickle {

/// A value that is read, and what signs and sums may do with it.
struct Operand {
    enum class Shape { number, signed_number, other };

    Value value;
    Shape shape = Shape::other;

    [[nodiscard]] bool is_real() const noexcept {
        return shape != Shape::other && !value.is_complex();
    }
};

[[nodiscard]] Operand integer_number(std::string_view text);
[[nodiscard]] Operand floating_number(double value);
[[nodiscard]] Operand imaginary_number(double factor);

/// None, True, False, Ellipsis, inf, nan, infj, nanj.
[[nodiscard]] std::optional<Operand> constant(std::string_view name);

/// A number with the other sign.
[[nodiscard]] Value negative(const Value& number);

/// As Python adds a real and a complex number: part by part, with 0.0 for the missing one. Throws
/// TypeError for an integer that no float is near to.
[[nodiscard]] Value sum(const Value& real, char operation, const Value& complex);

}  // namespace parley::pickle

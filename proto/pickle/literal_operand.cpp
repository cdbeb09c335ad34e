#include "literal_operand.hpp"

#include "literal_number.hpp"

#include <complex>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace parley::pickle {
namespace {

Value integer_of(const std::string& bytes) {
    return integer(std::as_bytes(std::span(bytes)));
}

}  // namespace

Operand integer_number(std::string_view text) {
    return {integer_of(integer_value(text)), Operand::Shape::number};
}

Operand floating_number(double value) {
    return {value, Operand::Shape::number};
}

Operand imaginary_number(double factor) {
    return {std::complex<double>(0, factor), Operand::Shape::number};
}

std::optional<Operand> constant(std::string_view name) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
    if (name == "None") return Operand{};
    if (name == "True") return Operand{true};
    if (name == "False") return Operand{false};
    if (name == "Ellipsis") return Operand{ellipsis()};
    if (name == "inf") return floating_number(infinity);
    if (name == "nan") return floating_number(not_a_number);
    if (name == "infj") return imaginary_number(infinity);
    if (name == "nanj") return imaginary_number(not_a_number);
    return std::nullopt;
}

Value negative(const Value& number) {
    if (number.is_complex()) return -number.as_complex();
    if (number.is_float()) return -number.as_float();
    std::string bytes = number.int_bytes();
    bytes += '\0';  // it was not negative; room for the sign
    return integer_of(negated(std::move(bytes)));
}

Value sum(const Value& real, char operation, const Value& complex) {
    const std::complex<double> left(real.as_number(), 0);
    return operation == '+' ? left + complex.as_complex() : left - complex.as_complex();
}

}  // namespace parley::pickle

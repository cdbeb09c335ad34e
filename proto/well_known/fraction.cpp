#include "instance.hpp"
#include "pickle/literal_number.hpp"
#include "pickle/literal_source.hpp"

#include <parley/fraction.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley {
namespace {

constexpr well_known::Name fraction_type = {"fractions", "Fraction"};

// More digits than this are no fraction but an attack on whoever reads them.
constexpr std::size_t most_digits = 100'000;

std::optional<Value> read_integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > most_digits ||
        !std::all_of(text.begin(), text.end(), pickle::is_digit)) {
        return std::nullopt;
    }
    std::string bytes = pickle::integer_value(text);
    if (negative) bytes = pickle::negated(std::move(bytes));
    return integer(std::as_bytes(std::span(bytes)));
}

// "3" or "-1/2", as every Python before 3.12 sends it.
std::optional<Fraction> read_text(std::string_view text) {
    const std::size_t slash = text.find('/');
    std::optional<Value> numerator = read_integer(text.substr(0, slash));
    std::optional<Value> denominator =
        slash == std::string_view::npos ? Value(1) : read_integer(text.substr(slash + 1));
    if (!numerator || !denominator) return std::nullopt;
    return Fraction{*std::move(numerator), *std::move(denominator)};
}

}  // namespace

double Fraction::to_double() const {
    return numerator.as_number() / denominator.as_number();
}

Result<Fraction> Fraction::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = well_known::arguments(value, fraction_type);
    if (!args || args->empty() || args->size() > 2) {
        return well_known::wrong_type("fractions.Fraction", value);
    }
    if (args->size() == 2 && args->front().is_int() && args->back().is_int()) {
        return Fraction{args->front(), args->back()};
    }
    if (args->front().is_int() && args->size() == 1) return Fraction{args->front(), 1};
    const std::optional<std::string> text = well_known::text(args->front());
    std::optional<Fraction> fraction = text ? read_text(*text) : std::nullopt;
    if (!fraction) return well_known::wrong_type("fractions.Fraction", value);
    return *std::move(fraction);
}

Fraction::operator Value() const {
    if (!numerator.is_int()) throw_failure(well_known::wrong_type("int", numerator));
    if (!denominator.is_int()) throw_failure(well_known::wrong_type("int", denominator));
    return call(global(fraction_type.module, fraction_type.qualname),
                tuple(numerator, denominator));
}

}  // namespace parley

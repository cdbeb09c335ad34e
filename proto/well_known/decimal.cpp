#include "instance.hpp"
#include "pickle/literal_number.hpp"
#include "pickle/literal_source.hpp"

#include <parley/decimal.hpp>

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <vector>

namespace parley {
namespace {

constexpr well_known::Name decimal_type = {"decimal", "Decimal"};

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char character) {
        return static_cast<char>(character < 0x80 ? std::tolower(character) : character);
    });
    return result;
}

std::string_view without_sign(std::string_view text) noexcept {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return text;
}

std::size_t count_digits(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), pickle::is_digit) -
                                    text.begin());
}

bool is_nan(std::string_view text) {
    const std::string word = lower(without_sign(text));
    const std::size_t digits = word.starts_with("snan") ? 4 : word.starts_with("nan") ? 3 : 0;
    return digits != 0 &&
           count_digits(std::string_view(word).substr(digits)) == word.size() - digits;
}

bool is_infinite(std::string_view text) {
    const std::string word = lower(without_sign(text));
    return word == "inf" || word == "infinity";
}

// digits [. digits] [E sign digits], with a digit before or behind the point
bool is_number(std::string_view text) noexcept {
    text = without_sign(text);
    std::size_t digits = count_digits(text);
    text.remove_prefix(digits);
    if (text.starts_with('.')) {
        const std::size_t decimals = count_digits(text.substr(1));
        text.remove_prefix(1 + decimals);
        digits += decimals;
    }
    if (digits == 0) return false;
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text = without_sign(text.substr(1));
    return !text.empty() && count_digits(text) == text.size();
}

bool is_decimal(std::string_view text) {
    return is_number(text) || is_infinite(text) || is_nan(text);
}

}  // namespace

Decimal::Decimal(std::string_view text) : text_(text) {
    if (!is_decimal(text)) {
        throw_failure({Errc::invalid_argument, "'" + text_.substr(0, 40) + "' is no Decimal"});
    }
}

bool Decimal::is_finite() const noexcept {
    return is_number(text_);
}

double Decimal::to_double() const {
    const double sign = text_.starts_with('-') ? -1 : 1;
    if (is_nan(text_)) return std::numeric_limits<double>::quiet_NaN();
    if (is_infinite(text_)) return sign * std::numeric_limits<double>::infinity();
    return sign * pickle::floating_value(without_sign(text_));
}

Result<Decimal> Decimal::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = well_known::arguments(value, decimal_type);
    if (!args || args->size() != 1) return well_known::wrong_type("decimal.Decimal", value);
    const std::optional<std::string> text = well_known::text(args->front());
    if (!text || !is_decimal(*text)) return well_known::wrong_type("decimal.Decimal", value);
    return Decimal(*text);
}

Decimal::operator Value() const {
    return call(global(decimal_type.module, decimal_type.qualname), tuple(text_));
}

}  // namespace parley

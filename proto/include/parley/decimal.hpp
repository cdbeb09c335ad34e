// Python's decimal.Decimal, as text: exact, and of any precision.
#pragma once

#include <parley/well_known.hpp>

#include <string>
#include <string_view>

namespace parley {

/// A decimal.Decimal. A value: copies and compares, by its text ("1.0" is not "1.00"). Any decimal
/// type takes the text: `boost::multiprecision::cpp_dec_float_50(decimal.text())`.
class Decimal {
public:
    /// Zero.
    Decimal() = default;
    /// The number in the form that str(Decimal) has: "-1.50", "1E+3", "NaN", "Infinity". Throws
    /// UsageError (invalid_argument) for any other text.
    explicit Decimal(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Neither infinite nor a NaN.
    [[nodiscard]] bool is_finite() const noexcept;
    /// The nearest double; infinite where it is too large.
    [[nodiscard]] double to_double() const;

    [[nodiscard]] static Result<Decimal> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Decimal&, const Decimal&) = default;

private:
    std::string text_ = "0";
};

}  // namespace parley

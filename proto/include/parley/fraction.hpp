// Python's fractions.Fraction.
#pragma once

#include <parley/well_known.hpp>

namespace parley {

/// A fractions.Fraction: two ints of any size, in lowest terms, the denominator above 0. Python
/// makes it so where it is not.
struct Fraction {
    Value numerator = 0;
    Value denominator = 1;

    /// The quotient of both as doubles. Throws TypeError (out_of_range) where one is too large.
    [[nodiscard]] double to_double() const;

    [[nodiscard]] static Result<Fraction> from_value(const Value& value);
    /// Throws TypeError (wrong_type) unless both are ints.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Fraction&, const Fraction&) = default;
};

}  // namespace parley

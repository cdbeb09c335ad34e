// Python's range and slice.
#pragma once

#include <parley/well_known.hpp>

#include <cstdint>

namespace parley {

/// A range (Python 2's xrange).
struct Range {
    std::int64_t start = 0;
    std::int64_t stop = 0;
    std::int64_t step = 1;  ///< Not 0.

    /// How many numbers it has: len(range).
    [[nodiscard]] std::uint64_t size() const noexcept;

    /// Fails with out_of_range where a bound does not fit 64 bits.
    [[nodiscard]] static Result<Range> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for a step of 0.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Range&, const Range&) = default;
};

/// A slice, whose three parts are ints or None as a rule.
struct Slice {
    Value start = {};
    Value stop = {};
    Value step = {};

    [[nodiscard]] static Result<Slice> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Slice&, const Slice&) = default;
};

}  // namespace parley

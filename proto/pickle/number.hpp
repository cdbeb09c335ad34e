// Python numbers across their types: 1 == 1.0 == True == (1+0j), exactly at any size.
#pragma once

#include <parley/pickle/cell.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace parley::pickle {

/// The tags whose values compare as numbers.
[[nodiscard]] constexpr bool is_number(Tag tag) noexcept {
    return tag == Tag::boolean || tag == Tag::integer || tag == Tag::real ||
           tag == Tag::big_integer || tag == Tag::complex;
}

/// The simplest form of a number: bools, integral floats and complex numbers without an imaginary
/// part become ints where these fit 64 bits; complex numbers become floats otherwise. Equal numbers
/// that fit an int have the same form then.
[[nodiscard]] Cell simplest_number(const Cell& number) noexcept;

/// Python's == between two numbers.
[[nodiscard]] bool equal_numbers(const Cell& left, const Cell& right) noexcept;
/// Python's < between two numbers, exact at any size. Unordered for a NaN, and for complex numbers
/// that are not equal.
[[nodiscard]] std::partial_ordering compare_numbers(const Cell& left, const Cell& right);

/// Drops the bytes of a little-endian two's complement that only repeat the sign.
[[nodiscard]] std::span<const std::byte> minimal_integer(std::span<const std::byte> bytes) noexcept;
/// A two's complement of at most 8 bytes as an int.
[[nodiscard]] std::int64_t small_integer(std::span<const std::byte> bytes) noexcept;
/// The least two's complement of an int, none for 0.
[[nodiscard]] std::string integer_bytes(std::int64_t value);
/// The least two's complement of a finite float without a fraction.
[[nodiscard]] std::string integer_bytes(double integral);
/// The float nearest to an int, ties to even, or nothing where it would be infinite.
[[nodiscard]] std::optional<double> nearest_double(std::span<const std::byte> integer) noexcept;

}  // namespace parley::pickle

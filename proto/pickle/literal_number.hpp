// The numbers of Python's grammar: their extent in the text, and their value.
#pragma once

#include <parley/error.hpp>

#include <boost/multiprecision/cpp_int.hpp>

#include <cstddef>
#include <string_view>

namespace parley::pickle {

/// What a number in the text is.
struct NumberText {
    enum class Kind { integer, floating, imaginary };
    Kind kind;
    std::string_view text;  ///< All of it, with prefix, underscores and "j".
};

/// Reads the extent of the number that starts at the offset, where a digit or a point followed by
/// one stands. Fails with bad_literal.
[[nodiscard]] Result<NumberText> scan_number(std::string_view source, std::size_t offset);

/// The value of an integer that `scan_number` found.
[[nodiscard]] boost::multiprecision::cpp_int integer_value(std::string_view text);

/// The value of a float, or of an imaginary number's factor; infinite where it is too large.
[[nodiscard]] double floating_value(std::string_view text);

}  // namespace parley::pickle

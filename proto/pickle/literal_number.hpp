// The numbers of Python's grammar: their extent in the text, and their value.
#pragma once

#include <parley/error.hpp>

#include <cstddef>
#include <string>
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

/// The value of an integer that `scan_number` found: two's complement, least significant byte
/// first.
[[nodiscard]] std::string integer_value(std::string_view text);

/// The integer with the other sign, in the same form.
[[nodiscard]] std::string negated(std::string twos_complement);

/// The value of a float, or of an imaginary number's factor; infinite where it is too large.
[[nodiscard]] double floating_value(std::string_view text);

}  // namespace parley::pickle

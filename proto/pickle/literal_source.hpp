// The text of a Python literal, and how an offset in it is told to a reader.
#pragma once

#include <parley/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::pickle {

/// The failure at an offset of the text: "line 1, column 5: expected ...". Columns count
/// characters.
[[nodiscard]] Failure literal_failure(std::string_view text, std::size_t offset,
                                      const std::string& problem);

/// How many bytes the line break at the offset takes: 2 for "\r\n", 1 for "\n" or "\r", or 0.
[[nodiscard]] std::size_t line_break_size(std::string_view text, std::size_t offset) noexcept;

[[nodiscard]] constexpr bool is_digit(char character) noexcept {
    return character >= '0' && character <= '9';
}

/// The character's value as a digit of up to radix 16, or a number above all digits.
[[nodiscard]] constexpr unsigned digit_value(char character) noexcept {
    if (is_digit(character)) return static_cast<unsigned>(character - '0');
    const unsigned letter = (static_cast<unsigned char>(character) | 0x20U) - 'a';
    return letter < 6U ? letter + 10U : 99U;
}

/// Whether the character may continue a name; those beyond ASCII may.
[[nodiscard]] constexpr bool is_name_character(char character) noexcept {
    const auto byte = static_cast<unsigned char>(character);
    return (byte | 0x20U) - 'a' < 26U || is_digit(character) || byte == '_' || byte >= 0x80;
}

}  // namespace parley::pickle

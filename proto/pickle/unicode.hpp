// Code points: in and out of UTF-8 with lone surrogates (Python's surrogatepass), and which of them
// repr() shows as they are.
#pragma once

#include <string>
#include <string_view>

namespace parley::pickle {

/// Whether Python's str.isprintable() holds for the code point: repr() escapes the others.
[[nodiscard]] bool is_printable(char32_t code_point) noexcept;

/// A code point at the head of a text, and how many bytes it takes there.
struct CodePoint {
    char32_t value;
    unsigned size;  ///< 0 where the bytes are not UTF-8, even allowing for lone surrogates.
};

/// Reads the code point at the head of `text`, which is not empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text) noexcept;

/// Whether the whole text is UTF-8, lone surrogates allowed.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends a code point up to U+10FFFF, lone surrogates included.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace parley::pickle

// The string and bytes literals of Python's grammar: their extent in the text, and what they say.
#pragma once

#include <parley/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::pickle {

/// One string literal in the text, with what its prefix says.
struct StringText {
    bool bytes = false;
    bool raw = false;
    std::size_t begin = 0;  ///< Where its body begins in the source ...
    std::size_t end = 0;    ///< ... and where it ends, before the closing quotes.
    std::size_t next = 0;   ///< Where the source goes on after the closing quotes.
};

/// Reads the extent of the string that starts at the offset. None where no string starts there;
/// fails with bad_literal where one does not end, or is an f-string.
[[nodiscard]] Result<std::optional<StringText>> scan_string(std::string_view source,
                                                            std::size_t offset);

/// Appends what a string says: UTF-8 with lone surrogates, or bytes. Fails with bad_literal.
[[nodiscard]] Result<void> append_string(std::string& out, std::string_view source,
                                         const StringText& text);

}  // namespace parley::pickle

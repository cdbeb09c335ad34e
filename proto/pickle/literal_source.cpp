#include "literal_source.hpp"

namespace parley::pickle {

Failure literal_failure(std::string_view text, std::size_t offset, const std::string& problem) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i < offset;) {
        if (const std::size_t size = line_break_size(text, i); size != 0) {
            ++line;
            column = 1;
            i += size;
        } else {
            if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80) ++column;
            ++i;
        }
    }
    return {Errc::bad_literal,
            "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + problem};
}

std::size_t line_break_size(std::string_view text, std::size_t offset) noexcept {
    if (text[offset] == '\n') return 1;
    if (text[offset] != '\r') return 0;
    return offset + 1 < text.size() && text[offset + 1] == '\n' ? 2 : 1;
}

}  // namespace parley::pickle

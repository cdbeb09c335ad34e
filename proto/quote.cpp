#include "quote.hpp"

#include <algorithm>
#include <span>

namespace parley {
namespace {

void append_escaped(std::string& out, unsigned char byte) {
    static constexpr char hex[] = "0123456789abcdef";
    if (byte == '\'' || byte == '\\') {
        out += '\\';
        out += static_cast<char>(byte);
    } else if (byte == '\r' || byte == '\n') {
        out += byte == '\r' ? "\\r" : "\\n";
    } else if (byte >= 0x20 && byte < 0x7f) {
        out += static_cast<char>(byte);
    } else {
        out += {'\\', 'x', hex[byte >> 4], hex[byte & 0xf]};
    }
}

}  // namespace

std::string quote(ConstBytes bytes, std::size_t most) {
    std::string out = "'";
    for (const std::byte byte : bytes.first(std::min(most, bytes.size())))
        append_escaped(out, std::to_integer<unsigned char>(byte));
    out += bytes.size() > most ? "...'" : "'";
    return out;
}

std::string quote(std::string_view text, std::size_t most) {
    return quote(std::as_bytes(std::span(text)), most);
}

}  // namespace parley

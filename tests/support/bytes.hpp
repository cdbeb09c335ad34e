// Bytes out of text and back, for tests of the wire.
#pragma once

#include <parley/step.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace support {

inline parley::ConstBytes as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string as_text(parley::ConstBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The text of so many hexadecimal digits; blanks are skipped.
inline std::string from_hex(std::string_view digits) {
    std::string out;
    std::string pair;
    for (const char digit : digits) {
        if (digit != ' ' && digit != '\n') pair += digit;
        if (pair.size() < 2) continue;
        out += static_cast<char>(std::stoi(pair, nullptr, 16));
        pair.clear();
    }
    return out;
}

inline std::string to_hex(std::string_view bytes) {
    std::string digits;
    for (const char byte : bytes) {
        digits += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
        digits += "0123456789abcdef"[static_cast<unsigned char>(byte) & 0xfU];
    }
    return digits;
}

}  // namespace support

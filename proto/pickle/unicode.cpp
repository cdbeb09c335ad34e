#include "unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace parley::pickle {
namespace {

// Each entry flips the answer; everything before the first one is printable (and empty).
constexpr std::uint32_t printable_flips[] = {
#include "unicode_table.inc"
};

constexpr CodePoint invalid = {0, 0};

constexpr unsigned char byte_at(std::string_view text, std::size_t index) noexcept {
    return static_cast<unsigned char>(text[index]);
}

// The size that the lead byte announces, with the bits it holds and the least value of that size.
struct Lead {
    unsigned size;
    char32_t bits;
    char32_t minimum;
};

constexpr Lead read_lead(unsigned char byte) noexcept {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xc2 && byte < 0xe0) return {2, byte & 0x1fU, 0x80};
    if (byte >= 0xe0 && byte < 0xf0) return {3, byte & 0x0fU, 0x800};
    if (byte >= 0xf0 && byte < 0xf5) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

}  // namespace

bool is_printable(char32_t code_point) noexcept {
    if (code_point < 0x7f) return code_point >= 0x20;
    const auto* flip = std::upper_bound(std::begin(printable_flips), std::end(printable_flips),
                                        static_cast<std::uint32_t>(code_point));
    return (flip - std::begin(printable_flips)) % 2 == 0;
}

CodePoint first_code_point(std::string_view text) noexcept {
    const Lead lead = read_lead(byte_at(text, 0));
    if (lead.size == 0 || text.size() < lead.size) return invalid;
    char32_t value = lead.bits;
    for (unsigned i = 1; i < lead.size; ++i) {
        const unsigned char byte = byte_at(text, i);
        if ((byte & 0xc0U) != 0x80) return invalid;
        value = value << 6U | (byte & 0x3fU);
    }
    if (value < lead.minimum || value > 0x10ffff) return invalid;
    return {value, lead.size};
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const unsigned size = byte_at(text, 0) < 0x80 ? 1 : first_code_point(text).size;
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80U | (code_point >> shift & 0x3fU));
    };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xc0U | code_point >> 6U);
        tail(0);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xe0U | code_point >> 12U);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0U | code_point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace parley::pickle

#include "unicode.hpp"

#include <parley/pickle/archive.hpp>

#include <algorithm>
#include <cstring>

namespace parley::pickle {

std::string describe_range(std::int64_t least, std::uint64_t greatest) {
    return "an int from " + std::to_string(least) + " to " + std::to_string(greatest);
}

bool is_same_member(std::string_view python, std::string_view cpp) noexcept {
    const auto skip = [](std::string_view& text) {
        text.remove_prefix(std::min(text.find_first_not_of('_'), text.size()));
    };
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    for (;;) {
        skip(python);
        skip(cpp);
        if (python.empty() || cpp.empty()) return python.empty() && cpp.empty();
        if (lower(python.front()) != lower(cpp.front())) return false;
        python.remove_prefix(1);
        cpp.remove_prefix(1);
    }
}

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
    const CodePoint first = first_code_point(text);
    if (first.size == 0) return std::nullopt;
    text.remove_prefix(first.size);
    return first.value;
}

namespace {

template <typename Unit>
bool append(std::string& out, const void* units, std::size_t count) {
    const auto unit = [&](std::size_t at) {
        Unit value;
        std::memcpy(&value, static_cast<const char*>(units) + at * sizeof value, sizeof value);
        return static_cast<char32_t>(value);
    };
    for (std::size_t at = 0; at < count; ++at) {
        char32_t code_point = unit(at);
        const bool is_pair = sizeof(Unit) == 2 && (code_point & 0xfc00) == 0xd800 &&
                             at + 1 < count && (unit(at + 1) & 0xfc00) == 0xdc00;
        if (is_pair) code_point = 0x10000 + ((code_point & 0x3ff) << 10) + (unit(++at) & 0x3ff);
        if (code_point > 0x10ffff) return false;
        append_utf8(out, code_point);
    }
    return true;
}

}  // namespace

bool append_units(std::string& out, const void* units, std::size_t count, std::size_t unit_size) {
    switch (unit_size) {
        case 1:
            out.append(static_cast<const char*>(units), count);
            return is_utf8(out);
        case 2:
            return append<std::uint16_t>(out, units, count);
        default:
            return append<std::uint32_t>(out, units, count);
    }
}

}  // namespace parley::pickle

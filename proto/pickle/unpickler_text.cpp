// The opcodes of protocol 0, whose arguments are lines of text.

#include "literal_number.hpp"
#include "number.hpp"
#include "quote.hpp"
#include "unicode.hpp"
#include "unpickler.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace parley::pickle {
namespace {

bool is_space(char character) noexcept {
    return character == ' ' || (character >= '\t' && character <= '\r');
}

std::string_view strip(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

unsigned digit_of(char character) noexcept {
    if (character >= '0' && character <= '9') return static_cast<unsigned>(character - '0');
    const char lower = static_cast<char>(character | 0x20);
    return lower >= 'a' && lower <= 'z' ? static_cast<unsigned>(lower - 'a') + 10 : 36;
}

/// digit (["_"] digit)*
bool are_digits(std::string_view text, unsigned radix) noexcept {
    bool after_digit = false;
    for (const char character : text) {
        if (character == '_' && !after_digit) return false;
        if (character != '_' && digit_of(character) >= radix) return false;
        after_digit = character != '_';
    }
    return after_digit;
}

/// CPython's C reader hands lines to functions that end at a NUL.
std::string_view c_string(std::string_view line) noexcept {
    return line.substr(0, line.find('\0'));
}

/// An INT of two characters that strtol() makes 0 or 1 of is a bool: as a rule 00 or 01.
std::optional<bool> c_bool(std::string_view line) noexcept {
    if (line.size() != 2) return std::nullopt;
    if (line[0] == '\0') return false;
    const bool is_end = line[1] == '\0';
    const char digit = is_end ? line[0] : line[1];
    const bool can_precede =
        is_space(line[0]) || line[0] == '0' || line[0] == '+' || (line[0] == '-' && digit == '0');
    if ((digit != '0' && digit != '1') || !(is_end || can_precede)) return std::nullopt;
    return digit == '1';
}

unsigned radix_of_prefix(std::string_view text) noexcept {
    if (text.size() < 2 || text[0] != '0') return 10;
    switch (text[1] | 0x20) {
        case 'x':
            return 16;
        case 'o':
            return 8;
        case 'b':
            return 2;
        default:
            return 10;
    }
}

struct IntegerText {
    bool negative = false;
    unsigned radix = 10;
    std::string_view text;    ///< With its prefix, without its sign.
    std::string_view digits;  ///< Without either.

    [[nodiscard]] bool is_c_octal() const noexcept {
        return radix == 8 && radix_of_prefix(text) == 10;
    }
};

/// What int(text, 0) takes, or, by C's rules, strtol(text, 0) as well, for which a leading zero
/// means octal. Nothing if it is neither.
std::optional<IntegerText> scan_integer(std::string_view line, bool c_rules) noexcept {
    IntegerText result;
    std::string_view rest = strip(line);
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
        result.negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    result.text = result.digits = rest;
    result.radix = radix_of_prefix(rest);
    if (result.radix != 10) {
        result.digits.remove_prefix(rest.size() > 2 && rest[2] == '_' ? 3 : 2);
    } else if (rest.size() > 1 && rest[0] == '0') {
        const bool is_zero = rest.find_first_not_of("0_") == std::string_view::npos;
        // Where strtol() stops before the end, int() has a look, and takes no such zero.
        const bool is_all_of_c =
            rest.find('_') == std::string_view::npos && rest.end() == line.end();
        if (!is_zero && !(c_rules && is_all_of_c)) return std::nullopt;
        if (!is_zero) result.radix = 8;
    }
    if (!are_digits(result.digits, result.radix)) return std::nullopt;
    return result;
}

/// Two's complement of the magnitude.
std::string magnitude(const IntegerText& integer) {
    if (integer.is_c_octal()) return integer_value("0o" + std::string(integer.digits));
    return integer_value(integer.text);
}

std::optional<std::int64_t> small_value(const IntegerText& integer) noexcept {
    if (integer.digits.size() > 18) return std::nullopt;
    std::int64_t value = 0;
    const char* const end = integer.digits.data() + integer.digits.size();
    const auto [stop, error] =
        std::from_chars(integer.digits.data(), end, value, static_cast<int>(integer.radix));
    if (error != std::errc{} || stop != end) return std::nullopt;
    return integer.negative ? -value : value;
}

/// The escapes of STRING (codecs.escape_decode). False for one that Python refuses.
bool unescape(std::string_view text, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        if (++i == text.size()) return false;
        static constexpr std::string_view letters = "\\'\"bfnrtva";
        static constexpr std::string_view meanings = "\\'\"\b\f\n\r\t\v\a";
        if (const std::size_t known = letters.find(text[i]); known != std::string_view::npos) {
            out += meanings[known];
        } else if (text[i] >= '0' && text[i] <= '7') {
            unsigned value = 0;
            std::size_t digits = 0;
            for (; digits < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7';
                 ++digits, ++i) {
                value = value * 8 + static_cast<unsigned>(text[i] - '0');
            }
            --i;
            out += static_cast<char>(value & 0xff);
        } else if (text[i] == 'x') {
            if (text.size() - i < 3) return false;
            const unsigned high = digit_of(text[i + 1]);
            const unsigned low = digit_of(text[i + 2]);
            if (high > 15 || low > 15) return false;
            out += static_cast<char>(high << 4 | low);
            i += 2;
        } else {
            out += '\\';
            out += text[i];
        }
    }
    return true;
}

/// raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX. False for an escape cut short or too
/// high.
bool decode_raw_unicode(std::string_view text, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next != 'u' && next != 'U') {
            append_utf8(out, static_cast<std::uint8_t>(text[i]));
            // A backslash takes the character after it along: it may be one itself.
            if (text[i] == '\\' && i + 1 < text.size()) {
                append_utf8(out, static_cast<std::uint8_t>(text[++i]));
            }
            continue;
        }
        const std::size_t digits = next == 'u' ? 4 : 8;
        if (text.size() - i - 2 < digits) return false;
        std::uint64_t value = 0;
        for (const char digit : text.substr(i + 2, digits)) {
            if (digit_of(digit) > 15) return false;
            value = value << 4 | digit_of(digit);
        }
        if (value > 0x10ffff) return false;
        append_utf8(out, static_cast<char32_t>(value));
        i += digits + 1;
    }
    return true;
}

}  // namespace

bool Unpickler::take_line(std::string_view& line) {
    const void* const newline = left() == 0 ? nullptr : std::memchr(at_, '\n', left());
    if (newline == nullptr) return fail_truncated("expected a line that ends");
    const auto* const begin = reinterpret_cast<const char*>(at_);
    const auto* const end = static_cast<const char*>(newline);
    line = {begin, static_cast<std::size_t>(end - begin)};
    at_ += line.size() + 1;
    return true;
}

bool Unpickler::parse_integer(std::string_view text, bool c_rules) {
    const std::optional<IntegerText> integer = scan_integer(text, c_rules);
    if (!integer) return fail(Errc::pickle_bad_text, "expected an int, came " + quote(text));
    if (const std::optional<std::int64_t> value = small_value(*integer)) {
        Cell cell = Cell::make(Tag::integer, *value);
        if (!c_rules) cell.head |= Cell::long_bit;
        push(cell);
        return true;
    }
    const bool limited = integer->radix == 10 && options_.max_digits.has_value();
    if (limited && integer->digits.size() > *options_.max_digits) {
        return fail(Errc::pickle_too_large, std::to_string(integer->digits.size()) +
                                                " decimal digits, at most " +
                                                std::to_string(*options_.max_digits));
    }
    std::string bytes = magnitude(*integer);
    if (integer->negative) bytes = negated(std::move(bytes));
    const std::span<const std::byte> copy{message_.copy(std::as_bytes(std::span(bytes))),
                                          bytes.size()};
    push_integer(copy);
    // Python 2 writes its int as INT; only what does not fit one is a long.
    if (c_rules) stack_.back().head &= ~Cell::long_bit;
    // What C's strtol() has no room for goes to Python's int(), which refuses the leading zero.
    if (integer->is_c_octal() && stack_.back().tag() == Tag::big_integer) {
        return fail(Errc::pickle_bad_text, "expected an int, came " + quote(text));
    }
    return true;
}

bool Unpickler::int_line() {
    std::string_view line;
    if (!take_line(line)) return false;
    if (const std::optional<bool> value = c_bool(line)) {
        push(Cell::make(Tag::boolean, *value ? 1 : 0));
        return true;
    }
    if (line.starts_with('\0')) {
        push(Cell::make(Tag::integer, 0));
        return true;
    }
    return parse_integer(c_string(line), true);
}

bool Unpickler::long_line() {
    std::string_view line;
    if (!take_line(line)) return false;
    if (line.ends_with('L')) line.remove_suffix(1);
    return parse_integer(c_string(line), false);
}

bool Unpickler::float_line() {
    std::string_view line;
    if (!take_line(line)) return false;
    std::string_view digits = c_string(line);
    const bool has_sign = !digits.empty() && (digits[0] == '+' || digits[0] == '-');
    if (has_sign) digits.remove_prefix(1);
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const bool can_start = !digits.empty() && digits[0] != '-' && digits.back() != ')';
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (!can_start || stop != end || error == std::errc::invalid_argument) {
        return fail(Errc::pickle_bad_text, "expected a float, came " + quote(line));
    }
    // Too small for a float is 0, as far as the standard library tells; too large is refused by
    // CPython.
    if (error == std::errc::result_out_of_range) {
        value = floating_value(digits);
        if (std::isinf(value))
            return fail(Errc::pickle_bad_text, "float too large: " + quote(line));
    }
    push(Cell::make_real(has_sign && line[0] == '-' ? -value : value));
    return true;
}

bool Unpickler::string_line() {
    std::string_view line;
    if (!take_line(line)) return false;
    const bool quoted = line.size() >= 2 && line.front() == line.back() &&
                        (line.front() == '\'' || line.front() == '"');
    std::string content;
    if (!quoted || !unescape(line.substr(1, line.size() - 2), content)) {
        return fail(Errc::pickle_bad_text, "expected a quoted string, came " + quote(line));
    }
    const std::byte* const copy = message_.copy(std::as_bytes(std::span(content)));
    push(Cell::make_pointer(Tag::legacy_str, copy, content.size()));
    return true;
}

bool Unpickler::unicode_line() {
    std::string_view line;
    if (!take_line(line)) return false;
    std::string content;
    if (!decode_raw_unicode(line, content)) {
        return fail(Errc::pickle_bad_text, "bad escape in " + quote(line));
    }
    const std::byte* const copy = message_.copy(std::as_bytes(std::span(content)));
    push(Cell::make_pointer(Tag::str, copy, content.size()));
    return true;
}

bool Unpickler::persistent_line() {
    Cell id;
    return take_name_line(id, true) && persistent(id);
}

bool Unpickler::memo_index(std::uint64_t& index) {
    std::string_view line;
    if (!take_line(line)) return false;
    std::string_view digits = strip(c_string(line));
    if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, index);
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (digits.empty() || stop != end || error != std::errc{} || index > most) {
        return fail(Errc::pickle_bad_memo_index, "expected a number from 0, came " + quote(line));
    }
    return true;
}

}  // namespace parley::pickle

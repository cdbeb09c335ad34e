#include "literal_number.hpp"

#include "literal_source.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace parley::pickle {
namespace {

using boost::multiprecision::cpp_int;

char lower(char character) noexcept {
    return static_cast<char>(character | 0x20);
}

// 16, 8 or 2 where the text starts with that radix's prefix, else 10.
unsigned radix_of(std::string_view text) noexcept {
    if (text.size() < 2 || text[0] != '0') return 10;
    switch (lower(text[1])) {
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

std::string_view radix_name(unsigned radix) noexcept {
    switch (radix) {
        case 16:
            return "hexadecimal";
        case 8:
            return "octal";
        case 2:
            return "binary";
        default:
            return "decimal";
    }
}

// Walks over one number; `at_` is where it is.
class NumberScanner {
public:
    NumberScanner(std::string_view source, std::size_t offset)
        : source_(source), start_(offset), at_(offset) {}

    Result<NumberText> scan() {
        const unsigned radix = radix_of(source_.substr(start_));
        return radix == 10 ? scan_decimal() : scan_radix(radix);
    }

private:
    using Kind = NumberText::Kind;

    [[nodiscard]] char peek() const noexcept { return at_ < source_.size() ? source_[at_] : '\0'; }

    [[nodiscard]] Failure invalid(const std::string& problem) const {
        return literal_failure(source_, at_, problem);
    }

    [[nodiscard]] Failure invalid_digit(unsigned radix) const {
        return invalid("invalid " + std::string(radix_name(radix)) + " literal");
    }

    // digit (["_"] digit)*
    bool take_digits(unsigned radix) noexcept {
        if (digit_value(peek()) >= radix) return false;
        for (;;) {
            while (digit_value(peek()) < radix)
                ++at_;
            if (peek() != '_') return true;
            ++at_;
            if (digit_value(peek()) >= radix) return false;
        }
    }

    Result<NumberText> finish(Kind kind, unsigned radix) const {
        if (is_name_character(peek())) return invalid_digit(radix);
        return NumberText{kind, source_.substr(start_, at_ - start_)};
    }

    Result<NumberText> scan_radix(unsigned radix) {
        at_ += 2;
        if (peek() == '_') ++at_;
        if (!take_digits(radix)) return invalid_digit(radix);
        return finish(Kind::integer, radix);
    }

    Result<NumberText> scan_decimal() {
        Kind kind = Kind::integer;
        if (peek() != '.' && !take_digits(10)) return invalid_digit(10);
        if (peek() == '.') {
            kind = Kind::floating;
            ++at_;
            if (is_digit(peek()) && !take_digits(10)) return invalid_digit(10);
        }
        if (lower(peek()) == 'e') {
            kind = Kind::floating;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            if (!take_digits(10)) return invalid_digit(10);
        }
        if (lower(peek()) == 'j') {
            kind = Kind::imaginary;
            ++at_;
        }
        if (kind == Kind::integer && has_leading_zero()) {
            return literal_failure(source_, start_, "an integer with leading zeros (octal is 0o)");
        }
        return finish(kind, 10);
    }

    // "0", "00" and "0_0" are fine.
    [[nodiscard]] bool has_leading_zero() const noexcept {
        const std::string_view text = source_.substr(start_, at_ - start_);
        return text.front() == '0' && text.find_first_not_of("0_") != std::string_view::npos;
    }

    std::string_view source_;
    std::size_t start_;
    std::size_t at_;
};

std::string without_underscores(std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char character) { return character != '_'; });
    return digits;
}

// Chunks of 18 digits, then pairs of neighbours, and so on: a few multiplications of big numbers.
cpp_int decimal_value(const std::string& digits) {
    constexpr std::size_t chunk = 18;
    std::vector<cpp_int> parts;  // the least significant one first
    for (std::size_t end = digits.size(); end != 0; end -= std::min(end, chunk)) {
        const std::size_t begin = end - std::min(end, chunk);
        std::uint64_t part = 0;
        std::from_chars(digits.data() + begin, digits.data() + end, part);
        parts.emplace_back(part);
    }
    for (cpp_int power = 1'000'000'000'000'000'000; parts.size() > 1; power *= power) {
        for (std::size_t i = 0; i < parts.size(); i += 2) {
            if (i + 1 < parts.size()) parts[i] += parts[i + 1] * power;
            if (i != 0) parts[i / 2] = std::move(parts[i]);
        }
        parts.resize((parts.size() + 1) / 2);
    }
    return parts.front();
}

// Radix 2, 8 or 16; `digits` holds no prefix and no underscore.
cpp_int binary_value(std::string digits, unsigned radix) {
    for (char& digit : digits)
        digit = static_cast<char>(digit_value(digit));
    cpp_int value;
    import_bits(value, digits.begin(), digits.end(), radix == 16 ? 4 : radix == 8 ? 3 : 1);
    return value;
}

// The exponent behind an "e", or as good as infinite where it is absurd.
std::int64_t exponent_of(std::string_view text) noexcept {
    const std::size_t e = text.find_first_of("eE");
    if (e == std::string_view::npos) return 0;
    const std::size_t digits = text[e + 1] == '+' ? e + 2 : e + 1;
    std::int64_t exponent = 0;
    const auto error =
        std::from_chars(text.data() + digits, text.data() + text.size(), exponent).ec;
    if (error == std::errc{}) return exponent;
    return text[digits] == '-' ? std::numeric_limits<std::int64_t>::min() / 2
                               : std::numeric_limits<std::int64_t>::max() / 2;
}

// What a number too extreme for from_chars comes to: infinity or zero, by its first digit's place.
double extreme_value(std::string_view text) noexcept {
    const auto first = static_cast<std::int64_t>(text.find_first_of("123456789"));
    const auto point = static_cast<std::int64_t>(std::min(text.find_first_of(".eE"), text.size()));
    return point - first + exponent_of(text) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

}  // namespace

Result<NumberText> scan_number(std::string_view source, std::size_t offset) {
    return NumberScanner(source, offset).scan();
}

std::string integer_value(std::string_view text) {
    const unsigned radix = radix_of(text);
    const cpp_int value = radix == 10 ? decimal_value(without_underscores(text))
                                      : binary_value(without_underscores(text.substr(2)), radix);
    std::string bytes;
    export_bits(value, std::back_inserter(bytes), 8, false);
    bytes += '\0';  // room for the sign
    return bytes;
}

std::string negated(std::string twos_complement) {
    unsigned carry = 1;
    for (char& byte : twos_complement) {
        const unsigned sum = (~static_cast<unsigned>(byte) & 0xffU) + carry;
        byte = static_cast<char>(sum & 0xffU);
        carry = sum >> 8U;
    }
    return twos_complement;
}

double floating_value(std::string_view text) {
    std::string digits = without_underscores(text);
    if (lower(digits.back()) == 'j') digits.pop_back();
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    static_cast<void>(end);
    return error == std::errc::result_out_of_range ? extreme_value(digits) : value;
}

}  // namespace parley::pickle

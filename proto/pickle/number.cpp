#include "number.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace parley::pickle {
namespace {

constexpr double two_to_63 = 9223372036854775808.0;

bool is_integral(double value) noexcept {
    return std::isfinite(value) && std::trunc(value) == value;
}

bool equal_to_integer(double real, const Cell& big) noexcept {
    if (!is_integral(real)) return false;
    const std::string bytes = integer_bytes(real);
    return std::string_view(big.text(), big.size()) == bytes;
}

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t position) noexcept {
    return std::to_integer<std::uint8_t>(bytes[position]);
}

std::partial_ordering by_sign(bool is_less) noexcept {
    return is_less ? std::partial_ordering::less : std::partial_ordering::greater;
}

std::partial_ordering compare_integers(std::string_view left, std::string_view right) noexcept {
    const auto is_negative = [](std::string_view bytes) {
        return !bytes.empty() && static_cast<std::uint8_t>(bytes.back()) >= 0x80;
    };
    const bool negative = is_negative(left);
    if (negative != is_negative(right)) return by_sign(negative);
    // Of the same sign the longer one is further from 0.
    if (left.size() != right.size()) return by_sign((left.size() < right.size()) != negative);
    for (std::size_t i = left.size(); i-- > 0;) {
        const auto a = static_cast<std::uint8_t>(left[i]);
        const auto b = static_cast<std::uint8_t>(right[i]);
        if (a != b) return by_sign(a < b);
    }
    return std::partial_ordering::equivalent;
}

std::string whole_bytes(const Cell& integer) {
    if (integer.tag() == Tag::big_integer) return std::string(integer.text_view());
    return integer_bytes(integer.integer);
}

std::partial_ordering compare_to_real(const Cell& integer, double real) {
    if (std::isnan(real)) return std::partial_ordering::unordered;
    if (std::isinf(real)) return by_sign(real > 0);
    const double floor = std::floor(real);
    const auto order = compare_integers(whole_bytes(integer), integer_bytes(floor));
    if (std::is_neq(order)) return order;
    return floor == real ? std::partial_ordering::equivalent : std::partial_ordering::less;
}

}  // namespace

Cell simplest_number(const Cell& number) noexcept {
    switch (number.tag()) {
        case Tag::boolean:
            return Cell::make(Tag::integer, number.integer);
        case Tag::complex:
            if (number.complex()->imag != 0) return number;
            return simplest_number(Cell::make_real(number.complex()->real));
        case Tag::real:
            if (!(number.real >= -two_to_63 && number.real < two_to_63)) return number;
            if (std::trunc(number.real) != number.real) return number;
            return Cell::make(Tag::integer, static_cast<std::int64_t>(number.real));
        default:
            return number;
    }
}

bool equal_numbers(const Cell& left, const Cell& right) noexcept {
    const Cell a = simplest_number(left);
    const Cell b = simplest_number(right);
    if (a.tag() != b.tag()) {
        if (a.tag() == Tag::real && b.tag() == Tag::big_integer) return equal_to_integer(a.real, b);
        if (b.tag() == Tag::real && a.tag() == Tag::big_integer) return equal_to_integer(b.real, a);
        return false;
    }
    switch (a.tag()) {
        case Tag::integer:
            return a.integer == b.integer;
        case Tag::real:
            return a.real == b.real;
        case Tag::big_integer:
            return a.text_view() == b.text_view();
        default:
            return a.complex()->real == b.complex()->real && a.complex()->imag == b.complex()->imag;
    }
}

std::partial_ordering compare_numbers(const Cell& left, const Cell& right) {
    const Cell a = simplest_number(left);
    const Cell b = simplest_number(right);
    if (a.tag() == Tag::complex || b.tag() == Tag::complex) {
        return equal_numbers(a, b) ? std::partial_ordering::equivalent
                                   : std::partial_ordering::unordered;
    }
    if (a.tag() == Tag::real && b.tag() == Tag::real) return a.real <=> b.real;
    if (a.tag() == Tag::real) {
        const std::partial_ordering order = compare_to_real(b, a.real);
        const bool is_ordered = std::is_lt(order) || std::is_gt(order);
        return is_ordered ? by_sign(std::is_gt(order)) : order;
    }
    if (b.tag() == Tag::real) return compare_to_real(a, b.real);
    if (a.tag() == Tag::integer && b.tag() == Tag::integer) return a.integer <=> b.integer;
    return compare_integers(whole_bytes(a), whole_bytes(b));
}

std::span<const std::byte> minimal_integer(std::span<const std::byte> bytes) noexcept {
    std::size_t size = bytes.size();
    while (size > 1) {
        const std::uint8_t top = byte_at(bytes, size - 1);
        const bool below_negative = byte_at(bytes, size - 2) >= 0x80;
        if (!(top == 0 && !below_negative) && !(top == 0xff && below_negative)) break;
        --size;
    }
    if (size == 1 && byte_at(bytes, 0) == 0) size = 0;
    return bytes.first(size);
}

std::int64_t small_integer(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty()) return 0;
    std::uint64_t value = byte_at(bytes, bytes.size() - 1) >= 0x80 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | byte_at(bytes, i);
    return static_cast<std::int64_t>(value);
}

std::string integer_bytes(std::int64_t value) {
    std::string bytes(8, '\0');
    auto rest = static_cast<std::uint64_t>(value);
    for (char& byte : bytes) {
        byte = static_cast<char>(rest & 0xff);
        rest >>= 8;
    }
    bytes.resize(minimal_integer(std::as_bytes(std::span(bytes))).size());
    return bytes;
}

std::string integer_bytes(double integral) {
    int exponent = 0;
    const double fraction = std::frexp(integral, &exponent);
    if (exponent <= 62) return integer_bytes(static_cast<std::int64_t>(integral));
    auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::fabs(fraction), 53));
    const auto shift = static_cast<std::size_t>(exponent - 53);
    std::string bytes(shift / 8 + 10, '\0');
    mantissa <<= shift % 8;
    for (std::size_t i = shift / 8; mantissa != 0; ++i, mantissa >>= 8) {
        bytes[i] = static_cast<char>(mantissa & 0xff);
    }
    if (integral < 0) {
        unsigned carry = 1;
        for (char& byte : bytes) {
            carry += static_cast<std::uint8_t>(~byte);
            byte = static_cast<char>(carry & 0xff);
            carry >>= 8;
        }
    }
    bytes.resize(minimal_integer(std::as_bytes(std::span(bytes))).size());
    return bytes;
}

std::optional<double> nearest_double(std::span<const std::byte> integer) noexcept {
    if (integer.size() <= 8) return static_cast<double>(small_integer(integer));
    if (integer.size() > 129) return std::nullopt;
    const bool negative = byte_at(integer, integer.size() - 1) >= 0x80;
    // The magnitude's bytes, highest first, of which the top 64 bits and "is anything below"
    // suffice.
    std::uint64_t top = 0;
    int dropped_bits = 0;
    bool sticky = false;
    unsigned carry = 1;
    std::uint8_t magnitude[129];
    for (std::size_t i = 0; i < integer.size(); ++i) {
        const std::uint8_t byte = byte_at(integer, i);
        carry += static_cast<std::uint8_t>(~byte);
        magnitude[i] = negative ? static_cast<std::uint8_t>(carry & 0xff) : byte;
        carry >>= 8;
    }
    for (std::size_t i = integer.size(); i-- > 0;) {
        if (top >> 55 == 0) {
            top = top << 8 | magnitude[i];
        } else {
            dropped_bits += 8;
            sticky = sticky || magnitude[i] != 0;
        }
    }
    // At least 56 bits are in; a low bit that is set for the rest makes the hardware round rightly.
    const double value = std::ldexp(static_cast<double>(top | (sticky ? 1 : 0)), dropped_bits);
    if (std::isinf(value)) return std::nullopt;
    return negative ? -value : value;
}

}  // namespace parley::pickle

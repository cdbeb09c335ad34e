#include "repr_number.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace parley::pickle {
namespace {

using boost::multiprecision::cpp_int;

// The shortest digits that read back, and where the decimal point stands: 0.DIGITS * 10^point.
struct Decimal {
    std::string digits;
    int point = 0;
};

template <typename Float>
Decimal shortest(Float magnitude) {
    std::array<char, 32> text{};
    const char* end = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                    std::chars_format::scientific)
                          .ptr;
    const std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
    const std::size_t e = all.find('e');
    Decimal decimal;
    for (const char character : all.substr(0, e)) {
        if (character != '.') decimal.digits += character;
    }
    const std::string_view exponent = all.substr(e + (all[e + 1] == '+' ? 2 : 1));
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.point);
    ++decimal.point;
    return decimal;
}

std::string with_exponent(const Decimal& decimal) {
    std::string text = decimal.digits.substr(0, 1);
    if (decimal.digits.size() > 1) text += "." + decimal.digits.substr(1);
    const int exponent = decimal.point - 1;
    text += exponent < 0 ? "e-" : "e+";
    const std::string number = std::to_string(std::abs(exponent));
    return text + (number.size() < 2 ? "0" : "") + number;
}

// The rule of format_float_short in CPython for 'r'; `suffix` stands behind whole numbers.
template <typename Float>
std::string magnitude_text(Float magnitude, std::string_view suffix) {
    if (std::isnan(magnitude)) return "nan";
    if (std::isinf(magnitude)) return "inf";
    Decimal decimal = shortest(magnitude);
    if (decimal.point <= -4 || decimal.point > 16) return with_exponent(decimal);
    if (decimal.point <= 0) {
        return "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + decimal.digits;
    }
    const auto point = static_cast<std::size_t>(decimal.point);
    if (decimal.digits.size() <= point) {
        return decimal.digits + std::string(point - decimal.digits.size(), '0') +
               std::string(suffix);
    }
    return decimal.digits.insert(point, ".");
}

// A nan shows no minus, whatever its sign bit says.
std::string_view sign_text(double value, std::string_view plus) noexcept {
    return std::signbit(value) && !std::isnan(value) ? "-" : plus;
}

// Divide and conquer: halves of a number are written one after the other, so that nearly all the
// work is in a few divisions of big numbers. Recursion is as deep as the logarithm of the size.
class DecimalWriter {
public:
    explicit DecimalWriter(const cpp_int& value) {
        powers_.emplace_back(10);
        for (unsigned digits = 1; digits != base_digits; digits *= 2) {
            powers_.back() *= powers_.back();
        }
        while (powers_.back() * powers_.back() <= value) {
            powers_.emplace_back(powers_.back() * powers_.back());
        }
        write(value, powers_.size(), false);
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    static constexpr unsigned base_digits = 256;  // a power of two

    void write(const cpp_int& value, std::size_t level, bool padded) {
        if (level == 0) return write_base(value, padded);
        const cpp_int& power = powers_[level - 1];
        if (!padded && value < power) return write(value, level - 1, false);
        cpp_int high;
        cpp_int low;
        divide_qr(value, power, high, low);
        write(high, level - 1, padded);
        write(low, level - 1, true);
    }

    void write_base(const cpp_int& value, bool padded) {
        const std::string digits = value.str();
        if (padded) text_.append(base_digits - digits.size(), '0');
        text_ += digits;
    }

    std::vector<cpp_int> powers_;
    std::string text_;
};

// The magnitude, least significant byte first.
std::vector<unsigned char> magnitude_of(std::span<const std::byte> bytes, bool negative) {
    std::vector<unsigned char> magnitude(bytes.size());
    unsigned carry = negative ? 1 : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = std::to_integer<unsigned>(bytes[i]) ^ (negative ? 0xffU : 0U);
        const unsigned sum = (byte & 0xffU) + carry;
        magnitude[i] = static_cast<unsigned char>(sum & 0xffU);
        carry = sum >> 8U;
    }
    if (carry != 0) magnitude.push_back(1);
    while (!magnitude.empty() && magnitude.back() == 0)
        magnitude.pop_back();
    return magnitude;
}

void put_hexadecimal(ReprSink& sink, const std::vector<unsigned char>& magnitude) {
    sink.put("0x");
    bool leading = true;
    for (auto byte = magnitude.rbegin(); byte != magnitude.rend() && !sink.full(); ++byte) {
        if (!leading || *byte >= 0x10) sink.put("0123456789abcdef"[*byte >> 4U]);
        sink.put("0123456789abcdef"[*byte & 0xfU]);
        leading = false;
    }
}

// At most this many decimal digits: log10(2) is 0.30103 rounded up.
std::size_t most_digits(std::size_t bytes) noexcept {
    return static_cast<std::size_t>(static_cast<double>(bytes) * 8 * 0.301030) + 1;
}

}  // namespace

void put_float(ReprSink& sink, double value) {
    sink.put(sign_text(value, ""));
    sink.put(magnitude_text(std::fabs(value), ".0"));
}

void put_float(ReprSink& sink, float value) {
    sink.put(sign_text(value, ""));
    sink.put(magnitude_text(std::fabs(value), ".0"));
}

void put_complex(ReprSink& sink, double real, double imag) {
    const bool alone = real == 0 && !std::signbit(real);
    if (!alone) {
        sink.put('(');
        sink.put(sign_text(real, ""));
        sink.put(magnitude_text(std::fabs(real), ""));
    }
    sink.put(sign_text(imag, alone ? "" : "+"));
    sink.put(magnitude_text(std::fabs(imag), ""));
    sink.put(alone ? "j" : "j)");
}

void put_integer(ReprSink& sink, std::int64_t value) {
    sink.put(std::to_string(value));
}

void put_integer(ReprSink& sink, std::span<const std::byte> twos_complement,
                 std::size_t max_digits) {
    if (sink.full()) return;
    const bool negative =
        !twos_complement.empty() && (twos_complement.back() & std::byte{0x80}) != std::byte{0};
    const std::vector<unsigned char> magnitude = magnitude_of(twos_complement, negative);
    if (magnitude.empty()) return sink.put('0');
    if (negative) sink.put('-');
    if (most_digits(magnitude.size()) > max_digits) return put_hexadecimal(sink, magnitude);
    cpp_int value;
    import_bits(value, magnitude.begin(), magnitude.end(), 8, false);
    sink.put(DecimalWriter(value).text());
}

}  // namespace parley::pickle

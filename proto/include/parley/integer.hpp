// Python's ints of any size as Boost.Multiprecision's, and back. Apart from parley/value.hpp
// because that library is long to compile.
#pragma once

#include <parley/value.hpp>

#include <boost/multiprecision/cpp_int.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace parley {

/// A Python int out of any Boost.Multiprecision integer.
template <typename Backend, boost::multiprecision::expression_template_option Option>
[[nodiscard]] Value integer(const boost::multiprecision::number<Backend, Option>& number) {
    using Number = boost::multiprecision::number<Backend, Option>;
    // -n in two's complement is the complement of n - 1.
    const bool negative = number < 0;
    const Number magnitude = negative ? Number(-number - 1) : number;
    std::vector<unsigned char> bytes;
    export_bits(magnitude, std::back_inserter(bytes), 8, false);
    bytes.push_back(0);
    if (negative) {
        for (unsigned char& byte : bytes)
            byte = static_cast<unsigned char>(~byte);
    }
    return integer(std::as_bytes(std::span(bytes)));
}

/// `value.get<cpp_int>()` for an int of any size. Throws TypeError (wrong_type) for anything else.
template <>
struct FromValue<boost::multiprecision::cpp_int> {
    [[nodiscard]] static boost::multiprecision::cpp_int from(const Value& value) {
        std::string bytes = value.int_bytes();
        if (bytes.empty()) return 0;
        const bool negative = (bytes.back() & 0x80) != 0;
        if (negative) {
            for (char& byte : bytes)
                byte = static_cast<char>(~byte);
        }
        boost::multiprecision::cpp_int magnitude;
        const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
        import_bits(magnitude, begin, begin + bytes.size(), 8, false);
        return negative ? boost::multiprecision::cpp_int(-magnitude - 1) : magnitude;
    }
};

}  // namespace parley

#include "ndarray_element.hpp"

#include "instance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace parley::well_known {
namespace {

// The widest of each kind.
using Number = std::variant<std::int64_t, std::uint64_t, double, std::complex<double>>;

[[noreturn]] void refuse(const DType& dtype) {
    throw_failure({Errc::wrong_type, "an element of " + dtype.description()});
}

template <typename T>
T load(const std::byte* from, bool native) {
    std::array<std::byte, sizeof(T)> bytes{};
    std::memcpy(bytes.data(), from, sizeof(T));
    if (!native) std::reverse(bytes.begin(), bytes.end());
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

// IEEE 754 binary16: a sign, 5 bits of exponent and 10 of fraction.
double half(std::uint16_t bits) {
    const int exponent = bits >> 10U & 0x1f;
    const int fraction = bits & 0x3ff;
    double magnitude = 0;
    if (exponent == 0x1f) {
        magnitude = fraction == 0 ? HUGE_VAL : std::nan("");
    } else if (exponent == 0) {
        magnitude = std::ldexp(fraction, -24);
    } else {
        magnitude = std::ldexp(fraction + 0x400, exponent - 25);
    }
    return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

std::int64_t load_signed(const std::byte* from, std::size_t size, bool native) {
    switch (size) {
        case 1:
            return load<std::int8_t>(from, native);
        case 2:
            return load<std::int16_t>(from, native);
        case 4:
            return load<std::int32_t>(from, native);
        default:
            return load<std::int64_t>(from, native);
    }
}

std::uint64_t load_unsigned(const std::byte* from, std::size_t size, bool native) {
    switch (size) {
        case 1:
            return load<std::uint8_t>(from, native);
        case 2:
            return load<std::uint16_t>(from, native);
        case 4:
            return load<std::uint32_t>(from, native);
        default:
            return load<std::uint64_t>(from, native);
    }
}

double load_float(const DType& dtype, const std::byte* from, std::size_t size) {
    switch (size) {
        case 2:
            return half(load<std::uint16_t>(from, dtype.is_native()));
        case 4:
            return load<float>(from, dtype.is_native());
        case 8:
            return load<double>(from, dtype.is_native());
        case sizeof(long double):
            return static_cast<double>(load<long double>(from, dtype.is_native()));
        default:
            refuse(dtype);
    }
}

Number load_number(const DType& dtype, const std::byte* from) {
    const std::size_t size = dtype.itemsize();
    switch (dtype.kind()) {
        case 'b':
            return std::int64_t{*from != std::byte{0}};
        case 'i':
        case 'm':
        case 'M':
            return load_signed(from, size, dtype.is_native());
        case 'u':
            return load_unsigned(from, size, dtype.is_native());
        case 'f':
            return load_float(dtype, from, size);
        case 'c': {
            const std::size_t half_size = size / 2;
            const double real = load_float(dtype, from, half_size);
            return std::complex<double>(real, load_float(dtype, from + half_size, half_size));
        }
        default:
            refuse(dtype);
    }
}

// From one of the widest types to T.
template <typename T>
struct Convert {
    const DType& dtype;

    template <std::integral From>
    T operator()(From value) const {
        if constexpr (std::same_as<T, bool>) {
            if (value != 0 && value != 1) out_of_range();
            return value != 0;
        } else if constexpr (std::integral<T>) {
            if (!std::in_range<T>(value)) out_of_range();
            return static_cast<T>(value);
        } else if constexpr (std::floating_point<T>) {
            return static_cast<T>(value);
        } else {
            return static_cast<typename T::value_type>(value);
        }
    }
    T operator()(double value) const {
        if constexpr (std::integral<T>) {
            refuse(dtype);
        } else if constexpr (std::floating_point<T>) {
            return static_cast<T>(value);
        } else {
            return static_cast<typename T::value_type>(value);
        }
    }
    T operator()(std::complex<double> value) const {
        if constexpr (std::is_arithmetic_v<T>) {
            refuse(dtype);
        } else {
            return T(value);
        }
    }

    [[noreturn]] void out_of_range() const {
        throw_failure({Errc::out_of_range, "an element of " + dtype.description()});
    }
};

}  // namespace

template <ElementType T>
T convert_element(const DType& dtype, const std::byte* from) {
    if (dtype.holds<T>()) {
        if constexpr (std::same_as<T, bool>)
            return *from != std::byte{0};
        else
            return load<T>(from, true);
    }
    return std::visit(Convert<T>{dtype}, load_number(dtype, from));
}

template bool convert_element(const DType&, const std::byte*);
template signed char convert_element(const DType&, const std::byte*);
template unsigned char convert_element(const DType&, const std::byte*);
template short convert_element(const DType&, const std::byte*);
template unsigned short convert_element(const DType&, const std::byte*);
template int convert_element(const DType&, const std::byte*);
template unsigned convert_element(const DType&, const std::byte*);
template long convert_element(const DType&, const std::byte*);
template unsigned long convert_element(const DType&, const std::byte*);
template long long convert_element(const DType&, const std::byte*);
template unsigned long long convert_element(const DType&, const std::byte*);
template float convert_element(const DType&, const std::byte*);
template double convert_element(const DType&, const std::byte*);
template std::complex<float> convert_element(const DType&, const std::byte*);
template std::complex<double> convert_element(const DType&, const std::byte*);

}  // namespace parley::well_known

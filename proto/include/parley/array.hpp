// Python's array.array.
#pragma once

#include <parley/ndarray.hpp>
#include <parley/well_known.hpp>

#include <concepts>
#include <span>
#include <string>

namespace parley {

/// An array.array: numbers of one C type, or characters.
struct Array {
    char typecode;  ///< As in Python: 'b' 'B' 'h' 'H' 'i' 'I' 'l' 'L' 'q' 'Q' 'f' 'd', 'u' or 'w'.
    NdArray items;  ///< Of one dimension; characters are one str of UTF-32 each.

    /// A copy of numbers, under the type code of their C++ type. 'q' and 'Q' are unknown to
    /// Python 2.
    template <ElementType T>
    [[nodiscard]] static Array of(std::span<const T> numbers) {
        return {typecode_of<T>(), NdArray::of(numbers, {numbers.size()})};
    }

    template <ElementType T>
    [[nodiscard]] static constexpr char typecode_of() noexcept;

    /// What an array of characters says, as UTF-8. Throws TypeError (wrong_type) for numbers.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] static Result<Array> from_value(const Value& value);
    /// In the machine's own format, which suits every Python on the same kind of machine.
    operator Value() const;  // NOLINT(google-explicit-constructor)

private:
    [[nodiscard]] static Value native_data(const NdArray& items);
};

template <ElementType T>
constexpr char Array::typecode_of() noexcept {
    if constexpr (std::same_as<T, float>)
        return 'f';
    else if constexpr (std::same_as<T, double>)
        return 'd';
    else if constexpr (sizeof(T) == 1)
        return std::unsigned_integral<T> ? 'B' : 'b';
    else if constexpr (std::same_as<T, short>)
        return 'h';
    else if constexpr (std::same_as<T, unsigned short>)
        return 'H';
    else if constexpr (std::same_as<T, int>)
        return 'i';
    else if constexpr (std::same_as<T, unsigned>)
        return 'I';
    else if constexpr (std::same_as<T, long>)
        return 'l';
    else if constexpr (std::same_as<T, unsigned long>)
        return 'L';
    else if constexpr (std::same_as<T, long long>)
        return 'q';
    else {
        static_assert(std::same_as<T, unsigned long long>, "array.array has no type code for this");
        return 'Q';
    }
}

}  // namespace parley

// What numpy makes of numbers, where C++ has plain ones: scalars and arrays.
#pragma once

#include <parley/ndarray.hpp>
#include <parley/pickle/cell.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/output_archive.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace parley::pickle {

/// Throws UsageError (invalid_argument) unless the shape is that of so many elements.
void check_shape(std::span<const std::size_t> shape, std::size_t size);

/// Writes an array in C order, of the kind of element that numpy's dtype has for the letter.
void write_ndarray(OutputArchive& archive, char kind, std::size_t itemsize,
                   std::span<const std::size_t> shape, ConstBytes elements);

/// The elements of an array as T's. Fails where some cannot be.
template <ElementType T>
[[nodiscard]] std::vector<T> elements_of(InputArchive& archive, const Cell& cell,
                                         const NdArray& array, std::string_view expected) {
    try {
        return array.to_vector<T>();
    } catch (const TypeError& error) {
        if (error.code() == Errc::out_of_range) archive.fail_range(expected, cell);
        archive.fail_type(expected, cell);
    }
}

}  // namespace parley::pickle

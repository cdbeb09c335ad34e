// The arithmetic of an array's shape, which a stranger may have chosen.
#pragma once

#include <parley/ndarray.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace parley::well_known {

/// As numpy has it.
inline constexpr std::size_t most_dimensions = 64;
/// Elements without any bytes cost nothing to announce, so there may not be more of them than this.
inline constexpr std::size_t most_empty_elements = 65'536;

/// How many elements there are, or nothing where their bytes could not be counted.
[[nodiscard]] inline std::optional<std::size_t> count_of(const std::vector<std::size_t>& shape,
                                                         std::size_t itemsize) noexcept {
    if (shape.size() > most_dimensions) return std::nullopt;
    for (const std::size_t extent : shape) {
        if (extent == 0) return 0;
    }
    const std::size_t most =
        itemsize == 0 ? most_empty_elements : std::numeric_limits<std::ptrdiff_t>::max() / itemsize;
    std::size_t count = 1;
    for (const std::size_t extent : shape) {
        if (count > most / extent) return std::nullopt;
        count *= extent;
    }
    return count;
}

/// Whether a value holds the memory of so many elements, or the objects.
[[nodiscard]] inline bool is_data(const Value& data, const DType& dtype, std::size_t count) {
    if (dtype.kind() == 'O') return data.is_list() && data.size() == count;
    const bool has_memory =
        data.is_bytes() || data.is_bytearray() || data.is_buffer() || data.is_legacy_str();
    return has_memory && data.size() == count * dtype.itemsize();
}

/// How far apart neighbours are along each axis. Wraps around where there are no elements at all.
[[nodiscard]] inline std::vector<std::size_t> strides_of(const std::vector<std::size_t>& shape,
                                                         std::size_t itemsize,
                                                         NdArray::Order order) {
    std::vector<std::size_t> strides(shape.size());
    std::size_t stride = itemsize;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const std::size_t axis = order == NdArray::Order::fortran ? i : shape.size() - 1 - i;
        strides[axis] = stride;
        stride *= shape[axis];
    }
    return strides;
}

}  // namespace parley::well_known

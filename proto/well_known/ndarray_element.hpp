// One element of a numpy array as a C++ number, whatever its kind, size and byte order.
#pragma once

#include <parley/dtype.hpp>

#include <complex>
#include <cstddef>

namespace parley::well_known {

/// The element at `from` as a T. Throws TypeError: wrong_type where the kinds do not go together
/// (a float is no integer, a complex number no float), out_of_range for a number that T does not
/// have.
template <ElementType T>
[[nodiscard]] T convert_element(const DType& dtype, const std::byte* from);

}  // namespace parley::well_known

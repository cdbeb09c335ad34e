// Where a pickle ends that others follow.
#pragma once

#include <parley/step.hpp>

#include <cstddef>

namespace parley::pickle {

/// The length of the first pickle in the bytes, STOP included; all of the bytes where no STOP is
/// found, so that the reader says why.
[[nodiscard]] std::size_t pickle_size(ConstBytes bytes) noexcept;

}  // namespace parley::pickle

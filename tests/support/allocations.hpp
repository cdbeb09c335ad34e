// Counts what the program takes from operator new. The program gets its own with allocations.cpp.
#pragma once

#include <cstddef>

namespace support {

/// How often this thread has called operator new so far.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace support

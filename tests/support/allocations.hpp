// Counts what the program takes from operator new, and lets it run out. The program gets its own
// with allocations.cpp.
#pragma once

#include <cstddef>

namespace support {

/// How often this thread has called operator new so far.
[[nodiscard]] std::size_t allocations() noexcept;

/// From construction to destruction, one call of operator new by this thread throws: the one with
/// this number, from 1 on.
class AllocationFailure {
public:
    explicit AllocationFailure(std::size_t number) noexcept;
    AllocationFailure(const AllocationFailure&) = delete;
    AllocationFailure& operator=(const AllocationFailure&) = delete;
    ~AllocationFailure();

    /// Whether it was called so often.
    [[nodiscard]] bool has_come() const noexcept;
};

}  // namespace support

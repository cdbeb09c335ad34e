#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t count = 0;
thread_local std::size_t until_failure = 0;

void* counted(void* memory) {
    ++count;
    if (until_failure > 0 && --until_failure == 0) {
        std::free(memory);
        throw std::bad_alloc();
    }
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

namespace support {

std::size_t allocations() noexcept {
    return count;
}

AllocationFailure::AllocationFailure(std::size_t number) noexcept {
    until_failure = number;
}

AllocationFailure::~AllocationFailure() {
    until_failure = 0;
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): there is but one in a thread
bool AllocationFailure::has_come() const noexcept {
    return until_failure == 0;
}

}  // namespace support

void* operator new(std::size_t size) {
    return counted(std::malloc(size == 0 ? 1 : size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto unit = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

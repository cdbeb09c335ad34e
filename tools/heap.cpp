#include "heap.hpp"

#include <malloc.h>

namespace parley::tools {
namespace {

constexpr int kept = 64 << 20;
// Bigger blocks are mapped, and unmapped as they are freed: more the allocator does not take.
constexpr int mapped = 32 << 20;

}  // namespace

void prepare_heap() noexcept {
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_TRIM_THRESHOLD, kept);
    ::mallopt(M_MMAP_THRESHOLD, mapped);
}

void trim_heap() noexcept {
    ::malloc_trim(0);
}

}  // namespace parley::tools

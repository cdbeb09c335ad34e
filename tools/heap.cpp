#include "heap.hpp"

#include <malloc.h>

namespace parley::tools {

void share_heap() noexcept {
    ::mallopt(M_ARENA_MAX, 1);
}

void trim_heap() noexcept {
    ::malloc_trim(0);
}

}  // namespace parley::tools

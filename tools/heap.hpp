// What a server does with its heap: memory that was just used is kept for the next message, since
// fresh pages cost more than the message does, and what a client took goes back when it has gone.
#pragma once

#include <cstdint>

namespace parley::tools {

/// Has all threads share one heap, which keeps tens of MiB that are free. The ends of other heaps,
/// the allocator's own for threads, could not be trimmed. To be called before there are threads.
void prepare_heap() noexcept;

/// So many bytes from a client make it worth while to give back what it took when it has gone.
constexpr std::uint64_t worth_trimming = std::uint64_t{64} << 10U;

/// Gives back what is free. Takes a while where much was used. Thread-safe.
void trim_heap() noexcept;

}  // namespace parley::tools

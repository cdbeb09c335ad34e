// What a server does so that the memory of a client that has gone goes back to the machine.
#pragma once

namespace parley::tools {

/// Has all threads share one heap: what is free at its end can be given back, which the allocator
/// does for no other. To be called before there are threads.
void share_heap() noexcept;

/// Gives back what is free. Takes a while where much was used. Thread-safe.
void trim_heap() noexcept;

}  // namespace parley::tools

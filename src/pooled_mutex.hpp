// Mutexes that many objects share, so that an object which is seldom locked need not have its own.
#pragma once

#include <mutex>

namespace parley {

/// The mutex of this object, and of others. Never held while another lock is taken, nor for long.
/// Thread-safe.
[[nodiscard]] std::mutex& pooled_mutex(const void* object) noexcept;

}  // namespace parley

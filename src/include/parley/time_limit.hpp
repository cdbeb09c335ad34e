// How long a call may wait.
#pragma once

#include <chrono>
#include <optional>

namespace parley {

/// The time that a call may wait, on the monotonic clock; none waits for as long as it takes. Any
/// `std::chrono` duration converts. Zero or less tries once and does not wait.
using TimeLimit = std::optional<std::chrono::nanoseconds>;

}  // namespace parley

// Pipe: two connections that are each other's other end.
#pragma once

#include <parley/connection.hpp>

#include <utility>

namespace parley {

/// A pair of connected connections, for threads and forked processes (multiprocessing.Pipe). With
/// `duplex` both send and receive, over a socket pair; without, the first only receives and the
/// second only sends, over a pipe. Throws `Error` with the system's code.
[[nodiscard]] std::pair<Connection, Connection> Pipe(bool duplex = true);

}  // namespace parley

// Connecting a socket to an address: every address of the host in turn, and again while nobody
// listens.
#pragma once

#include "deadline.hpp"
#include "transport.hpp"

#include <parley/client.hpp>

namespace parley {

/// A connected transport. Fails with timeout, host_not_found, bad_address, or the system's code.
[[nodiscard]] Result<Transport> connect(const Address& address, const ClientOptions& options);

}  // namespace parley

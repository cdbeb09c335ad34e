// The server behind `parley echo`: accepts, and answers each message of each client with itself.
#pragma once

#include "echo_options.hpp"

namespace parley::tools {

class ListenerOption;

/// Listens, says where, and serves until SIGINT or SIGTERM comes and every client has finished what
/// it had begun, or its time to do so is over. A client that fails is logged and dropped, and is
/// nothing to the others. At SIGUSR1 one line on standard error sums the server up.
void serve_echo(const ListenerOption& option, const EchoOptions& options);

}  // namespace parley::tools

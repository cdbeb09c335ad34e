// The server behind `parley echo`: accepts, and answers each message of each client with itself.
#pragma once

#include <parley/listener.hpp>

namespace parley::tools {

struct EchoOptions {
    /// Relay the bytes unread, instead of through the value model.
    bool raw = false;
};

/// Serves until the descriptor `stop` can be read. A client that fails is logged and dropped, and
/// is nothing to the others. Throws parley::Error where no client can be accepted any more.
void serve_echo(Listener& listener, const EchoOptions& options, int stop);

}  // namespace parley::tools

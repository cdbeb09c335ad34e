#include "echo_server.hpp"

#include "client_threads.hpp"

#include <parley/listener.hpp>
#include <parley/wait.hpp>

namespace parley::tools {
namespace {

/// A frame is read whole before it is answered: a peer that sends is not reading yet.
void answer_all(Connection& connection, const EchoOptions& options) {
    if (!options.raw) {
        for (;;)
            connection.send(connection.recv());
    }
    for (Buffer message;;) {
        connection.recv_bytes_into(message);
        connection.send_bytes(ConstBytes(message.data(), message.size()));
    }
}

}  // namespace

void serve_echo(Listener& listener, const EchoOptions& options, int stop) {
    ClientThreads clients([options](Connection& connection) { answer_all(connection, options); });
    while (wait({stop, listener}).front() != 0)
        clients.start(listener.accept());
    listener.close();
}

}  // namespace parley::tools

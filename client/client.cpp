#include "connect.hpp"
#include "connection_state.hpp"
#include "nonce.hpp"

#include <parley/client.hpp>

#include <utility>

namespace parley {
namespace {

/// A timeout means one of two things: a listener that asks for no authkey says nothing at all.
Failure explain(Failure failure, const Handshake& handshake) {
    if (failure.code != Errc::timeout) return failure;
    if (handshake.has_heard()) return Errc::handshake_timeout;
    return {Errc::no_challenge, "it sent no challenge in the time for the handshake"};
}

void prove_key(ConnectionState& connection, const ClientOptions& options) {
    Handshake handshake(Role::client, *options.authkey, make_nonce(),
                        {.digests = options.digests, .bare_sha256 = options.bare_sha256},
                        connection.reader);
    const Result<void> proven = run(connection.transport, handshake, connection.waits,
                                    Deadline(options.handshake_timeout), connection.waits.epoch());
    if (!proven) throw_failure(connection.from_peer(explain(proven.error(), handshake)));
    connection.transport.acknowledge_now();
    connection.reader.limit(options.messages.max_message);
}

std::shared_ptr<ConnectionState> open(const Address& address, const ClientOptions& options) {
    auto connection =
        std::make_shared<ConnectionState>(connect(address, options).value(), options.messages);
    if (options.authkey) {
        prove_key(*connection, options);
    } else {
        connection->expects_no_challenge = true;
    }
    return connection;
}

}  // namespace

Client::Client(const Address& address, const ClientOptions& options)
    : Connection(open(address, options)) {}

}  // namespace parley

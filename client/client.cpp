#include "connect.hpp"
#include "connection_state.hpp"
#include "key_proof.hpp"

#include <parley/client.hpp>

#include <utility>

namespace parley {

std::shared_ptr<ConnectionState> open_client(const Address& address, const ClientOptions& options) {
    auto connection =
        std::make_shared<ConnectionState>(connect(address, options).value(), options.messages);
    if (!options.authkey) {
        connection->expects_no_challenge = true;
        return connection;
    }
    KeyProof proof(*connection, options);
    const Result<void> proven = run(connection->transport, proof.handshake(), connection->waits,
                                    proof.deadline(), connection->waits.epoch());
    if (!proven) throw_failure(proof.explain(proven.error()));
    proof.succeed();
    return connection;
}

}  // namespace parley

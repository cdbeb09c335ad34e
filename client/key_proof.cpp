#include "key_proof.hpp"

#include "nonce.hpp"

#include <utility>

namespace parley {

KeyProof::KeyProof(ConnectionState& connection, const ClientOptions& options)
    : connection_(connection),
      max_message_(options.messages.max_message),
      handshake_(Role::client, *options.authkey, make_nonce(),
                 {.digests = options.digests, .bare_sha256 = options.bare_sha256},
                 connection.reader),
      deadline_(options.handshake_timeout) {}

void KeyProof::succeed() {
    connection_.reader.limit(max_message_);
}

Failure KeyProof::explain(Failure failure) const {
    // A timeout means one of two things: a listener that asks for no authkey says nothing at all.
    if (failure.code == Errc::timeout) {
        failure =
            handshake_.has_heard()
                ? Failure(Errc::handshake_timeout)
                : Failure(Errc::no_challenge, "it sent no challenge in the time for the handshake");
    }
    return connection_.from_peer(std::move(failure));
}

}  // namespace parley

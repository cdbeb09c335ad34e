// The client's handshake on a connection that has just been made.
#pragma once

#include "connection_state.hpp"

#include <parley/client.hpp>
#include <parley/handshake.hpp>

namespace parley {

/// The handshake, and what comes before and after it. There must be an authkey.
class KeyProof {
public:
    KeyProof(ConnectionState& connection, const ClientOptions& options);

    [[nodiscard]] Handshake& handshake() noexcept { return handshake_; }
    [[nodiscard]] Deadline deadline() const noexcept { return deadline_; }

    /// Makes the connection ready for messages.
    void succeed();
    /// The reason why not, in the words that help, with the peer's name.
    [[nodiscard]] Failure explain(Failure failure) const;

private:
    ConnectionState& connection_;
    std::optional<std::uint64_t> max_message_;
    Handshake handshake_;
    Deadline deadline_;
};

}  // namespace parley

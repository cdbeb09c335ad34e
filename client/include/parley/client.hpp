// Client: the end that connects and proves the key.
#pragma once

#include <parley/address.hpp>
#include <parley/authkey.hpp>
#include <parley/connection.hpp>
#include <parley/handshake.hpp>
#include <parley/time_limit.hpp>

#include <chrono>
#include <optional>

namespace parley {

/// How a Client connects.
struct ClientOptions {
    /// The key to prove, and to have proven; none skips the handshake.
    std::optional<Authkey> authkey = std::nullopt;
    /// Which digests the handshake accepts.
    Digests digests = Digests::compatible;
    /// The listener is a Red Hat Python older than 3.12: answer with bare HMAC-SHA256.
    bool bare_sha256 = false;
    /// The time to connect in, all addresses and retries together; none for the system's own.
    TimeLimit timeout = std::nullopt;
    /// The time for the handshake.
    TimeLimit handshake_timeout = std::chrono::seconds(20);
    /// For so long, try again with growing pauses where nobody listens yet; none tries once.
    TimeLimit retry = std::nullopt;
    /// The local address to connect from; TCP only.
    std::optional<Address> bind = std::nullopt;
    /// Probe an idle TCP connection, to notice a peer that vanished.
    bool keepalive = false;
    /// What the connection does with messages.
    MessageOptions messages = {};
};

/// A Connection to a listener (multiprocessing.connection.Client).
class Client : public Connection {
public:
    Client() = default;
    /// Connects, trying every address of the host in turn, and runs the handshake.
    ///
    /// Throws `Error` with the system's code (refused, unreachable) or host_not_found;
    /// AuthenticationError, which says which side refused, that the listener asks for no authkey,
    /// or that the handshake timed out; ProtocolError for a peer that speaks something else;
    /// Timeout.
    explicit Client(const Address& address, const ClientOptions& options = {});
};

}  // namespace parley

// Listener: the end that binds an address and accepts connections that have proven the key.
#pragma once

#include <parley/address.hpp>
#include <parley/authkey.hpp>
#include <parley/connection.hpp>
#include <parley/handshake.hpp>
#include <parley/time_limit.hpp>
#include <parley/wait.hpp>

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley {

class ListenerState;

/// How a Listener listens and whom it accepts.
struct ListenerOptions {
    /// The key that clients must prove; none accepts anybody.
    std::optional<Authkey> authkey = std::nullopt;
    /// Which digests the handshake accepts.
    Digests digests = Digests::compatible;
    /// Each client's time for its handshake, counted while the program is in `accept` or `wait`.
    TimeLimit handshake_timeout = std::chrono::seconds(20);
    /// The most clients that may be in their handshake at once; more wait in the backlog.
    std::size_t max_handshakes = 1024;
    /// The queue of connections the kernel keeps; none for SOMAXCONN.
    std::optional<int> backlog = std::nullopt;
    /// The mode of a Unix socket's file.
    mode_t mode = 0600;
    /// The users that may connect over a Unix socket, by the kernel's word; none for any.
    std::optional<std::vector<uid_t>> allowed_users = std::nullopt;
    /// What the accepted connections do with messages.
    MessageOptions messages = {};
    /// Called for each client that was dropped in its handshake, with its address and the reason,
    /// from within `accept` or `wait`. Must not call the listener.
    std::function<void(const std::string& peer, const Failure& failure)> on_rejected = {};
};

/// Binds an address and accepts connections (multiprocessing.connection.Listener).
///
/// Move-only. `accept` may be called from one thread at a time; `close` and `cancel` from any. The
/// handshakes of many clients advance at once, whenever the program is in `accept` or `wait`; a
/// client that fails is dropped and reported to `on_rejected`, and accept goes on. A Unix socket's
/// file is removed on close if it is still ours.
class Listener {
public:
    /// Binds and listens. Throws `Error` with the system's code (address in use, say), UsageError
    /// for an address that cannot be bound.
    explicit Listener(const Address& address = Address::tcp("localhost", 0),
                      ListenerOptions options = {});
    Listener(Listener&&) noexcept;
    Listener& operator=(Listener&&) noexcept;
    ~Listener();

    /// The next client that has proven the key. Throws Timeout, Canceled (after `cancel`, or
    /// `close` from another thread), UsageError when closed, `Error` with the system's code.
    /// Running out of descriptors is reported to `on_rejected`, not thrown: accept tries again as
    /// they come free.
    [[nodiscard]] Connection accept(TimeLimit timeout = {});

    /// Where it listens, with the port or path that was chosen.
    [[nodiscard]] const Address& address() const;
    /// The address of the last client accepted; none before the first.
    [[nodiscard]] std::optional<std::string> last_accepted() const;

    /// Stops listening, drops the clients in their handshake, removes a Unix socket's file. Ends an
    /// `accept` in another thread with Canceled. Closing twice is allowed. Thread-safe.
    void close() noexcept;
    [[nodiscard]] bool closed() const noexcept;
    /// Ends an `accept` that waits now with Canceled. Thread-safe.
    void cancel() noexcept;

    /// For `wait`: ready when `accept` would return at once.
    [[nodiscard]] std::function<std::unique_ptr<Watch>()> make_watch() const;
    /// For the library: the state behind the listener.
    [[nodiscard]] const std::shared_ptr<ListenerState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<ListenerState> state_;
};

}  // namespace parley

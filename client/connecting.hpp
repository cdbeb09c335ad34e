// Connecting a socket as a state machine: every address of a host in turn, and again while nobody
// listens. Says what to wait for, and leaves the waiting to its driver: connect.cpp blocks,
// async_connect.cpp does not.
#pragma once

#include "deadline.hpp"
#include "descriptor.hpp"
#include "socket_address.hpp"
#include "transport.hpp"

#include <parley/client.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace parley {

/// Until the descriptor can be written, or the time is over.
struct UntilWritable {
    int descriptor;
    Deadline until;
};

/// Until the time is over.
struct UntilTime {
    Deadline until;
};

class Connecting {
public:
    using Next = std::variant<UntilWritable, UntilTime, Transport, Failure>;

    /// The deadline is of the whole call: it has begun already where a name was looked up. With
    /// `may_block` the kernel waits by itself, as long as it takes.
    Connecting(std::vector<SocketAddress> addresses, const ClientOptions& options,
               Deadline deadline, bool may_block = false);

    /// Goes on, at the beginning and after each wait. A Transport or a Failure is the end: timeout,
    /// or the system's code.
    [[nodiscard]] Next resume();

private:
    enum class State { opening, connecting };

    [[nodiscard]] int open();
    [[nodiscard]] int bind_local() const;
    [[nodiscard]] Next established();
    [[nodiscard]] Next next_round();
    void fail_address(int error);
    [[nodiscard]] bool is_tcp() const noexcept;

    std::vector<SocketAddress> addresses_;
    std::optional<Address> bind_;
    bool keepalive_;
    Deadline deadline_;
    bool may_block_;
    Deadline retry_until_;
    std::chrono::milliseconds pause_;
    std::chrono::milliseconds backlog_pause_;

    State state_ = State::opening;
    std::size_t index_ = 0;
    Descriptor socket_;
    Deadline share_;
    Failure failure_;
    std::string all_failures_;
};

/// The addresses that need no resolver: numbers, this machine, Unix sockets. None for a host's
/// name. Fails with bad_address.
[[nodiscard]] Result<std::vector<SocketAddress>> addresses_at_once(const Address& address);

}  // namespace parley

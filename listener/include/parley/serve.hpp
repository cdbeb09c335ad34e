// serve: a handler for each client of a listener, in a bounded pool of threads.
//
//     parley::StopEvent stop;
//     parley::serve(listener, [](parley::Connection& client) {
//         for (;;) client.send(client.recv());
//     }, {.stop = {stop.fileno()}});
#pragma once

#include <parley/connection.hpp>
#include <parley/listener.hpp>
#include <parley/stop_event.hpp>
#include <parley/time_limit.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace parley {

/// How `serve` serves.
struct ServeOptions {
    /// The most clients that are served at once, each in a thread. More are not accepted meanwhile:
    /// they wait in the listener's backlog, and no deadline of theirs runs.
    std::size_t max_connections = 256;
    /// Serving ends once any of these descriptors can be read: a StopEvent's, a signalfd.
    std::vector<int> stop = {};
    /// How long handlers may go on once serving is to end; then their connections are closed. None
    /// for as long as they take.
    TimeLimit grace = std::chrono::seconds(5);
    /// Called where a handler ends with an exception, or a client gets no thread, with the client's
    /// address: from several threads, never from two at once. EndOfFile is no failure, nor is an
    /// `Error` once serving is to end. Must not throw.
    std::function<void(const std::string& peer, const std::exception& error)> on_failed = {};
    /// Called once when serving is to end, before the handlers are waited for.
    std::function<void()> on_stop = {};
};

/// What is done with each client: it may receive and send until it returns or throws, which ends
/// the connection, or leaves it alone from then on if it was moved elsewhere.
using ServeHandler = std::function<void(Connection& client)>;

/// Accepts clients and runs the handler for each of them, in up to `max_connections` threads; none
/// of them outlives the call. Returns once it has been stopped, by a descriptor of `stop`, or by
/// `close` or `cancel` of the listener from any thread, a handler's included.
///
/// The end is graceful. The listener is closed. Every client's receiving side is shut down: its
/// handler receives what had arrived, and after that EndOfFile. After `grace` what is left is
/// closed: its handler gets Canceled, and is waited for.
///
/// Throws `Error` where no client can be accepted any more, and what `on_rejected` of the listener
/// throws; the handlers have ended then, too.
void serve(Listener& listener, const ServeHandler& handler, const ServeOptions& options = {});

}  // namespace parley

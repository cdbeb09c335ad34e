// The clients that `serve` has accepted, and the threads that their handlers run in.
#pragma once

#include "connection_state.hpp"
#include "deadline.hpp"

#include <parley/serve.hpp>

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace parley {

/// A thread is started for a client where none is idle, and ends when it has been idle for a
/// while. Destruction closes what is left and waits for the last thread.
class Service {
public:
    Service(const ServeHandler& handler, const ServeOptions& options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// Whether one more client may come. Where not, `fileno` is readable once that has changed.
    [[nodiscard]] bool has_room();
    [[nodiscard]] int fileno() const noexcept { return room_.get(); }
    /// Runs the handler for the client.
    void take(Connection client);
    /// Has the handlers come to an end: gracefully up to the deadline.
    void finish(Deadline deadline);

private:
    using Client = std::shared_ptr<ConnectionState>;
    using Clients = std::list<Client>;
    using Threads = std::list<std::thread>;
    enum class Phase { serving, ending, over };

    void work(Threads::iterator self);
    void handle(Connection client);
    void report(const std::string& peer, const std::exception& error);
    void leave(Clients::iterator place);
    [[nodiscard]] bool all_gone(std::unique_lock<std::mutex>& lock, Deadline deadline);

    const ServeHandler& handler_;
    const ServeOptions& options_;
    Descriptor room_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Connection> waiting_;  ///< For a thread that is about to take them.
    Clients clients_;
    Threads threads_;
    Threads ended_;  ///< To be joined.
    std::size_t idle_ = 0;
    Phase phase_ = Phase::serving;
    std::mutex report_mutex_;
};

}  // namespace parley

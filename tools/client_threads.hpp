// Clients being served, each in a thread of its own, until all are told to go.
#pragma once

#include <parley/connection.hpp>

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>

namespace parley::tools {

/// Destruction closes every connection and waits until the last thread is through. An error ends
/// the client that it befell, and is logged. Thread-safe.
class ClientThreads {
public:
    /// `serve` is called for each client, in its thread, and ends by returning or by an exception.
    explicit ClientThreads(std::function<void(Connection&)> serve) : serve_(std::move(serve)) {}
    ClientThreads(const ClientThreads&) = delete;
    ClientThreads& operator=(const ClientThreads&) = delete;
    ~ClientThreads();

    void start(Connection connection);

private:
    using Client = std::list<Connection>::iterator;

    void run(Client client);

    std::function<void(Connection&)> serve_;
    std::mutex mutex_;
    std::condition_variable all_gone_;
    std::list<Connection> connections_;
};

}  // namespace parley::tools

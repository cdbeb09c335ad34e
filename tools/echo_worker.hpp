// One thread of the echo server: a context of its own, and the clients that it serves.
#pragma once

#include "echo_options.hpp"

#include <parley/connection.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

namespace parley::tools {

// The executors of the program are of one type: coroutines and connections that know it take less
// memory and time than those for any.
using EchoExecutor = boost::asio::io_context::executor_type;
using EchoConnection = BasicConnection<EchoExecutor>;
using EchoTask = boost::asio::awaitable<void, EchoExecutor>;
/// An outcome's error_code beside its result.
inline constexpr auto as_pair = boost::asio::as_tuple_t<boost::asio::use_awaitable_t<EchoExecutor>>(
    boost::asio::use_awaitable_t<EchoExecutor>());

/// Serves clients by coroutines on `context`, which one thread is to run. An error ends the client
/// that it befell, is logged, and is nothing to the others.
class EchoWorker {
public:
    /// `on_end` is called in this worker's thread whenever a client has gone.
    EchoWorker(const EchoOptions& options, std::function<void()> on_end);
    EchoWorker(const EchoWorker&) = delete;
    EchoWorker& operator=(const EchoWorker&) = delete;
    ~EchoWorker() = default;

    /// Serves a client that nobody has begun to serve. Thread-safe.
    void serve(ConnectionBase connection);
    [[nodiscard]] std::size_t clients() const noexcept { return client_count_.load(); }
    /// What all clients together have sent and received so far. Thread-safe.
    [[nodiscard]] Counters counters() const;

    /// Lets every client finish what it has begun, until then, and no more. Thread-safe.
    void drain(std::chrono::steady_clock::time_point until);
    /// Closes every connection. Thread-safe.
    void close_all();
    /// Lets `context.run()` return once no client is left. Thread-safe.
    void finish();

    boost::asio::io_context context{1};

private:
    struct Client {
        explicit Client(EchoConnection&& accepted) : connection(std::move(accepted)) {}
        EchoConnection connection;
        bool is_receiving = false;
    };
    using Clients = std::list<Client>;

    void start(EchoConnection connection);
    template <typename Exchange>
    EchoTask answer_all(Clients::iterator client);
    void end(Clients::iterator client, const std::exception_ptr& exception);
    [[nodiscard]] TimeLimit patience_for(const Client& client) const;
    void tell(const EchoConnection& connection, boost::system::error_code outcome) const;

    EchoOptions options_;
    std::function<void()> on_end_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> at_work_;
    // Has the context open its descriptors now, not with its first client: a server at rest is one.
    boost::asio::steady_timer opener_{context};
    std::optional<std::chrono::steady_clock::time_point> drains_until_;
    mutable std::mutex clients_mutex_;
    Clients clients_;
    Counters gone_;
    std::atomic<std::size_t> client_count_{0};
};

}  // namespace parley::tools

// The asynchronous accepts of one listener, and its place in the reactor.
#pragma once

#include "watched_descriptor.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace parley {

class ConnectionState;

/// Guarded by the listener's `async_mutex`.
class AsyncAccepts {
public:
    using Handler = asynchronous::Handler<std::shared_ptr<ConnectionState>>;
    using Clock = std::chrono::steady_clock;

    /// A call that waits for a client.
    struct Pending {
        explicit Pending(Handler to_be_called) noexcept : handler(std::move(to_be_called)) {}

        Handler handler;
        std::uint64_t number = 0;
        boost::asio::any_completion_executor work;
        std::unique_ptr<boost::asio::steady_timer> timer;
        boost::system::error_code outcome;
        std::shared_ptr<ConnectionState> accepted;
    };
    /// Calls that are through, until their handlers are called or destroyed.
    using Completed = std::list<Pending>;

    explicit AsyncAccepts(boost::asio::any_io_executor where)
        : executor(std::move(where)), watched(executor), attention(executor) {}

    /// Takes the call out, with its outcome.
    void complete(std::list<Pending>::iterator call, boost::system::error_code outcome,
                  Completed& completed) {
        call->outcome = outcome;
        completed.splice(completed.end(), pending, call);
    }
    /// Nobody waits any more: nothing of ours keeps the context at work.
    void rest() {
        watched.end_waits();
        attention.cancel();
        attention_at.reset();
    }
    static void post_all(const boost::asio::any_io_executor& executor, Completed& completed);

    boost::asio::any_io_executor executor;
    WatchedDescriptor watched;
    boost::asio::steady_timer attention;
    std::optional<Clock::time_point> attention_at;
    std::list<Pending> pending;
    std::uint64_t last_number = 0;
    bool waits = false;
};

}  // namespace parley

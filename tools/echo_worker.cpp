#include "echo_worker.hpp"

#include "about_peer.hpp"
#include "heap.hpp"
#include "log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

namespace parley::tools {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// A frame is read whole before it is answered: a peer that sends is not reading yet.
struct Objects {
    static auto receive(EchoConnection& connection, TimeLimit patience) {
        return connection.async_recv(patience, as_pair);
    }
    static auto send(EchoConnection& connection, Value message) {
        return connection.async_send(std::move(message), as_pair);
    }
};

struct Bytes {
    static auto receive(EchoConnection& connection, TimeLimit patience) {
        return connection.async_recv_bytes(patience, as_pair);
    }
    static auto send(EchoConnection& connection, const Buffer& message) {
        return connection.async_send_bytes(ConstBytes(message.data(), message.size()), as_pair);
    }
};

void add(Counters& sum, const Counters& counters) noexcept {
    sum.messages_sent += counters.messages_sent;
    sum.messages_received += counters.messages_received;
    sum.bytes_sent += counters.bytes_sent;
    sum.bytes_received += counters.bytes_received;
}

}  // namespace

EchoWorker::EchoWorker(const EchoOptions& options, std::function<void()> on_end)
    : options_(options), on_end_(std::move(on_end)), at_work_(context.get_executor()) {}

void EchoWorker::serve(ConnectionBase connection) {
    ++client_count_;
    asio::post(context,
               [this, accepted = EchoConnection(context, std::move(connection))]() mutable {
                   start(std::move(accepted));
               });
}

void EchoWorker::start(EchoConnection connection) {
    log_detail(connection.peer() + ": connected");
    Clients::iterator client;
    {
        const std::lock_guard lock(clients_mutex_);
        client = clients_.emplace(clients_.end(), std::move(connection));
    }
    asio::co_spawn(context, options_.raw ? answer_all<Bytes>(client) : answer_all<Objects>(client),
                   [this, client](const std::exception_ptr& exception) { end(client, exception); });
}

template <typename Exchange>
EchoTask EchoWorker::answer_all(Clients::iterator client) {
    EchoConnection& connection = client->connection;
    for (;;) {
        client->is_receiving = true;
        auto [error, message] = co_await Exchange::receive(connection, patience_for(*client));
        client->is_receiving = false;
        if (!error) std::tie(error) = co_await Exchange::send(connection, std::move(message));
        // A client that waits when the server is to end is woken to see whether it has begun.
        const bool is_woken = error == asio::error::operation_aborted && drains_until_;
        if (error && (!is_woken || connection.closed())) {
            tell(connection, error);
            co_return;
        }
    }
}

TimeLimit EchoWorker::patience_for(const Client& client) const {
    if (!drains_until_) return options_.idle_timeout;
    if (!client.connection.inside_message()) return std::chrono::nanoseconds::zero();
    return *drains_until_ - std::chrono::steady_clock::now();
}

void EchoWorker::tell(const EchoConnection& connection, error_code outcome) const {
    const std::string peer = connection.peer();
    if (outcome == Errc::end_of_file)
        log_detail(peer + ": done");
    else if (drains_until_ && outcome == Errc::timeout && !connection.inside_message())
        log_detail(peer + ": sent home");
    else if (connection.closed() || (drains_until_ && outcome == Errc::timeout))
        log_failure(peer + ": cut off, since its time to finish is over");
    else
        log_failure(about_peer(peer, outcome == Errc::timeout
                                         ? "idle for too long"
                                         : connection.last_failure().message()));
}

void EchoWorker::end(Clients::iterator client, const std::exception_ptr& exception) {
    try {
        if (exception) std::rethrow_exception(exception);
    } catch (const std::exception& error) {
        log_failure(about_peer(client->connection.peer(), error.what()));
    }
    const Counters counters = client->connection.counters();
    {
        const std::lock_guard lock(clients_mutex_);
        add(gone_, counters);
        clients_.erase(client);
    }
    --client_count_;
    if (counters.bytes_received > worth_trimming) trim_heap();
    on_end_();
}

Counters EchoWorker::counters() const {
    const std::lock_guard lock(clients_mutex_);
    Counters sum = gone_;
    for (const Client& client : clients_)
        add(sum, client.connection.counters());
    return sum;
}

void EchoWorker::drain(std::chrono::steady_clock::time_point until) {
    asio::post(context, [this, until] {
        drains_until_ = until;
        for (Client& client : clients_) {
            if (client.is_receiving) client.connection.cancel();
        }
    });
}

void EchoWorker::close_all() {
    asio::post(context, [this] {
        for (Client& client : clients_)
            client.connection.close();
    });
}

void EchoWorker::finish() {
    asio::post(context, [this] { at_work_.reset(); });
}

}  // namespace parley::tools

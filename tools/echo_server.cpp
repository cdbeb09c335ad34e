#include "echo_server.hpp"

#include "echo_worker.hpp"
#include "listener_option.hpp"
#include "log.hpp"
#include "standard_streams.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace parley::tools {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// As many descriptors as the system lets us have: each client takes one.
void raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The main thread's part: it accepts for all workers, and sees to the signals. It is the first
/// worker's thread, too.
class EchoServer {
public:
    explicit EchoServer(const EchoOptions& options) : options_(options), workers_(make_workers()) {}

    [[nodiscard]] asio::io_context& context() noexcept { return workers_.front().context; }
    void serve(Listener& listener);

    /// How many clients have failed their handshake.
    std::uint64_t rejected = 0;

private:
    /// Before the members that live on the first one's context.
    [[nodiscard]] std::deque<EchoWorker> make_workers() {
        std::deque<EchoWorker> workers;
        for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
            workers.emplace_back(options_,
                                 [this] { asio::post(context(), [this] { on_client_gone(); }); });
        }
        return workers;
    }
    asio::awaitable<void> accept_all(Listener& listener);
    asio::awaitable<void> heed_signals(Listener& listener);
    void stop(Listener& listener);
    void end_if_done();
    void on_client_gone();
    void summarize();
    [[nodiscard]] std::size_t clients() const noexcept;
    [[nodiscard]] EchoWorker& idlest_worker() noexcept;

    EchoOptions options_;
    std::deque<EchoWorker> workers_;
    asio::signal_set signals_{context(), SIGINT, SIGTERM, SIGUSR1};
    asio::steady_timer room_{context()};
    asio::steady_timer drain_{context()};
    std::uint64_t accepted_ = 0;
    bool is_stopping_ = false;
    bool is_done_ = false;
    std::exception_ptr failure_;
};

std::size_t EchoServer::clients() const noexcept {
    std::size_t sum = 0;
    for (const EchoWorker& worker : workers_)
        sum += worker.clients();
    return sum;
}

EchoWorker& EchoServer::idlest_worker() noexcept {
    return *std::min_element(
        workers_.begin(), workers_.end(),
        [](const EchoWorker& a, const EchoWorker& b) { return a.clients() < b.clients(); });
}

asio::awaitable<void> EchoServer::accept_all(Listener& listener) {
    while (!is_stopping_) {
        if (options_.max_connections && clients() >= *options_.max_connections) {
            room_.expires_at(asio::steady_timer::time_point::max());
            co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        auto [error, connection] =
            co_await listener.async_accept(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        ++accepted_;
        idlest_worker().serve(std::move(connection));
    }
}

asio::awaitable<void> EchoServer::heed_signals(Listener& listener) {
    while (!is_done_) {
        auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        if (signal == SIGUSR1)
            summarize();
        else
            stop(listener);
    }
}

/// The first time clients may finish what they have begun; the second time they may not.
void EchoServer::stop(Listener& listener) {
    const bool is_impatient = std::exchange(is_stopping_, true);
    listener.close();
    room_.cancel();
    const auto until = std::chrono::steady_clock::now() +
                       (is_impatient ? std::chrono::nanoseconds::zero() : options_.drain);
    for (EchoWorker& worker : workers_)
        worker.drain(until);
    drain_.expires_at(until);
    drain_.async_wait([this](error_code error) {
        if (error) return;
        for (EchoWorker& worker : workers_)
            worker.close_all();
    });
    end_if_done();
}

void EchoServer::on_client_gone() {
    room_.cancel();
    if (is_stopping_) end_if_done();
}

void EchoServer::end_if_done() {
    if (clients() > 0) return;
    is_done_ = true;
    drain_.cancel();
    signals_.cancel();
    for (EchoWorker& worker : workers_)
        worker.finish();
}

void EchoServer::summarize() {
    Counters sum;
    for (const EchoWorker& worker : workers_) {
        const Counters counters = worker.counters();
        sum.messages_sent += counters.messages_sent;
        sum.messages_received += counters.messages_received;
        sum.bytes_sent += counters.bytes_sent;
        sum.bytes_received += counters.bytes_received;
    }
    log_summary(
        fmt::format("{} connections now, {} accepted, {} rejected; messages: {} received, {} "
                    "sent; bytes: {} received, {} sent",
                    clients(), accepted_, rejected, sum.messages_received, sum.messages_sent,
                    sum.bytes_received, sum.bytes_sent));
}

void EchoServer::serve(Listener& listener) {
    const auto keep_failure = [this, &listener](const std::exception_ptr& failure) {
        if (!failure) return;
        failure_ = failure;
        stop(listener);
    };
    asio::co_spawn(context(), accept_all(listener), keep_failure);
    asio::co_spawn(context(), heed_signals(listener), keep_failure);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
        threads.emplace_back([&worker = workers_[i]] { worker.context.run(); });
    }
    context().run();
    for (std::thread& thread : threads)
        thread.join();
    if (failure_) std::rethrow_exception(failure_);
}

}  // namespace

void serve_echo(const ListenerOption& option, const EchoOptions& options) {
    raise_descriptor_limit();
    EchoServer server(options);
    Listener listener(server.context(), option.listen([&server] { ++server.rejected; }));
    write_line("listening on " + listener.address().to_string());
    server.serve(listener);
}

}  // namespace parley::tools

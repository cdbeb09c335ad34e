// Connections that open, talk, are cancelled and die at random, on a context of several threads.
// For a few seconds, or as many as PARLEY_STRESS_SECONDS says.
#include "support/catch.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::use_awaitable;
using boost::system::error_code;
using parley::Connection;
using Clock = std::chrono::steady_clock;
using Strand = asio::strand<asio::io_context::executor_type>;

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}
    unsigned operator()() { return static_cast<unsigned>(engine_()); }

private:
    std::minstd_rand engine_;
};

constexpr auto as_pair = asio::as_tuple(use_awaitable);

int descriptors() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<int>(std::distance(begin(entries), end(entries)));
}

Clock::duration time_to_run() {
    const char* seconds = std::getenv("PARLEY_STRESS_SECONDS");
    return seconds == nullptr ? 2s : std::chrono::seconds(std::atoi(seconds));
}

struct Tally {
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> called{0};
    std::atomic<std::uint64_t> called_twice{0};
    std::atomic<std::uint64_t> lost{0};
};

/// A handler that knows whether it was called, once.
class Ticket {
public:
    /// The signal lives as long as the handler that has its slot.
    Ticket(Tally& tally, std::shared_ptr<asio::cancellation_signal> signal)
        : signal_(std::move(signal)), state_(new State{&tally}) {
        ++tally.begun;
    }

    template <typename... Results>
    void operator()(error_code, Results&&...) {
        state_->is_called ? ++state_->tally->called_twice : ++state_->tally->called;
        state_->is_called = true;
    }

private:
    struct State {
        Tally* tally;
        bool is_called = false;
        ~State() {
            if (!is_called) ++tally->lost;
        }
    };
    std::shared_ptr<asio::cancellation_signal> signal_;
    std::unique_ptr<State> state_;
};

/// What all actors have in common.
struct Stage {
    asio::io_context context{4};
    parley::Authkey key{"secret"};
    parley::Listener listener{context, *parley::Address::parse("127.0.0.1:0"),
                              parley::ListenerOptions{.authkey = key, .handshake_timeout = 10s}};
    Clock::time_point end = Clock::now() + time_to_run();
    Tally tally;
    std::atomic<std::uint64_t> connections{0};

    [[nodiscard]] bool is_over() const { return Clock::now() >= end; }
};

bool happens(Random& random, unsigned in) {
    return random() % in == 0;
}

/// Echoes, and drops clients at random.
asio::awaitable<void> serve(Connection connection, unsigned seed) {
    Random random(seed);
    for (;;) {
        auto [failed, message] = co_await connection.async_recv_bytes(5s, as_pair);
        if (failed || happens(random, 40)) co_return;
        auto [error] = co_await connection.async_send_bytes(
            parley::ConstBytes(message.data(), message.size()), as_pair);
        if (error) co_return;
    }
}

asio::awaitable<void> accept_all(Stage& stage, unsigned seed) {
    Random random(seed);
    for (;;) {
        auto [error, connection] = co_await stage.listener.async_accept(1s, as_pair);
        if (stage.listener.closed()) co_return;
        if (!error) {
            asio::co_spawn(stage.context, serve(std::move(connection), random()), asio::detached);
        }
    }
}

/// One client after another, on a strand of its own, while the connections are the context's.
class Actor {
public:
    Actor(Stage& stage, Strand strand, unsigned seed)
        : stage_(stage), strand_(std::move(strand)), random_(seed), timer_(strand_) {}

    asio::awaitable<void> play() {
        while (!stage_.is_over()) {
            const parley::ClientOptions options{.authkey = stage_.key, .timeout = 5s};
            parley::Client client(stage_.context);
            auto [error] =
                co_await client.async_connect(stage_.listener.address(), options, as_pair);
            if (error) continue;
            ++stage_.connections;
            co_await live(std::move(client));
        }
    }

private:
    asio::awaitable<void> live(parley::Client client) {
        std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
        std::vector<std::byte> payload(1 + random_() % 200'000);
        for (unsigned rounds = random_() % 30; rounds > 0 && !stage_.is_over(); --rounds) {
            auto signal = std::make_shared<asio::cancellation_signal>();
            signals.push_back(signal);
            const auto ticket = [&] {
                return asio::bind_executor(
                    strand_,
                    asio::bind_cancellation_slot(signal->slot(), Ticket(stage_.tally, signal)));
            };
            switch (random_() % 6) {
                case 0:
                case 1:
                    client.async_send_bytes("small", ticket());
                    break;
                case 2:
                    client.async_send_bytes(payload, std::chrono::microseconds(random_() % 2000),
                                            ticket());
                    break;
                case 3:
                    client.async_send(parley::Value(std::string(random_() % 3000, 'x')), ticket());
                    break;
                case 4:
                    client.async_recv_bytes(std::chrono::microseconds(random_() % 3000), ticket());
                    break;
                default:
                    client.async_recv_bytes(ticket());
            }
            if (happens(random_, 3)) co_await pause();
            if (happens(random_, 4)) {
                signals[random_() % signals.size()]->emit(asio::cancellation_type::all);
            }
            if (happens(random_, 20)) client.cancel();
            if (happens(random_, 40)) client.close();
        }
        if (happens(random_, 2)) client.close();
        client = parley::Client();
        // The payload must stay until the sends that refer to it are through.
        co_await pause();
        co_await asio::post(strand_, use_awaitable);
    }

    asio::awaitable<void> pause() {
        timer_.expires_after(std::chrono::microseconds(random_() % 1500));
        co_await timer_.async_wait(use_awaitable);
    }

    Stage& stage_;
    Strand strand_;
    Random random_;
    asio::steady_timer timer_;
};

}  // namespace

TEST_CASE("async stress: no handler is lost, none is called twice, no descriptor stays open",
          "[async][stress]") {
    const int before = descriptors();
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    {
        Stage stage;
        std::vector<std::unique_ptr<Actor>> actors;
        std::atomic<int> playing{0};
        for (unsigned i = 0; i < 3; ++i) {
            asio::co_spawn(stage.context, accept_all(stage, seed + 100 + i), asio::detached);
        }
        for (unsigned i = 0; i < 16; ++i) {
            const Strand strand = asio::make_strand(stage.context);
            actors.push_back(std::make_unique<Actor>(stage, strand, seed + i));
            ++playing;
            asio::co_spawn(strand, actors.back()->play(), [&](const std::exception_ptr& failure) {
                if (failure) stage.tally.lost += 1'000'000;
                if (--playing == 0) stage.listener.close();
            });
        }
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { stage.context.run(); });
        for (std::thread& thread : threads)
            thread.join();
        CHECK(stage.connections > 0);
        CHECK(stage.tally.begun > 0);
        CHECK(stage.tally.called == stage.tally.begun);
        CHECK(stage.tally.called_twice == 0);
        CHECK(stage.tally.lost == 0);
    }
    CHECK(descriptors() == before);
}

TEST_CASE("async stress: a context that ends destroys every handler and leaves nothing open",
          "[async][stress]") {
    const int before = descriptors();
    for (unsigned seed = 0; seed < 50; ++seed) {
        auto stage = std::make_unique<Stage>();
        Random random(seed);
        stage->end = Clock::now() + 1h;
        asio::co_spawn(stage->context, accept_all(*stage, seed), asio::detached);
        std::vector<std::unique_ptr<Actor>> actors;
        for (unsigned i = 0; i < 3; ++i) {
            const Strand strand = asio::make_strand(stage->context);
            actors.push_back(std::make_unique<Actor>(*stage, strand, seed + i));
            asio::co_spawn(strand, actors.back()->play(), asio::detached);
        }
        for (unsigned steps = random() % 400; steps > 0; --steps)
            stage->context.run_one_for(1ms);
        actors.clear();
        stage->listener.close();
        stage.reset();
    }
    CHECK(descriptors() == before);
}

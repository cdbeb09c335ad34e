#include "async_support.hpp"
#include "support/catch.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <sys/socket.h>

#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>

using namespace async_test;  // NOLINT(google-build-using-namespace)
using asio::cancellation_type;

TEST_CASE("async receive: any cancellation ends it and loses nothing", "[async]") {
    const auto type =
        GENERATE(cancellation_type::terminal, cancellation_type::partial, cancellation_type::total);
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    asio::cancellation_signal signal;
    pair.second.async_recv_bytes(
        asio::bind_cancellation_slot(signal.slot(), outcomes.note("cancelled")));
    // Half a message: a header for four bytes, and two of them.
    REQUIRE(::send(pair.first.fileno(), "\0\0\0\4wh", 6, 0) == 6);
    context.poll();
    context.restart();
    CHECK(pair.second.inside_message());
    signal.emit(type);
    context.run();
    context.restart();
    CHECK(outcomes.of("cancelled") == asio::error::operation_aborted);
    REQUIRE(::send(pair.first.fileno(), "ole", 2, 0) == 2);
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer message = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "whol");
    });
    CHECK_FALSE(pair.second.inside_message());
}

TEST_CASE("async receive: one call at a time", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.second.async_recv(outcomes.note("first"));
    pair.second.async_recv(outcomes.note("second"));
    CHECK_THROWS_AS(pair.second.recv(0s), parley::UsageError);
    pair.first.send(1);
    context.run();
    CHECK_FALSE(outcomes.of("first"));
    CHECK(outcomes.of("second") == Errc::busy);
}

TEST_CASE("async receive: into a buffer, or too short a one", "[async]") {
    asio::io_context context;
    Pair pair(context);
    const std::string message = GENERATE(std::string("12345678"), std::string(100'000, 'x'));
    run(context, [&]() -> asio::awaitable<void> {
        std::string small(7, '-');
        std::string fitting(message.size(), '-');
        pair.first.async_send_bytes(message, asio::detached);
        auto [error, needed] = co_await pair.second.async_recv_bytes_into(
            std::as_writable_bytes(std::span(small)), as_pair);
        CHECK(error == Errc::buffer_too_short);
        CHECK(needed == message.size());
        const std::size_t size = co_await pair.second.async_recv_bytes_into(
            std::as_writable_bytes(std::span(fitting)), use_awaitable);
        CHECK(size == message.size());
        CHECK(fitting == message);
        CHECK(pair.second.counters().messages_received == 1);
        pair.first.async_send_bytes(message, asio::detached);
        Buffer buffer;
        co_await pair.second.async_recv_bytes_into(buffer, use_awaitable);
        CHECK(buffer.view() == message);
    });
}

TEST_CASE("async receive: a message over the limit closes the reading side", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.send_bytes("1234");
    pair.second.async_recv_bytes(4, outcomes.note("fits"));
    context.run();
    context.restart();
    pair.first.send_bytes("12345");
    pair.second.async_recv_bytes(4, outcomes.note("too long"));
    context.run();
    context.restart();
    pair.second.async_recv_bytes(-1, outcomes.note("negative"));
    context.run();
    CHECK_FALSE(outcomes.of("fits"));
    CHECK(outcomes.of("too long") == Errc::message_too_long);
    CHECK(outcomes.of("negative") == Errc::invalid_argument);
    CHECK_FALSE(pair.second.readable());
}

TEST_CASE("async receive: what is no pickle is consumed", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.send_bytes("no pickle");
    pair.first.send(2);
    pair.second.async_recv(outcomes.note("bad"));
    context.run();
    context.restart();
    pair.second.async_recv(outcomes.note("good"));
    context.run();
    CHECK(parley::blame(static_cast<Errc>(outcomes.of("bad").value())) == parley::Blame::pickle);
    CHECK_FALSE(outcomes.of("good"));
}

TEST_CASE("async receive: a timer beside it, and a group", "[async]") {
    using namespace asio::experimental::awaitable_operators;  // NOLINT
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        asio::steady_timer timer(context, 1ms);
        const auto first =
            co_await (pair.second.async_recv(use_awaitable) || timer.async_wait(use_awaitable));
        CHECK(first.index() == 1);
        pair.first.send(5);
        timer.expires_after(1h);
        const auto second =
            co_await (pair.second.async_recv(use_awaitable) || timer.async_wait(use_awaitable));
        CHECK(second.index() == 0);
        auto both = co_await (pair.first.async_send(6, use_awaitable) &&
                              pair.second.async_recv(use_awaitable));
        CHECK(std::get<0>(std::tuple(both)) == Value(6));
    });
    std::optional<error_code> received;
    asio::steady_timer timer(context, 1ms);
    asio::experimental::make_parallel_group(pair.second.async_recv(asio::deferred),
                                            timer.async_wait(asio::deferred))
        .async_wait(asio::experimental::wait_for_one(),
                    [&](auto, error_code error, Value, error_code) { received = error; });
    context.run();
    CHECK(received == asio::error::operation_aborted);
}

TEST_CASE("async receive: the handler runs on its executor", "[async]") {
    asio::io_context context;
    asio::thread_pool pool(1);
    Pair pair(context);
    std::promise<std::thread::id> ran;
    std::thread::id pool_thread;
    asio::post(pool, [&] { pool_thread = std::this_thread::get_id(); });
    SECTION("after a wait") {
        pair.second.async_recv(asio::bind_executor(
            pool, [&](error_code, Value) { ran.set_value(std::this_thread::get_id()); }));
        pair.first.send(1);
    }
    SECTION("at once") {
        pair.first.send(1);
        pair.second.async_recv(asio::bind_executor(
            pool, [&](error_code, Value) { ran.set_value(std::this_thread::get_id()); }));
    }
    SECTION("a send that waits") {
        pair.narrow();
        pair.first.async_send_bytes(std::string_view("x"),
                                    asio::bind_executor(pool, [&](error_code) {
                                        ran.set_value(std::this_thread::get_id());
                                    }));
    }
    context.run();
    const std::thread::id where = ran.get_future().get();
    pool.join();
    CHECK(where == pool_thread);
}

namespace {

struct Memory {
    int allocated = 0;
    int freed = 0;
};

/// Counts what goes through it.
template <typename T>
struct CountingAllocator {
    using value_type = T;
    explicit CountingAllocator(Memory& m) : memory(&m) {}
    template <typename U>
    CountingAllocator(const CountingAllocator<U>& other) : memory(other.memory) {}  // NOLINT
    T* allocate(std::size_t n) {
        ++memory->allocated;
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* p, std::size_t n) {
        ++memory->freed;
        std::allocator<T>().deallocate(p, n);
    }
    friend bool operator==(const CountingAllocator&, const CountingAllocator&) = default;
    Memory* memory;
};

}  // namespace

TEST_CASE("async receive: the handler's allocator is used, and has all back before it is called",
          "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Memory memory;
    int still_allocated = -1;
    const std::string big(300'000, 'x');
    const auto handler = [&](error_code, auto&&...) {
        still_allocated = memory.allocated - memory.freed;
    };
    SECTION("receive") {
        pair.second.async_recv(asio::bind_allocator(CountingAllocator<void*>(memory), handler));
        context.poll();
        CHECK(memory.allocated > memory.freed);
        context.restart();
        pair.first.send(1);
    }
    SECTION("send") {
        pair.first.async_send_bytes(
            big, asio::bind_allocator(CountingAllocator<void*>(memory), handler));
        context.poll();
        CHECK(memory.allocated > memory.freed);
        context.restart();
        pair.second.async_recv(asio::detached);
    }
    context.run();
    CHECK(still_allocated == 0);
}

TEST_CASE("async receive: a context that ends destroys the handlers, uncalled", "[async]") {
    auto kept = std::make_shared<int>();
    int called = 0;
    const std::string big(300'000, 'x');
    {
        asio::io_context context;
        auto pair = std::make_shared<Pair>(context);
        pair->narrow();
        // Each handler keeps the connections, which keep the handlers.
        pair->first.async_recv([kept, pair, &called](error_code, Value) { ++called; });
        pair->first.async_send_bytes(big, [kept, pair, &called](error_code) { ++called; });
        pair->first.async_send_bytes(big, 1h, [kept, pair, &called](error_code) { ++called; });
        context.poll();
    }
    CHECK(called == 0);
    CHECK(kept.use_count() == 1);
}

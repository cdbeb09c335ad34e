#include "async_support.hpp"
#include "support/catch.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>

using namespace async_test;  // NOLINT(google-build-using-namespace)

TEST_CASE("async connection: an object goes there and back", "[async]") {
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        co_await pair.first.async_send(parley::list("Hello", 100), use_awaitable);
        const Value there = co_await pair.second.async_recv(use_awaitable);
        co_await pair.second.async_send(there, use_awaitable);
        const Value back = co_await pair.first.async_recv(use_awaitable);
        CHECK(back == parley::list("Hello", 100));
    });
}

TEST_CASE("async connection: a call waits for what is not there yet", "[async]") {
    asio::io_context context;
    Pair pair(context);
    std::string received;
    pair.second.async_recv_bytes([&](error_code error, parley::Buffer message) {
        CHECK_FALSE(error);
        received = message.view();
    });
    CHECK(context.poll() == 0);
    pair.first.async_send_bytes("late", [](error_code error) { CHECK_FALSE(error); });
    CHECK(received.empty());
    context.run();
    CHECK(received == "late");
}

TEST_CASE("async connection: typed objects, both ways", "[async]") {
    asio::io_context context;
    Pair pair(context);
    const std::vector<int> numbers{1, 2, 3};
    run(context, [&]() -> asio::awaitable<void> {
        co_await pair.first.async_send(numbers, use_awaitable);
        const auto received = co_await pair.second.async_recv<std::vector<int>>(use_awaitable);
        CHECK(received == numbers);
        co_await pair.first.async_send(std::string("text"), use_awaitable);
        const auto [error, number] =
            co_await pair.second.async_recv<int>(asio::as_tuple(use_awaitable));
        CHECK(error == Errc::wrong_type);
        CHECK(pair.second.last_failure().message().find("int") != std::string::npos);
    });
}

TEST_CASE("async connection: every way to complete", "[async]") {
    asio::io_context context;
    Pair pair(context);
    SECTION("use_future") {
        auto sent = pair.first.async_send(1, asio::use_future);
        auto received = pair.second.async_recv(asio::use_future);
        context.run();
        sent.get();
        CHECK(received.get() == Value(1));
    }
    SECTION("deferred, redirect_error and detached") {
        auto sending = pair.first.async_send(1, asio::deferred);
        auto receiving = pair.second.async_recv(asio::deferred);
        CHECK(context.poll() == 0);
        context.restart();
        run(context, [&]() -> asio::awaitable<void> {
            std::move(sending)(asio::detached);
            error_code error = Errc::timeout;
            const Value received =
                co_await std::move(receiving)(asio::redirect_error(use_awaitable, error));
            CHECK(received == Value(1));
            CHECK_FALSE(error);
        });
    }
    SECTION("the executor's default") {
        auto first = use_awaitable.as_default_on(std::move(pair.first));
        auto second = use_awaitable.as_default_on(std::move(pair.second));
        run(context, [&]() -> asio::awaitable<void> {
            co_await first.async_send(1);
            const int received = co_await second.async_recv<int>();
            CHECK(received == 1);
        });
    }
}

TEST_CASE("async connection: the end of the stream", "[async]") {
    asio::io_context context;
    Pair pair(context);
    error_code outcome;
    pair.second.async_recv([&](error_code error, Value) { outcome = error; });
    pair.first.close();
    context.run();
    CHECK(outcome == Errc::end_of_file);
}

namespace {

const std::string large(300'000, 'a');

/// Sends, then receives: a handler that is all that keeps its connection.
struct Exchange {
    void begin() { connection.async_send_bytes("ping", std::move(*this)); }
    void operator()(error_code error) {
        CHECK_FALSE(error);
        connection.async_recv_bytes(std::move(*this));
    }
    void operator()(error_code error, const Buffer& message) {
        CHECK_FALSE(error);
        *received = message.view();
    }

    Connection connection;
    std::string* received;
};

}  // namespace

TEST_CASE("async connection: it may be the handler that keeps it", "[async]") {
    asio::io_context context;
    Pair pair(context);
    std::string received;
    Exchange{std::move(pair.first), &received}.begin();
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer message = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "ping");
        co_await pair.second.async_send_bytes("pong", use_awaitable);
        auto [error, ignored] = co_await pair.second.async_recv_bytes(as_pair);
        CHECK(error == Errc::end_of_file);
    });
    CHECK(received == "pong");
}

TEST_CASE("async connection: the program may watch it itself", "[async]") {
    asio::io_context context;
    Pair pair(context);
    asio::posix::stream_descriptor watched(context, pair.first.fileno());
    bool is_seen = false;
    watched.async_wait(asio::posix::descriptor_base::wait_read, [&](error_code error) {
        CHECK_FALSE(error);
        is_seen = true;
    });
    run(context, [&]() -> asio::awaitable<void> {
        co_await pair.second.async_send_bytes("there", use_awaitable);
        const Buffer message = co_await pair.first.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "there");
    });
    watched.release();
    CHECK(is_seen);
}

TEST_CASE("async connection: one that cannot wait says why", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    // Asio's own reactor, which a strand waits in, takes no descriptor twice.
    pair.first = Connection(asio::make_strand(context), std::move(pair.first));
    Outcomes outcomes;
    {
        asio::posix::stream_descriptor watched(context, pair.first.fileno());
        pair.first.async_recv_bytes(outcomes.note("receive"));
        pair.first.async_send_bytes(large, outcomes.note("send"));
        pair.first.async_send(parley::bytes("second"), outcomes.note("second"));
        pair.first.async_send(parley::bytes("third"), outcomes.note("third"));
        context.run();
        context.restart();
        watched.release();
    }
    CHECK(outcomes.of("receive") == boost::system::errc::file_exists);
    CHECK(outcomes.of("send") == boost::system::errc::file_exists);
    CHECK(outcomes.of("second") == boost::system::errc::file_exists);
    CHECK(outcomes.of("third") == boost::system::errc::file_exists);
    // What was begun goes out as a whole.
    pair.first.async_send_bytes("more", outcomes.note("more"));
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer begun = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(begun.view() == large);
        const Buffer more = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(more.view() == "more");
        pair.second.send_bytes("back");
        const Buffer back = co_await pair.first.async_recv_bytes(use_awaitable);
        CHECK(back.view() == "back");
    });
    CHECK_FALSE(outcomes.of("more"));
}

TEST_CASE("async connection: a timeout ends a call and loses nothing", "[async]") {
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        auto [error, value] = co_await pair.second.async_recv(1ms, asio::as_tuple(use_awaitable));
        CHECK(error == Errc::timeout);
        auto [at_once, ignored] =
            co_await pair.second.async_recv(0s, asio::as_tuple(use_awaitable));
        CHECK(at_once == Errc::timeout);
        const bool early = co_await pair.second.async_poll(1ms, use_awaitable);
        CHECK_FALSE(early);
        co_await pair.first.async_send(7, use_awaitable);
        const bool there = co_await pair.second.async_poll(use_awaitable);
        CHECK(there);
        const Value received = co_await pair.second.async_recv(1h, use_awaitable);
        CHECK(received == Value(7));
    });
}

TEST_CASE("async connection: without an executor there are no asynchronous calls", "[async]") {
    auto [first, second] = parley::Pipe();
    try {
        first.async_recv([](error_code, Value) {});
        FAIL();
    } catch (const parley::UsageError& error) {
        CHECK(error.code() == Errc::no_executor);
    }
}

TEST_CASE("async connection: one that was moved from keeps its executor, and has no connection",
          "[async]") {
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Connection>);
    STATIC_REQUIRE(std::is_nothrow_move_assignable_v<Connection>);
    asio::io_context context;
    Pair pair(context);
    Connection taken = std::move(pair.first);
    asio::post(pair.first.get_executor(), [] {});  // NOLINT(bugprone-use-after-move)
    error_code outcome;
    pair.first.async_send("hi", [&](error_code error) { outcome = error; });
    CHECK(context.run() == 2);
    CHECK(outcome == Errc::closed);
    pair.second = std::move(taken);
    CHECK(pair.second.get_executor() == context.get_executor());
    CHECK(taken.get_executor() == context.get_executor());  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("async connection: one that was given another executor calls its handlers there",
          "[async]") {
    asio::io_context context;
    asio::io_context other;
    Pair pair(context);
    pair.first.async_send_bytes("before", asio::detached);
    pair.second.async_recv_bytes(asio::detached);
    context.run();
    context.restart();
    Connection first(other, std::move(pair.first));
    Connection second(other, std::move(pair.second));
    int here = 0;
    int there = 0;
    const auto note = [&](error_code error, auto&&...) {
        CHECK_FALSE(error);
        other.get_executor().running_in_this_thread() ? ++there : ++here;
    };
    second.async_recv_bytes(note);
    for (int i = 0; i < 2; ++i)
        first.async_send_bytes("after", note);
    // Its place in the reactor is where it was first.
    std::thread reactor([&] { context.run(); });
    other.run();
    reactor.join();
    CHECK(here == 0);
    CHECK(there == 3);
}

TEST_CASE("async connection: a program's own type of executor", "[async]") {
    using Executor = asio::io_context::executor_type;
    asio::io_context context;
    auto [a, b] = parley::Pipe();
    parley::BasicConnection<Executor> first(context, std::move(a));
    parley::BasicConnection<Executor> second(context, std::move(b));
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void, Executor> {
            constexpr asio::use_awaitable_t<Executor> token;
            co_await first.async_send(Value(42), token);
            const Value received = co_await second.async_recv(token);
            CHECK(received == Value(42));
        },
        [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
    context.run();
}

TEST_CASE("async listener: one that was moved from keeps its executor", "[async]") {
    asio::io_context context;
    parley::Listener listener(context, *parley::Address::parse("127.0.0.1:0"));
    const parley::Listener taken = std::move(listener);
    CHECK(listener.get_executor() == context.get_executor());  // NOLINT(bugprone-use-after-move)
    CHECK(taken.get_executor() == context.get_executor());
}

TEST_CASE("async accept and connect: a pair proves the key", "[async]") {
    asio::io_context context;
    const parley::Authkey key("key");
    parley::Listener listener(context, *parley::Address::parse("127.0.0.1:0"), {.authkey = key});
    run(context, [&]() -> asio::awaitable<void> {
        auto accepting = asio::co_spawn(
            context,
            [&]() -> asio::awaitable<void> {
                Connection connection = co_await listener.async_accept(use_awaitable);
                co_await connection.async_send(co_await connection.async_recv(use_awaitable),
                                               use_awaitable);
            },
            asio::use_future);
        parley::Client client(context);
        const parley::ClientOptions options{.authkey = key};
        co_await client.async_connect(listener.address(), options, use_awaitable);
        co_await client.async_send("hi", use_awaitable);
        const Value back = co_await client.async_recv(use_awaitable);
        CHECK(back == Value("hi"));
    });
}

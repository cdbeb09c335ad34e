#include "async_support.hpp"
#include "support/catch.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <sys/ioctl.h>

#include <memory>
#include <stdexcept>

using namespace async_test;  // NOLINT(google-build-using-namespace)
using asio::cancellation_type;

namespace {

/// Reads one message after another until none comes: their first characters.
std::string drain(asio::io_context& context, Connection& connection) {
    std::string firsts;
    run(context, [&]() -> asio::awaitable<void> {
        for (;;) {
            auto [error, message] = co_await connection.async_recv_bytes(20ms, as_pair);
            if (error) break;
            firsts += message.view().front();
        }
    });
    return firsts;
}

/// How many bytes have come that nobody has read.
int waiting_in(const Connection& connection) {
    int size = 0;
    REQUIRE(::ioctl(connection.fileno(), FIONREAD, &size) == 0);
    return size;
}

const std::string big_a(300'000, 'a');
const std::string big_b(300'000, 'b');
const std::string big_c(300'000, 'c');

}  // namespace

TEST_CASE("async send: messages leave in the order of the calls", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    pair.first.async_send_bytes("b", outcomes.note("b"));
    pair.first.async_send(parley::bytes("c"), outcomes.note("c"));
    pair.first.async_send_bytes(big_b, outcomes.note("d"));
    context.poll();
    CHECK(outcomes.names().empty());
    context.restart();
    std::string received;
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer a = co_await pair.second.async_recv_bytes(use_awaitable);
        const Buffer b = co_await pair.second.async_recv_bytes(use_awaitable);
        const Value c = co_await pair.second.async_recv(use_awaitable);
        const Buffer d = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(a.view() == big_a);
        CHECK(b.view() == "b");
        CHECK(c == parley::bytes("c"));
        CHECK(d.view() == big_b);
    });
    CHECK(outcomes.names() == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK_FALSE(outcomes.of("d"));
    CHECK(pair.first.counters().messages_sent == 4);
}

TEST_CASE("async send: small messages that wait leave together", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    for (int i = 0; i < 100; ++i)
        pair.first.async_send_bytes("x", outcomes.note("x"));
    CHECK(drain(context, pair.second) == "a" + std::string(100, 'x'));
    CHECK(outcomes.names().size() == 101);
}

TEST_CASE("async send: messages sent in one turn of the executor leave in two system calls",
          "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    for (int i = 0; i < 100; ++i)
        pair.first.async_send_bytes("x", outcomes.note("x"));
    CHECK(waiting_in(pair.second) == 5);
    context.poll_one();
    CHECK(waiting_in(pair.second) == 500);
    context.poll();
    CHECK(outcomes.names().size() == 100);
    pair.first.send_bytes("a blocking call may follow");
}

TEST_CASE("async send: messages of one turn that are cancelled with all others are withdrawn",
          "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    for (const char* name : {"a", "b", "c"})
        pair.first.async_send_bytes(name, outcomes.note(name));
    SECTION("by cancel") {
        pair.first.cancel();
    }
    SECTION("by close") {
        pair.first.close();
    }
    context.run();
    CHECK(outcomes.names().size() == 3);
    CHECK_FALSE(outcomes.of("a"));
    CHECK(outcomes.of("b") == asio::error::operation_aborted);
    CHECK(outcomes.of("c") == asio::error::operation_aborted);
    CHECK(waiting_in(pair.second) == 5);
}

TEST_CASE("async send: in one turn, calls of every kind keep their order", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    asio::cancellation_signal signal;
    pair.first.async_send_bytes("a", outcomes.note("a"));
    pair.first.async_send_bytes("b", outcomes.note("b"));
    pair.first.async_send_bytes("c",
                                asio::bind_cancellation_slot(signal.slot(), outcomes.note("c")));
    pair.first.async_send_bytes("d", outcomes.note("d"));
    pair.first.async_send_bytes(big_a, 1h, outcomes.note("e"));
    pair.first.async_send_bytes("f", outcomes.note("f"));
    SECTION("all go out") {
        CHECK(drain(context, pair.second) == "abcdaf");
        CHECK(outcomes.names() == std::vector<std::string>{"a", "b", "c", "d", "e", "f"});
    }
    SECTION("but one") {
        signal.emit(cancellation_type::total);
        CHECK(drain(context, pair.second) == "abdaf");
        CHECK(outcomes.names().size() == 6);
        CHECK(outcomes.of("c") == asio::error::operation_aborted);
    }
    CHECK(pair.second.counters().messages_received == pair.first.counters().messages_sent);
}

TEST_CASE(
    "async send: messages that come while the socket is full go out in turns, and all are told",
    "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    const std::string text(1000, 'x');
    // The first turn fills the socket; what comes then waits beside the bytes that are in the way.
    int sent = 0;
    for (int turn = 0; turn < 3; ++turn) {
        for (int i = 0; i < 100; ++i, ++sent)
            pair.first.async_send_bytes(text, outcomes.note(std::to_string(sent)));
        context.poll();
        context.restart();
    }
    CHECK(drain(context, pair.second) == std::string(300, 'x'));
    REQUIRE(outcomes.names().size() == 300);
    for (int i = 0; i < 300; ++i)
        CHECK(outcomes.names()[static_cast<std::size_t>(i)] == std::to_string(i));
}

TEST_CASE("async send: a call that may take no time does not wait for the executor", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.async_send_bytes("a", outcomes.note("a"));
    pair.first.async_send_bytes("b", outcomes.note("b"));
    pair.first.async_send_bytes("c", 0ms, outcomes.note("c"));
    CHECK(waiting_in(pair.second) == 15);
    context.run();
    CHECK(outcomes.names() == std::vector<std::string>{"a", "b", "c"});
    CHECK_FALSE(outcomes.of("c"));
}

TEST_CASE("async send: a handler that throws takes no other one with it", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.async_send_bytes("a", outcomes.note("a"));
    pair.first.async_send_bytes("b", [](error_code) { throw std::runtime_error("b's own"); });
    for (const char* name : {"c", "d"})
        pair.first.async_send_bytes(name, outcomes.note(name));
    CHECK_THROWS_WITH(context.run(), "b's own");
    context.run();
    CHECK(outcomes.names() == std::vector<std::string>{"a", "c", "d"});
}

TEST_CASE("async send: each handler runs on its own executor", "[async]") {
    asio::io_context context;
    asio::io_context other;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.async_send_bytes("a", outcomes.note("here"));
    pair.first.async_send_bytes("b", asio::bind_executor(other, outcomes.note("there")));
    pair.first.async_send_bytes("c", outcomes.note("here"));
    context.run();
    CHECK(outcomes.names() == std::vector<std::string>{"here", "here"});
    other.run();
    CHECK(outcomes.names().back() == "there");
}

TEST_CASE("async send: a context that ends destroys the handlers it has not called", "[async]") {
    const auto alive = std::make_shared<int>();
    {
        asio::io_context context;
        Pair pair(context);
        for (int i = 0; i < 3; ++i)
            pair.first.async_send_bytes("x", [alive](error_code) {});
        CHECK(alive.use_count() == 4);
    }
    CHECK(alive.use_count() == 1);
}

TEST_CASE("async send: a full queue takes no more, and loses nothing", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    pair.first.set_options({.send_queue = 100});
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    for (int i = 0; i < 50; ++i)
        pair.first.async_send(parley::bytes(std::string(40, 'x')), outcomes.note("x"));
    std::size_t received = 0;
    run(context, [&]() -> asio::awaitable<void> {
        co_await pair.second.async_recv_bytes(use_awaitable);
        for (; received < 50; ++received) {
            const Value value = co_await pair.second.async_recv(use_awaitable);
            CHECK(value == parley::bytes(std::string(40, 'x')));
        }
    });
    CHECK(outcomes.names().size() == 51);
}

TEST_CASE("async send: what has not begun is withdrawn by any cancellation", "[async]") {
    const auto type =
        GENERATE(cancellation_type::terminal, cancellation_type::partial, cancellation_type::total);
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    asio::cancellation_signal signal;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    pair.first.async_send_bytes(big_b,
                                asio::bind_cancellation_slot(signal.slot(), outcomes.note("b")));
    pair.first.async_send_bytes(big_c, outcomes.note("c"));
    signal.emit(type);
    context.poll();
    CHECK(outcomes.of("b") == asio::error::operation_aborted);
    context.restart();
    CHECK(drain(context, pair.second) == "ac");
    CHECK_FALSE(outcomes.of("c"));
}

TEST_CASE("async send: what has begun goes out whole, whoever gives up on it", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    asio::cancellation_signal signal;
    {
        std::string payload = big_a;
        pair.first.async_send_bytes(
            payload, asio::bind_cancellation_slot(signal.slot(), outcomes.note("a")));
        context.poll();
        context.restart();
        signal.emit(cancellation_type::total);
        context.poll();
        context.restart();
        CHECK_FALSE(outcomes.has("a"));
        SECTION("partial") {
            signal.emit(cancellation_type::partial);
        }
        SECTION("terminal") {
            signal.emit(cancellation_type::terminal);
        }
        SECTION("cancel") {
            pair.first.cancel();
        }
        context.poll();
        context.restart();
        CHECK(outcomes.of("a") == asio::error::operation_aborted);
        payload.assign(payload.size(), '!');
    }
    pair.first.async_send_bytes(big_b, outcomes.note("b"));
    CHECK(drain(context, pair.second) == "ab");
    CHECK_FALSE(outcomes.of("b"));
}

TEST_CASE("async send: a timeout withdraws a message, or lets its rest go out", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, 1ms, outcomes.note("a"));
    pair.first.async_send_bytes(big_b, 1ms, outcomes.note("b"));
    pair.first.async_send_bytes("never", 0s, outcomes.note("now"));
    context.run();
    context.restart();
    CHECK(outcomes.of("a") == Errc::timeout);
    CHECK(outcomes.of("b") == Errc::timeout);
    CHECK(outcomes.of("now") == Errc::timeout);
    pair.first.async_send_bytes("c", outcomes.note("c"));
    CHECK(drain(context, pair.second) == "ac");
}

TEST_CASE("async send: close ends every call that waits", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    pair.first.async_send_bytes(big_b, outcomes.note("b"));
    pair.first.async_recv(outcomes.note("recv"));
    SECTION("close") {
        pair.first.close();
    }
    SECTION("destruction") {
        pair.first = Connection();
    }
    context.run();
    for (const char* name : {"a", "b", "recv"})
        CHECK(outcomes.of(name) == asio::error::operation_aborted);
}

TEST_CASE("async send: a connection that is closed, or cannot send, says so", "[async]") {
    asio::io_context context;
    Outcomes outcomes;
    auto [reader, writer] = parley::Pipe(false);
    Connection first(context, std::move(reader));
    Connection second(context, std::move(writer));
    Connection closed(context);
    first.async_send_bytes("x", outcomes.note("read-only"));
    second.async_recv(outcomes.note("write-only"));
    closed.async_send(1, outcomes.note("closed"));
    closed.async_recv(outcomes.note("closed too"));
    second.async_send(parley::Value(1), outcomes.note("fine"));
    first.async_recv(outcomes.note("fine too"));
    context.run();
    CHECK(outcomes.of("read-only") == Errc::not_writable);
    CHECK(outcomes.of("write-only") == Errc::not_readable);
    CHECK(outcomes.of("closed") == Errc::closed);
    CHECK(outcomes.of("closed too") == Errc::closed);
    CHECK_FALSE(outcomes.of("fine"));
    CHECK_FALSE(outcomes.of("fine too"));
}

TEST_CASE("async send: corked messages gather until they are flushed", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.cork();
    for (int i = 0; i < 10; ++i)
        pair.first.async_send_bytes("x", outcomes.note("x"));
    context.run();
    context.restart();
    CHECK(outcomes.names().size() == 10);
    CHECK_FALSE(pair.second.poll());
    pair.first.async_flush(outcomes.note("flush"));
    CHECK(drain(context, pair.second) == std::string(10, 'x'));
    CHECK_FALSE(outcomes.of("flush"));
}

TEST_CASE("async send: shutdown comes after the messages before it", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    pair.first.async_shutdown(outcomes.note("shutdown"));
    pair.first.async_send_bytes("late", outcomes.note("late"));
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer message = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(message.view() == big_a);
        auto [error, none] = co_await pair.second.async_recv_bytes(as_pair);
        CHECK(error == Errc::end_of_file);
        co_await pair.second.async_send_bytes("still", use_awaitable);
        const Buffer back = co_await pair.first.async_recv_bytes(use_awaitable);
        CHECK(back.view() == "still");
    });
    CHECK(outcomes.of("late") == Errc::not_writable);
    CHECK_FALSE(outcomes.of("shutdown"));
}

TEST_CASE("async send: a value without a pickle fails alone", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.first.set_options({.protocol = 2});
    Outcomes outcomes;
    struct Unpicklable {};
    pair.first.async_send(1, outcomes.note("fine"));
    pair.second.close();
    context.run();
    context.restart();
    pair.first.async_send(1, outcomes.note("broken"));
    context.run();
    CHECK(outcomes.of("broken") == boost::system::errc::broken_pipe);
    CHECK_FALSE(pair.first.last_failure().message().empty());
}

TEST_CASE("async send: descriptors pass in their turn", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Pair passed(context);
    run(context, [&]() -> asio::awaitable<void> {
        co_await pair.first.async_send_bytes("before", use_awaitable);
        co_await pair.first.async_send_handle(passed.first.fileno(), use_awaitable);
        co_await pair.first.async_send_bytes("after", use_awaitable);
        const Buffer before = co_await pair.second.async_recv_bytes(use_awaitable);
        const int handle = co_await pair.second.async_recv_handle(use_awaitable);
        const Buffer after = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(before.view() == "before");
        CHECK(after.view() == "after");
        Connection copy(context, handle);
        co_await copy.async_send_bytes("through the copy", use_awaitable);
        const Buffer message = co_await passed.second.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "through the copy");
    });
}

TEST_CASE("async send: blocking and asynchronous sends do not mix at one time", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    Outcomes outcomes;
    pair.first.async_send_bytes(big_a, outcomes.note("a"));
    CHECK_THROWS_AS(pair.first.send_bytes("b"), parley::UsageError);
    CHECK(drain(context, pair.second) == "a");
    pair.first.send_bytes("b");
    CHECK(pair.second.recv_bytes().view() == "b");
}

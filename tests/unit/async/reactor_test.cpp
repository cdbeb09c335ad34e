#include "async_support.hpp"
#include "support/catch.hpp"

#include <parley/error.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace async_test;

namespace {

/// Several pairs whose first ends wait, and have all become readable before the context runs.
struct Ready {
    Ready(asio::io_context& context, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            pairs.emplace_back(context);
    }
    void send() {
        for (Pair& pair : pairs)
            pair.second.send_bytes("there");
    }
    std::list<Pair> pairs;
};

/// A message that comes once the call that receives it waits.
asio::awaitable<Buffer> receive_late(Pair& pair, const char* text) {
    asio::post(co_await asio::this_coro::executor, [&pair, text] { pair.second.send_bytes(text); });
    co_return co_await pair.first.async_recv_bytes(1h, use_awaitable);
}

}  // namespace

TEST_CASE("reactor: what came with the end of the stream is received, and the end", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    SECTION("at once") {
        pair.first.async_recv_bytes(outcomes.note("message"));
        pair.second.send_bytes("last");
        pair.second.close();
        context.run();
        context.restart();
        pair.first.async_recv_bytes(outcomes.note("end"));
        context.run();
    }
    SECTION("while the next call waits") {
        pair.first.async_recv_bytes([&](error_code error, const Buffer&) {
            outcomes.note("message")(error);
            pair.first.async_recv_bytes(outcomes.note("end"));
            pair.second.close();
        });
        pair.second.send_bytes("last");
        context.run();
    }
    SECTION("before the next call") {
        pair.first.async_recv_bytes([&](error_code error, const Buffer&) {
            outcomes.note("message")(error);
            pair.second.close();
            pair.first.async_recv_bytes(outcomes.note("end"));
        });
        pair.second.send_bytes("last");
        context.run();
    }
    CHECK_FALSE(outcomes.of("message"));
    CHECK(outcomes.of("end") == Errc::end_of_file);
}

TEST_CASE("reactor: what ends a read before all is read does not hide the rest", "[async]") {
    asio::io_context context;
    Pair pair(context);
    const int yes = 1;
    run(context, [&]() -> asio::awaitable<void> {
        for (int round = 0; round < 2; ++round) {
            const Buffer first = co_await receive_late(pair, "first");
            CHECK(first.view() == "first");
            // A read ends where what comes beside the bytes changes: here, with the credentials.
            pair.second.send_bytes("plain");
            ::setsockopt(pair.first.fileno(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
            pair.second.send_bytes("with credentials");
            const Buffer plain = co_await pair.first.async_recv_bytes(1h, use_awaitable);
            CHECK(plain.view() == "plain");
            const Buffer with = co_await pair.first.async_recv_bytes(1h, use_awaitable);
            CHECK(with.view() == "with credentials");
        }
    });
}

TEST_CASE("reactor: what nobody has read is told of again", "[async]") {
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer first = co_await receive_late(pair, "first");
        CHECK(first.view() == "first");
        pair.second.send_bytes("there");
        for (int i = 0; i < 3; ++i) {
            const bool is_readable = co_await pair.first.async_poll(1h, use_awaitable);
            CHECK(is_readable);
        }
        const Buffer message = co_await pair.first.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "there");
        const bool is_readable = co_await pair.first.async_poll(1ms, use_awaitable);
        CHECK_FALSE(is_readable);
    });
}

TEST_CASE("reactor: what came while nobody waited is received", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Pair other(context);
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer first = co_await receive_late(pair, "first");
        CHECK(first.view() == "first");
        // The reactor hears of the second while it looks for the other pair's.
        pair.second.send_bytes("second");
        const Buffer ignored = co_await receive_late(other, "other");
        const Buffer second = co_await pair.first.async_recv_bytes(1h, use_awaitable);
        CHECK(second.view() == "second");
        // The same where a blocking call has read it.
        pair.second.send_bytes("third");
        const Buffer again = co_await receive_late(other, "other");
        CHECK(pair.first.recv_bytes().view() == "third");
        const Buffer fourth = co_await receive_late(pair, "fourth");
        CHECK(fourth.view() == "fourth");
    });
}

TEST_CASE("reactor: a waiting writer does not spin while the peer does not read", "[async]") {
    asio::io_context context;
    Pair pair(context);
    pair.narrow();
    const std::string large(300'000, 'a');
    Outcomes outcomes;
    pair.first.async_send_bytes(large, outcomes.note("send"));
    pair.second.send_bytes("this way, too");
    pair.second.shutdown();
    // The end of the other direction is no reason to write.
    for (int i = 0; i < 100; ++i)
        context.poll();
    const std::size_t more = context.poll();
    CHECK(more == 0);
    run(context, [&]() -> asio::awaitable<void> {
        const Buffer message = co_await pair.second.async_recv_bytes(use_awaitable);
        CHECK(message.view() == large);
    });
    CHECK_FALSE(outcomes.of("send"));
}

TEST_CASE("reactor: nothing keeps the context at work once nobody waits", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    pair.first.async_recv_bytes(outcomes.note("canceled"));
    pair.second.async_recv_bytes(outcomes.note("closed"));
    context.poll();
    CHECK_FALSE(context.stopped());
    pair.first.cancel();
    pair.second.close();
    context.run();
    CHECK(outcomes.of("canceled") == asio::error::operation_aborted);
    CHECK(outcomes.of("closed") == asio::error::operation_aborted);
    context.restart();
    // And waits go on after that.
    pair.first.async_recv_bytes(outcomes.note("end"));
    context.run();
    CHECK(outcomes.of("end") == Errc::end_of_file);
}

TEST_CASE("reactor: a handler that throws takes no other with it", "[async]") {
    asio::io_context context;
    Ready ready(context, 5);
    int called = 0;
    for (Pair& pair : ready.pairs) {
        pair.first.async_recv_bytes([&](error_code, const Buffer&) {
            if (++called == 2) throw std::runtime_error("a handler's own");
        });
    }
    ready.send();
    CHECK_THROWS_AS(context.run(), std::runtime_error);
    CHECK(called == 2);
    context.run();
    CHECK(called == 5);
}

TEST_CASE("reactor: a context that is stopped loses no handler", "[async]") {
    asio::io_context context;
    Ready ready(context, 100);
    std::size_t called = 0;
    for (Pair& pair : ready.pairs) {
        pair.first.async_recv_bytes([&](error_code, const Buffer&) {
            if (++called == 1) context.stop();
        });
    }
    ready.send();
    context.run();
    CHECK(called < ready.pairs.size());
    context.restart();
    context.run();
    CHECK(called == ready.pairs.size());
}

TEST_CASE("reactor: a handler may wait for one that another thread is to call", "[async]") {
    asio::io_context context;
    Ready ready(context, 2);
    std::promise<void> promise;
    std::future<void> fulfilled = promise.get_future();
    std::future_status status = std::future_status::deferred;
    int called = 0;
    std::mutex mutex;
    for (Pair& pair : ready.pairs) {
        pair.first.async_recv_bytes([&](error_code, const Buffer&) {
            std::unique_lock lock(mutex);
            if (++called == 2) return promise.set_value();
            lock.unlock();
            status = fulfilled.wait_for(1min);
        });
    }
    ready.send();
    std::thread other([&] { context.run(); });
    context.run();
    other.join();
    CHECK(status == std::future_status::ready);
}

TEST_CASE("reactor: a handler may wait for its own send in another thread", "[async]") {
    asio::io_context context;
    Pair pair(context);
    std::future_status status = std::future_status::deferred;
    pair.first.async_recv_bytes([&](error_code, const Buffer&) {
        std::future<void> sent = pair.first.async_send_bytes("back", asio::use_future);
        status = sent.wait_for(1min);
    });
    pair.second.send_bytes("there");
    std::thread other([&] { context.run(); });
    context.run();
    other.join();
    CHECK(status == std::future_status::ready);
}

TEST_CASE("reactor: a connection may outlive its context, though its calls do not", "[async]") {
    auto context = std::make_unique<asio::io_context>();
    Pair pair(*context);
    auto kept = std::make_shared<int>(1);
    pair.first.async_recv_bytes([kept](error_code, const Buffer&) {});
    pair.second.async_send_bytes("there", [kept](error_code) {});
    context->poll_one();
    context.reset();
    CHECK(kept.use_count() == 1);
}

TEST_CASE("reactor: a call that the system has no descriptor left for says so", "[async]") {
    asio::io_context context;
    Pair pair(context);
    const asio::posix::stream_descriptor warm(context);
    const int free = ::dup(pair.first.fileno());
    ::close(free);
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit none{static_cast<rlim_t>(free), limit.rlim_max};
    Outcomes outcomes;
    ::setrlimit(RLIMIT_NOFILE, &none);
    pair.first.async_recv_bytes(outcomes.note("none"));
    context.run();
    ::setrlimit(RLIMIT_NOFILE, &limit);
    CHECK(outcomes.of("none") == boost::system::errc::too_many_files_open);
    context.restart();
    run(context, [&]() -> asio::awaitable<void> {
        pair.second.async_send_bytes("there", asio::detached);
        const Buffer message = co_await pair.first.async_recv_bytes(use_awaitable);
        CHECK(message.view() == "there");
    });
}

TEST_CASE("reactor: waits go on in a child process, and in its parent", "[async]") {
    asio::io_context context;
    Pair pair(context);
    std::string received;
    pair.first.async_recv_bytes(
        [&](error_code error, const Buffer& message) { received = error ? "" : message.view(); });
    context.poll();
    context.notify_fork(asio::io_context::fork_prepare);
    const pid_t child = ::fork();
    if (child == 0) {
        context.notify_fork(asio::io_context::fork_child);
        context.run();
        pair.first.close();
        ::_exit(received == "for the child" ? 0 : 1);
    }
    context.notify_fork(asio::io_context::fork_parent);
    pair.second.send_bytes("for the child");
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    pair.second.send_bytes("for the parent");
    context.run();
    CHECK(received == "for the parent");
}

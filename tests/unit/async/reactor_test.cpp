#include "async_support.hpp"
#include "support/catch.hpp"
#include "support/packets.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/error.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>
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

/// The next message is this one.
asio::awaitable<void> expect(Pair& pair, std::string_view text) {
    const Buffer message = co_await pair.first.async_recv_bytes(1h, use_awaitable);
    CHECK(message.view() == text);
}

/// The same for one that comes once the call that receives it waits.
asio::awaitable<void> expect_late(Pair& pair, const char* text) {
    asio::post(co_await asio::this_coro::executor, [&pair, text] { pair.second.send_bytes(text); });
    co_await expect(pair, text);
}

/// Leaves the process no descriptor, as long as it lives.
class NoDescriptors {
public:
    NoDescriptors() {
        const int free = ::dup(0);
        ::close(free);
        ::getrlimit(RLIMIT_NOFILE, &limit_);
        const rlimit none{static_cast<rlim_t>(free), limit_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &limit_); }

private:
    rlimit limit_{};
};

/// Begins a call of a connection when it is destroyed.
struct LastWords {
    LastWords(std::shared_ptr<Connection> whose, std::shared_ptr<int> to_keep, bool is_send)
        : connection(std::move(whose)), kept(std::move(to_keep)), sends(is_send) {}
    LastWords(const LastWords&) = delete;
    LastWords& operator=(const LastWords&) = delete;
    ~LastWords() {
        if (sends)
            connection->async_send_bytes("bye", [k = kept](error_code) {});
        else
            connection->async_recv_bytes([k = kept](error_code, const Buffer&) {});
    }

    std::shared_ptr<Connection> connection;
    std::shared_ptr<int> kept;
    bool sends;
};

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
            co_await expect_late(pair, "first");
            // A read ends where what comes beside the bytes changes: here, with the credentials.
            pair.second.send_bytes("plain");
            ::setsockopt(pair.first.fileno(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
            pair.second.send_bytes("with credentials");
            co_await expect(pair, "plain");
            co_await expect(pair, "with credentials");
        }
    });
}

TEST_CASE("reactor: a descriptor that cannot be taken does not hide what follows", "[async]") {
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        co_await expect_late(pair, "first");
        pair.second.send_bytes("message");
        pair.second.send_handle(0);
        pair.second.send_bytes("after");
        const NoDescriptors none;
        co_await expect(pair, "message");
        auto [error, ignored] = co_await pair.first.async_recv_handle(as_pair);
        CHECK(error == Errc::descriptor_not_passed);
        co_await expect(pair, "after");
    });
}

TEST_CASE("reactor: urgent data does not hide what follows", "[async]") {
    asio::io_context context;
    Pair pair(context);
    SECTION("over a Unix socket") {}
    SECTION("over TCP") {
        auto [first, second] = support::tcp_pair();
        pair.first = Connection(context, first.release());
        pair.second = Connection(context, second.release());
    }
    run(context, [&]() -> asio::awaitable<void> {
        co_await expect_late(pair, "first");
        asio::post(context, [&] {
            pair.second.send_bytes("message");
            CHECK(::send(pair.second.fileno(), "!", 1, MSG_OOB) == 1);
            pair.second.send_bytes("after");
        });
        co_await expect(pair, "message");
        co_await expect(pair, "after");
    });
}

TEST_CASE("reactor: of packets, each read takes one", "[async]") {
    asio::io_context context;
    auto [first, second] = support::packet_pair();
    Pair pair(context);
    pair.first = Connection(context, first.release());
    pair.second = Connection(context, second.release());
    run(context, [&]() -> asio::awaitable<void> {
        co_await expect_late(pair, "first");
        pair.second.send_bytes("second");
        pair.second.send_bytes("third");
        co_await expect(pair, "second");
        co_await expect(pair, "third");
    });
}

TEST_CASE("reactor: a call that is canceled with its message there leaves it to the next",
          "[async]") {
    asio::io_context context;
    Pair pair(context);
    Pair other(context);
    Outcomes outcomes;
    run(context, [&]() -> asio::awaitable<void> { co_await expect_late(pair, "first"); });
    // Both are ready at once, and the one that is called first cancels the other.
    other.first.async_recv_bytes([&](error_code, const Buffer&) { pair.first.cancel(); });
    pair.first.async_recv_bytes([&](error_code error, const Buffer&) {
        outcomes.note("canceled")(error);
        pair.first.async_recv_bytes(1h, [&](error_code later, const Buffer& message) {
            outcomes.note("next")(later);
            CHECK(message.view() == "there");
        });
    });
    other.second.send_bytes("go");
    pair.second.send_bytes("there");
    context.run();
    CHECK(outcomes.of("canceled") == asio::error::operation_aborted);
    CHECK_FALSE(outcomes.of("next"));
}

TEST_CASE("reactor: a wait that the system refuses ends with what it says", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Outcomes outcomes;
    run(context, [&]() -> asio::awaitable<void> { co_await expect_late(pair, "first"); });
    pair.second.send_bytes("there");
    pair.first.async_poll(outcomes.note("readable"));
    context.run();
    context.restart();
    CHECK_FALSE(outcomes.of("readable"));
    // Behind its back the descriptor becomes one that the reactor does not have.
    const int kept = ::dup(pair.first.fileno());
    const auto [stranger, ignored] = support::socket_pair();
    ::dup2(stranger.fileno(), pair.first.fileno());
    pair.first.async_poll(outcomes.note("poll"));
    context.run();
    CHECK(outcomes.of("poll") == boost::system::errc::no_such_file_or_directory);
    ::dup2(kept, pair.first.fileno());
    ::close(kept);
}

TEST_CASE("reactor: what nobody has read is told of again", "[async]") {
    asio::io_context context;
    Pair pair(context);
    run(context, [&]() -> asio::awaitable<void> {
        co_await expect_late(pair, "first");
        pair.second.send_bytes("there");
        for (int i = 0; i < 3; ++i) {
            const bool is_readable = co_await pair.first.async_poll(1h, use_awaitable);
            CHECK(is_readable);
        }
        co_await expect(pair, "there");
        const bool is_readable = co_await pair.first.async_poll(1ms, use_awaitable);
        CHECK_FALSE(is_readable);
    });
}

TEST_CASE("reactor: what came while nobody waited is received", "[async]") {
    asio::io_context context;
    Pair pair(context);
    Pair other(context);
    run(context, [&]() -> asio::awaitable<void> {
        co_await expect_late(pair, "first");
        // The reactor hears of the second while it looks for the other pair's.
        pair.second.send_bytes("second");
        co_await expect_late(other, "other");
        co_await expect(pair, "second");
        // The same where a blocking call has read it.
        pair.second.send_bytes("third");
        co_await expect_late(other, "other");
        CHECK(pair.first.recv_bytes().view() == "third");
        co_await expect_late(pair, "fourth");
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

TEST_CASE("reactor: it holds no descriptor once there is none to watch", "[async]") {
    asio::io_context context;
    const asio::posix::stream_descriptor warm(context);
    for (int round = 0; round < 2; ++round) {
        const int before = support::open_descriptors();
        {
            Pair pair(context);
            Outcomes outcomes;
            pair.first.async_recv_bytes(outcomes.note("closed"));
            context.poll();
            CHECK(support::open_descriptors() == before + 3);
            pair.second.close();
            pair.first.close();
            CHECK(support::open_descriptors() == before);
            // One that comes before the other has been told of its end waits as well.
            Pair next(context);
            next.first.async_recv_bytes(outcomes.note("next"));
            next.second.send_bytes("there");
            context.run();
            context.restart();
            CHECK(outcomes.of("closed") == asio::error::operation_aborted);
            CHECK_FALSE(outcomes.of("next"));
        }
        CHECK(support::open_descriptors() == before);
    }
    // Nor where the only one was refused: epoll takes no plain file.
    const int before = support::open_descriptors();
    Connection file(context, ::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Outcomes outcomes;
    file.async_poll(outcomes.note("file"));
    context.run();
    CHECK(support::open_descriptors() == before + 1);
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
    CHECK(called == 1);
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

TEST_CASE("reactor: what is begun while the context ends, ends with it", "[async]") {
    auto context = std::make_unique<asio::io_context>();
    Pair pair(*context);
    Pair other(*context);
    auto kept = std::make_shared<int>(1);
    auto connection = std::make_shared<Connection>(std::move(pair.first));
    const bool is_send = GENERATE(true, false);
    // Or the reactor is made while the context ends.
    const bool has_reactor = GENERATE(true, false);
    if (has_reactor) other.first.async_recv_bytes([](error_code, const Buffer&) {});
    context->poll();
    context->restart();
    asio::post(*context, [words = std::make_shared<LastWords>(connection, kept, is_send)] {});
    context.reset();
    CHECK(kept.use_count() == 1);
    connection->close();
}

TEST_CASE("reactor: a call that the system has no descriptor left for says so", "[async]") {
    asio::io_context context;
    Pair pair(context);
    const asio::posix::stream_descriptor warm(context);
    Outcomes outcomes;
    {
        const NoDescriptors none;
        pair.first.async_recv_bytes(outcomes.note("none"));
        context.run();
    }
    CHECK(outcomes.of("none") == boost::system::errc::too_many_files_open);
    context.restart();
    run(context, [&]() -> asio::awaitable<void> { co_await expect_late(pair, "there"); });
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

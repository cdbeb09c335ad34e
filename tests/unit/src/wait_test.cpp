#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>
#include <parley/wait.hpp>

#include <cstdint>
#include <functional>
#include <memory>

using namespace support;
using boost::system::errc::operation_canceled;
using parley::Connection;
using parley::Errc;
using parley::wait;
using Indexes = std::vector<std::size_t>;

TEST_CASE("wait: those that are ready come in order", "[connection]") {
    auto [a, to_a] = parley::Pipe();
    auto [b, to_b] = parley::Pipe();
    auto [c, to_c] = parley::Pipe(false);
    CHECK(wait({a, b, c}, 0ms).empty());
    CHECK(wait({a, b, c}, -1ms).empty());
    CHECK(wait({a, b, c}, 1ms).empty());
    CHECK(wait({}, 1ms).empty());
    to_c.send("c");
    CHECK(wait({a, b, c}, patience) == Indexes{2});
    to_a.send("a");
    CHECK(wait({a, b, c}, patience) == Indexes{0, 2});
    CHECK(wait({c, b, a}) == Indexes{0, 2});
}

TEST_CASE("wait: what is read ahead is ready, and others beside it", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    auto [other, to_other] = parley::Pipe();
    peer.write(frame("1") + frame("2"));
    CHECK(here.recv_bytes().view() == "1");
    CHECK(wait({here}) == Indexes{0});
    to_other.send("x");
    CHECK(wait({other, here}) == Indexes{0, 1});
    CHECK(here.recv_bytes().view() == "2");
    CHECK(wait({here}, 0ms).empty());
}

TEST_CASE("wait: the end of a stream is ready", "[connection]") {
    auto [here, there] = parley::Pipe();
    there.close();
    CHECK(wait({here}) == Indexes{0});
    CHECK_THROWS_AS(static_cast<void>(here.recv()), parley::EndOfFile);
}

TEST_CASE("wait: descriptors are waited for beside connections", "[connection]") {
    auto [ours, peer] = socket_pair();
    auto [here, there] = parley::Pipe();
    CHECK(wait({ours.fileno(), here}, 0ms).empty());
    peer.write("x");
    CHECK(wait({ours.fileno(), here, ours.fileno()}) == Indexes{0, 2});
}

TEST_CASE("wait: it wakes when something comes", "[connection]") {
    auto ends = parley::Pipe();
    Indexes ready;
    Worker worker([&] { ready = wait({ends.first}, patience); });
    worker.until_asleep();
    ends.second.send("late");
    CHECK_FALSE(worker.failure());
    CHECK(ready == Indexes{0});
}

TEST_CASE("wait: what is closed or not open is told", "[connection]") {
    auto ends = parley::Pipe();
    auto one_way = parley::Pipe(false);
    CHECK(failure_of([&] { return wait({one_way.second}); }) == Errc::not_readable);
    const int number = ends.first.fileno();
    ends.first.close();
    CHECK(failure_of([&] { return wait({ends.first}); }) == Errc::closed);
    CHECK(failure_of([&] { return wait({number}); }) == Errc::closed);
    CHECK(failure_of([&] { return wait({ends.second, -1}, 1ms); }) == Errc::closed);
    CHECK(failure_of([&] { return wait({Connection()}); }) == Errc::closed);
}

TEST_CASE("wait: close and cancel from another thread end it", "[connection]") {
    const bool closes = GENERATE(true, false);
    auto ends = parley::Pipe();
    auto others = parley::Pipe();
    Worker worker([&] { return wait({others.first, ends.first}); });
    worker.until_asleep();
    closes ? ends.first.close() : ends.first.cancel();
    CHECK(worker.failure() == operation_canceled);
    others.second.send("still usable");
    CHECK(wait({others.first}) == Indexes{0});
}

TEST_CASE("wait: it is part of the receiving side", "[connection]") {
    auto ends = parley::Pipe();
    Worker worker([&] { return wait({ends.first}); });
    worker.until_asleep();
    CHECK(failure_of([&] { return ends.first.recv(); }) == Errc::busy);
    CHECK(failure_of([&] { return wait({ends.first}); }) == Errc::busy);
    ends.first.send("sending goes on");
    ends.second.send("x");
    CHECK_FALSE(worker.failure());
    CHECK(failure_of([&] { return wait({ends.first, ends.first}); }) == Errc::busy);
    CHECK(ends.first.recv() == parley::Value("x"));
}

namespace {

/// A connection that is closed in the moment after `wait` has noted when it began, and before
/// anybody can wake it.
class ClosedMeanwhile {
public:
    explicit ClosedMeanwhile(Connection& connection) : connection_(connection) {}
    std::function<std::unique_ptr<parley::Watch>()> make_watch() const {
        return [&connection = connection_] { return std::make_unique<ClosingWatch>(connection); };
    }

private:
    class ClosingWatch final : public parley::Watch {
    public:
        explicit ClosingWatch(Connection& connection)
            : connection_(connection), watch_(parley::Waitable(connection).watch()) {}
        parley::WaitList* waits() noexcept override { return watch_->waits(); }
        std::uint64_t since() const noexcept override {
            const std::uint64_t began = watch_->since();
            connection_.close();
            return began;
        }
        bool is_ready() override { return watch_->is_ready(); }
        int fileno() const noexcept override { return watch_->fileno(); }
        bool on_events(short events) override { return watch_->on_events(events); }

    private:
        Connection& connection_;
        std::unique_ptr<parley::Watch> watch_;
    };

    Connection& connection_;
};

}  // namespace

TEST_CASE("wait: a close before anybody can wake it ends it all the same", "[connection]") {
    auto ends = parley::Pipe();
    CHECK(failure_of([&] { return wait({ClosedMeanwhile(ends.first)}); }) == operation_canceled);
}

TEST_CASE("wait: a close that races with it is never missed", "[connection]") {
    for (int round = 0; round < 300; ++round) {
        auto ends = parley::Pipe();
        Worker worker([&] { return wait({ends.first}); });
        ends.first.close();
        const auto failure = worker.failure();
        if (failure != operation_canceled && failure != Errc::closed) FAIL(failure.message());
    }
}

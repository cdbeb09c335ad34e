#include "src/single_threaded.hpp"
#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

using namespace support;
using parley::Connection;
using parley::Errc;

namespace {

/// More than a socket's or a pipe's buffers hold.
const std::string& big() {
    static const std::string bytes(8'000'000, 'b');
    return bytes;
}

struct Ends {
    Ends() : Ends(socket_pair()) {}
    explicit Ends(std::pair<Raw, Raw> pair)
        : connection(pair.first.release()), peer(std::move(pair.second)) {}

    Connection connection;
    Raw peer;
};

void ignore_signal(int) {}

/// Signals to one thread without a pause, as long as it lives.
class SignalStorm {
public:
    explicit SignalStorm(Worker& target) {
        struct sigaction action {};
        action.sa_handler = ignore_signal;  // without SA_RESTART
        ::sigaction(SIGUSR1, &action, nullptr);
        const auto thread = target.handle();
        target.id();
        thread_ = std::thread([this, thread] {
            while (!over_.load()) {
                ::pthread_kill(thread, SIGUSR1);
                std::this_thread::sleep_for(1ms);  // slowly, on purpose
            }
        });
    }
    ~SignalStorm() {
        over_.store(true);
        thread_.join();
    }

private:
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace

TEST_CASE("connection: every call that receives takes a timeout", "[connection]") {
    const auto timeout = GENERATE(0ms, 1ms, 60ms);
    const bool duplex = GENERATE(true, false);
    auto [receiver, sender] = parley::Pipe(duplex);
    Connection& here = receiver;
    std::array<std::byte, 8> into{};
    parley::Buffer buffer;
    CHECK(failure_of([&] { return here.recv(timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { return here.recv<int>(timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { return here.recv_bytes(timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { return here.recv_bytes(8, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { here.recv_bytes_into(into, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { here.recv_bytes_into(into, 1, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { here.recv_bytes_into(buffer, timeout); }) == Errc::timeout);
    CHECK_FALSE(here.poll(timeout));
    if (duplex) {
        CHECK(failure_of([&] { return here.recv_handle(timeout); }) == Errc::timeout);
    }
    CHECK_THROWS_AS(static_cast<void>(here.recv(-1ms)), parley::Timeout);
    sender.send_bytes("x");
    CHECK(here.poll(timeout));
    CHECK(here.recv_bytes(timeout).view() == "x");
}

TEST_CASE("connection: every call that sends takes a timeout", "[connection]") {
    const auto timeout = GENERATE(0ms, 1ms, 60ms);
    Ends ends;
    CHECK(failure_of([&] { ends.connection.send_bytes(big(), timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.send(1, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.send(std::vector<int>{1}, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.flush(timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.uncork(timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.send_handle(0, timeout); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.shutdown(timeout); }) == Errc::timeout);
    CHECK(ends.connection.writable());
}

TEST_CASE("connection: a send that runs out of time inside a message loses nothing",
          "[connection]") {
    Ends ends;
    CHECK(failure_of([&] { ends.connection.send_bytes(big(), 1ms); }) == Errc::timeout);
    // It has begun, so it counts as sent, and its rest goes ahead of the next message.
    CHECK(ends.connection.counters().messages_sent == 1);
    Worker sender([&] { ends.connection.send_bytes("next"); });
    CHECK(ends.peer.read_frame() == big());
    CHECK(ends.peer.read_frame() == "next");
    CHECK_FALSE(sender.failure());
}

TEST_CASE("connection: a send that runs out of time before its first byte leaves no trace",
          "[connection]") {
    Ends ends;
    CHECK(failure_of([&] { ends.connection.send_bytes(big(), 1ms); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.send_bytes("never sent", 1ms); }) == Errc::timeout);
    CHECK(failure_of([&] { ends.connection.send_bytes(big(), 1ms); }) == Errc::timeout);
    CHECK(ends.connection.counters().messages_sent == 1);
    Worker sender([&] { ends.connection.send_bytes("next"); });
    CHECK(ends.peer.read_frame() == big());
    CHECK(ends.peer.read_frame() == "next");
    CHECK_FALSE(sender.failure());
}

TEST_CASE("connection: a receive that runs out of time loses nothing, wherever it stops",
          "[connection]") {
    const std::string message(100'000, 'm');
    const std::string bytes = frame(message);
    const std::size_t cut = GENERATE(1U, 3U, 4U, 5U, 1'000U, 50'000U, 100'003U);
    const int how = GENERATE(0, 1, 2, 3);
    Ends ends;
    std::vector<std::byte> into(message.size());
    parley::Buffer buffer(message.size());
    const auto receive = [&](parley::TimeLimit timeout) -> std::string {
        switch (how) {
            case 0:
                return std::string(ends.connection.recv_bytes(timeout).view());
            case 1:
                return as_text(
                    parley::ConstBytes(into).first(ends.connection.recv_bytes_into(into, timeout)));
            case 2:
                ends.connection.recv_bytes_into(buffer, timeout);
                return std::string(buffer.view());
            default:
                return std::string(ends.connection.recv_bytes(100'000, timeout).view());
        }
    };
    ends.peer.write(std::string_view(bytes).substr(0, cut));
    CHECK(failure_of([&] { receive(1ms); }) == Errc::timeout);
    std::fill(into.begin(), into.end(), std::byte{});
    ends.peer.write(std::string_view(bytes).substr(cut));
    CHECK(receive(patience) == message);
}

TEST_CASE("connection: a peer that sends a byte now and then cannot outstay a timeout",
          "[connection]") {
    Ends ends;
    std::atomic<bool> over{false};
    Worker peer([&] {
        ends.peer.write(from_hex("00100000"));
        while (!over.load() && ends.peer.try_write("x"))
            std::this_thread::sleep_for(5ms);  // slowly, on purpose
    });
    CHECK(failure_of([&] { return ends.connection.recv_bytes(300ms); }) == Errc::timeout);
    over.store(true);
}

TEST_CASE("connection: a peer that sends a byte now and then cannot outstay close",
          "[connection]") {
    Ends ends;
    std::atomic<bool> over{false};
    Worker peer([&] {
        ends.peer.write(from_hex("00100000"));
        while (!over.load() && ends.peer.try_write("x"))
            std::this_thread::sleep_for(5ms);  // slowly, on purpose
    });
    Worker receiver([&] { static_cast<void>(ends.connection.recv_bytes()); });
    receiver.until_asleep();
    ends.connection.close();
    CHECK(receiver.failure() == boost::system::errc::operation_canceled);
    over.store(true);
}

TEST_CASE("connection: a peer that reads a little now and then cannot outstay a timeout",
          "[connection]") {
    Ends ends;
    std::atomic<bool> over{false};
    Worker peer([&] {
        while (!over.load() && !ends.peer.read(1024).empty())
            std::this_thread::sleep_for(5ms);  // slowly, on purpose
    });
    CHECK(failure_of([&] { ends.connection.send_bytes(big(), 300ms); }) == Errc::timeout);
    over.store(true);
    ends.connection.close();
}

TEST_CASE("connection: signals disturb no receive and keep no timeout from coming",
          "[connection]") {
    Ends ends;
    Worker receiver([&] { static_cast<void>(ends.connection.recv_bytes(300ms)); });
    const SignalStorm storm(receiver);
    CHECK(receiver.failure() == Errc::timeout);
    SECTION("and messages come through them") {
        std::string got;
        Worker again([&] { got = ends.connection.recv_bytes().view(); });
        const SignalStorm another(again);
        ends.peer.write(from_hex("000f4240"));
        for (int i = 0; i < 100; ++i) {
            ends.peer.write(std::string(10'000, 'x'));
            std::this_thread::sleep_for(1ms);  // slowly, on purpose
        }
        CHECK_FALSE(again.failure());
        CHECK(got == std::string(1'000'000, 'x'));
    }
}

TEST_CASE("connection: signals disturb neither way of a process that has one thread",
          "[connection]") {
    Ends ends;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            const std::string message = ends.peer.read_frame();
            std::this_thread::sleep_for(moment);  // slowly, on purpose
            ends.peer.write(frame(message));
        } catch (...) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    ends.peer.close();
    struct sigaction action {};
    action.sa_handler = ignore_signal;  // without SA_RESTART
    ::sigaction(SIGALRM, &action, nullptr);
    const itimerval often{{0, 1000}, {0, 1000}};
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    ends.connection.send_bytes(big());
    const parley::Buffer back = ends.connection.recv_bytes();
    ::setitimer(ITIMER_REAL, &never, nullptr);
    CHECK(back.view() == big());
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE(
    "connection: a receive has a timer only where it has a limit, or another thread could end it",
    "[connection]") {
    Ends ends;
    const auto has_timer = [&] {
        timeval limit{};
        socklen_t size = sizeof limit;
        CHECK(::getsockopt(ends.connection.fileno(), SOL_SOCKET, SO_RCVTIMEO, &limit, &size) == 0);
        return limit.tv_sec != 0 || limit.tv_usec != 0;
    };
    const bool had_threads = !parley::is_single_threaded();
    ends.peer.write(frame("alone"));
    CHECK(ends.connection.recv_bytes().view() == "alone");
    CHECK(has_timer() == had_threads);
    ends.peer.write(frame("in time"));
    CHECK(ends.connection.recv_bytes(patience).view() == "in time");
    CHECK(has_timer());
    ends.peer.write(frame("at any time"));
    CHECK(ends.connection.recv_bytes().view() == "at any time");
    CHECK(has_timer() == had_threads);
    Worker receiver([&] { static_cast<void>(ends.connection.recv_bytes()); });
    receiver.until_asleep();
    ends.connection.cancel();
    CHECK(receiver.failure() == boost::system::errc::operation_canceled);
    CHECK(has_timer());
}

TEST_CASE("connection: signals disturb no send and keep no timeout from coming", "[connection]") {
    const bool duplex = GENERATE(true, false);
    auto [receiver, sender] = parley::Pipe(duplex);
    Connection& in = receiver;
    Connection& out = sender;
    {
        Worker worker([&] { out.send_bytes(big(), 300ms); });
        const SignalStorm storm(worker);
        CHECK(worker.failure() == Errc::timeout);
    }
    Worker worker([&] { out.send_bytes("next"); });
    const SignalStorm storm(worker);
    CHECK(in.recv_bytes(patience).view() == big());
    CHECK(in.recv_bytes(patience).view() == "next");
    CHECK_FALSE(worker.failure());
}

#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <array>

using namespace support;
using boost::system::errc::operation_canceled;
using parley::Connection;
using parley::Errc;

namespace {

const std::string& big() {
    static const std::string bytes(8'000'000, 'b');
    return bytes;
}

/// Ends what waits on a connection, from another thread.
enum class Ending { close, cancel };

void end(Connection& connection, Ending how) {
    how == Ending::close ? connection.close() : connection.cancel();
}

}  // namespace

TEST_CASE("connection: one thread sends while another receives", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& near_end = here;
    Connection& far_end = there;
    constexpr int count = 2000;
    Worker echo([&] {
        for (int i = 0; i < count; ++i)
            far_end.send(far_end.recv());
    });
    Worker sender([&] {
        for (int i = 0; i < count; ++i)
            near_end.send(i);
    });
    int wrong = 0;
    for (int i = 0; i < count; ++i)
        wrong += near_end.recv<int>(patience) == i ? 0 : 1;
    CHECK(wrong == 0);
    CHECK_FALSE(sender.failure());
    CHECK_FALSE(echo.failure());
}

TEST_CASE("connection: threads that send at once take turns, message by message", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& out = here;
    std::vector<std::unique_ptr<Worker>> senders;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
        senders.push_back(std::make_unique<Worker>([&out, letter] {
            for (std::size_t i = 0; i < 50; ++i)
                out.send_bytes(std::string(1 + i * 5'000, letter));
        }));
    }
    int mixed = 0;
    for (int i = 0; i < 200; ++i) {
        const parley::Buffer message = there.recv_bytes(patience);
        mixed +=
            message.view().find_first_not_of(message.view().front()) == message.view().npos ? 0 : 1;
    }
    CHECK(mixed == 0);
    for (auto& sender : senders)
        CHECK_FALSE(sender->failure());
}

TEST_CASE("connection: close and cancel end what waits to receive", "[connection]") {
    const Ending how_it_ends = GENERATE(Ending::close, Ending::cancel);
    const bool duplex = GENERATE(true, false);
    auto [receiver, sender] = parley::Pipe(duplex);
    Connection& here = receiver;
    const int how = GENERATE(0, 1, 2);
    Worker worker([&] {
        if (how == 0) static_cast<void>(here.recv());
        if (how == 1) static_cast<void>(here.poll(patience));
        if (how == 2) static_cast<void>(here.recv_bytes(patience));
    });
    worker.until_asleep();
    end(here, how_it_ends);
    CHECK(worker.failure() == operation_canceled);
}

TEST_CASE("connection: close and cancel end what waits to send", "[connection]") {
    const Ending how_it_ends = GENERATE(Ending::close, Ending::cancel);
    const bool duplex = GENERATE(true, false);
    auto [receiver, sender] = parley::Pipe(duplex);
    Connection& here = sender;
    Worker worker([&] { here.send_bytes(big()); });
    worker.until_asleep();
    end(here, how_it_ends);
    CHECK(worker.failure() == operation_canceled);
}

TEST_CASE("connection: cancel ends a long send to a reader who keeps reading", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    Worker sender([&] { here.send_bytes(big()); });
    CHECK(peer.read(big().size() / 8).size() == big().size() / 8);
    here.cancel();
    Worker reader([&, &there = peer] { static_cast<void>(there.read_all()); });
    CHECK(sender.failure() == operation_canceled);
    here.close();
}

TEST_CASE("connection: close ends a sender and a receiver at once", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    Worker receiver([&] { static_cast<void>(mine.recv()); });
    Worker sender([&] { mine.send_bytes(big()); });
    receiver.until_asleep();
    sender.until_asleep();
    mine.close();
    CHECK(receiver.failure() == operation_canceled);
    CHECK(sender.failure() == operation_canceled);
    CHECK(failure_of([&] { mine.send_bytes("x"); }) == Errc::closed);
}

TEST_CASE("connection: cancel loses nothing and leaves the connection usable", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    Worker receiver([&] { static_cast<void>(here.recv_bytes()); });
    peer.write(frame("whole").substr(0, 6));
    receiver.until_asleep();
    here.cancel();
    CHECK(receiver.failure() == operation_canceled);
    peer.write(frame("whole").substr(6));
    CHECK(here.recv_bytes(patience).view() == "whole");
    Worker sender([&] { here.send_bytes(big()); });
    sender.until_asleep();
    here.cancel();
    CHECK(sender.failure() == operation_canceled);
    Worker next([&] { here.send_bytes("next"); });
    CHECK(peer.read_frame() == big());
    CHECK(peer.read_frame() == "next");
    CHECK_FALSE(next.failure());
}

TEST_CASE("connection: a cancel that nobody waits for does nothing", "[connection]") {
    auto [here, there] = parley::Pipe();
    here.cancel();
    there.send_bytes("x");
    CHECK(here.recv_bytes(patience).view() == "x");
    CHECK_FALSE(here.poll(1ms));
}

TEST_CASE("connection: two that receive at once are a mistake", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    Worker first([&] { static_cast<void>(mine.recv_bytes()); });
    first.until_asleep();
    std::array<std::byte, 4> into{};
    CHECK(failure_of([&] { return mine.recv(); }) == Errc::busy);
    CHECK(failure_of([&] { return mine.recv_bytes(); }) == Errc::busy);
    CHECK(failure_of([&] { mine.recv_bytes_into(into); }) == Errc::busy);
    CHECK(failure_of([&] { return mine.poll(); }) == Errc::busy);
    CHECK(failure_of([&] { return mine.recv_handle(); }) == Errc::busy);
    CHECK(failure_of([&] { return mine.release(); }) == Errc::busy);
    there.send_bytes("x");
    CHECK_FALSE(first.failure());
}

TEST_CASE("connection: a descriptor that is being sent on is not released", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    Worker sender([&] { mine.send_bytes(big()); });
    sender.until_asleep();
    CHECK(failure_of([&] { return mine.release(); }) == Errc::busy);
    CHECK(there.recv_bytes(patience).size() == big().size());
    CHECK_FALSE(sender.failure());
    const Raw released(mine.release());
    CHECK(is_open(released.fileno()));
}

TEST_CASE("connection: whoever waits for his turn to send has a timeout, too", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    Worker first([&] { mine.send_bytes(big()); });
    first.until_asleep();
    CHECK(failure_of([&] { mine.send_bytes("x", 1ms); }) == Errc::timeout);
    CHECK(failure_of([&] { mine.flush(1ms); }) == Errc::timeout);
    CHECK(there.recv_bytes(patience).size() == big().size());
    CHECK_FALSE(first.failure());
    mine.send_bytes("y");
    CHECK(there.recv_bytes(patience).view() == "y");
}

TEST_CASE("connection: close and cancel end who waits for his turn to send", "[connection]") {
    const Ending how_it_ends = GENERATE(Ending::close, Ending::cancel);
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    Worker first([&] { mine.send_bytes(big()); });
    first.until_asleep();
    Worker second([&] { mine.send_bytes("x"); });
    second.until_asleep();
    end(mine, how_it_ends);
    CHECK(first.failure() == operation_canceled);
    CHECK(second.failure() == operation_canceled);
}

TEST_CASE("connection: its descriptor's number is not used again under a call that waits",
          "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection& mine = here;
    const int number = mine.fileno();
    Worker worker([&] { static_cast<void>(mine.recv()); });
    worker.until_asleep();
    mine.close();
    CHECK(worker.failure() == operation_canceled);
    CHECK_FALSE(is_open(number));
}

TEST_CASE("connection: closing races with every call and nothing but an error comes of it",
          "[connection]") {
    for (int round = 0; round < 200; ++round) {
        auto [here, there] = parley::Pipe();
        Connection& mine = here;
        Worker receiver([&] { static_cast<void>(mine.recv()); });
        Worker sender([&] {
            for (;;)
                mine.send_bytes("x");
        });
        Worker closer([&] { mine.close(); });
        const auto is_end = [](const boost::system::error_code& code) {
            return code == operation_canceled || code == Errc::closed;
        };
        const auto received = receiver.failure();
        const auto sent = sender.failure();
        if (!is_end(received) || !is_end(sent)) FAIL(received.message() + ", " + sent.message());
    }
}

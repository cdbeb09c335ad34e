#include "src/connection_state.hpp"
#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <fcntl.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

using namespace support;
using parley::Connection;
using parley::Errc;

namespace {

std::pair<Raw, Raw> pipe_pair() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
    return {Raw(ends[0]), Raw(ends[1])};
}

/// Every call that needs an open connection, by name.
std::vector<std::pair<const char*, std::function<void(Connection&)>>> every_call() {
    static std::array<std::byte, 8> into;
    static parley::Buffer buffer;
    return {
        {"send", [](Connection& c) { c.send(1); }},
        {"recv", [](Connection& c) { static_cast<void>(c.recv()); }},
        {"recv<int>", [](Connection& c) { static_cast<void>(c.recv<int>()); }},
        {"send_bytes", [](Connection& c) { c.send_bytes("x"); }},
        {"recv_bytes", [](Connection& c) { static_cast<void>(c.recv_bytes()); }},
        {"recv_bytes(maxlength)", [](Connection& c) { static_cast<void>(c.recv_bytes(1)); }},
        {"recv_bytes_into", [](Connection& c) { c.recv_bytes_into(into); }},
        {"recv_bytes_into(Buffer)", [](Connection& c) { c.recv_bytes_into(buffer); }},
        {"poll", [](Connection& c) { static_cast<void>(c.poll()); }},
        {"cork", [](Connection& c) { c.cork(); }},
        {"flush", [](Connection& c) { c.flush(); }},
        {"uncork", [](Connection& c) { c.uncork(); }},
        {"send_handle", [](Connection& c) { c.send_handle(0); }},
        {"recv_handle", [](Connection& c) { static_cast<void>(c.recv_handle()); }},
        {"shutdown", [](Connection& c) { c.shutdown(); }},
        {"release", [](Connection& c) { static_cast<void>(c.release()); }},
        {"fileno", [](Connection& c) { static_cast<void>(c.fileno()); }},
        {"peer_credentials", [](Connection& c) { static_cast<void>(c.peer_credentials()); }},
        {"protocol", [](Connection& c) { static_cast<void>(c.protocol()); }},
        {"set_options", [](Connection& c) { c.set_options({}); }},
    };
}

void check_closed(Connection& connection) {
    CHECK(connection.closed());
    for (const auto& entry : every_call()) {
        INFO(entry.first);
        CHECK(failure_of([&] { entry.second(connection); }) == Errc::closed);
    }
    connection.close();
    connection.cancel();
}

}  // namespace

TEST_CASE("connection: every call on a closed one says so", "[connection]") {
    auto [here, there] = parley::Pipe();
    here.close();
    check_closed(here);
    CHECK_THROWS_WITH(static_cast<void>(here.recv()), "handle is closed");
}

TEST_CASE("connection: none is a closed one", "[connection]") {
    Connection none;
    check_closed(none);
    CHECK_FALSE(none.readable());
    CHECK_FALSE(none.writable());
    CHECK(none.peer().empty());
    CHECK(none.counters().messages_sent == 0);
}

TEST_CASE("connection: a moved one is a closed one, and its connection lives on", "[connection]") {
    auto [here, there] = parley::Pipe();
    Connection moved = std::move(here);
    check_closed(here);  // NOLINT(bugprone-use-after-move)
    moved.send_bytes("x");
    CHECK(there.recv_bytes().view() == "x");
}

TEST_CASE("connection: moving onto another one closes that", "[connection]") {
    auto [here, there] = parley::Pipe();
    auto [other, far_end] = parley::Pipe();
    other = std::move(here);
    CHECK_THROWS_AS(static_cast<void>(far_end.recv()), parley::EndOfFile);
    other.send_bytes("x");
    CHECK(there.recv_bytes().view() == "x");
}

TEST_CASE("connection: destruction closes the descriptor", "[connection]") {
    auto [ours, peer] = socket_pair();
    const int descriptor = ours.fileno();
    { const Connection connection(ours.release()); }
    CHECK_FALSE(is_open(descriptor));
    CHECK(peer.read_all().empty());
}

TEST_CASE("connection: one-way connections refuse the other way", "[connection]") {
    auto receiver_sender = parley::Pipe(false);
    auto& receiver = receiver_sender.first;
    auto& sender = receiver_sender.second;
    CHECK((receiver.readable() && !receiver.writable()));
    CHECK((sender.writable() && !sender.readable()));
    for (const auto& entry : every_call()) {
        INFO(entry.first);
        const std::string_view text(entry.first);
        if (text.starts_with("recv") || text == "poll")
            CHECK(failure_of([&] { entry.second(sender); }) == Errc::not_readable);
        if (text.starts_with("send") || text.ends_with("cork") || text == "shutdown")
            CHECK(failure_of([&] { entry.second(receiver); }) == Errc::not_writable);
    }
    sender.send("one way");
    CHECK(receiver.recv() == parley::Value("one way"));
}

TEST_CASE("connection: a socket can be adopted for one direction", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection connection(ours.release(), parley::Direction::write_only);
    connection.send_bytes("x");
    CHECK(peer.read_frame() == "x");
    CHECK(failure_of([&] { return connection.recv(); }) == Errc::not_readable);
}

TEST_CASE("connection: what is not open cannot be adopted", "[connection]") {
    auto [ours, peer] = socket_pair();
    const int number = ours.fileno();
    ours.close();
    CHECK(failure_of([&] { const Connection connection(number); }) ==
          boost::system::errc::bad_file_descriptor);
    CHECK(failure_of([] { const Connection connection(-1); }) ==
          boost::system::errc::bad_file_descriptor);
}

TEST_CASE("connection: pipes can be adopted", "[connection]") {
    auto [read_end, write_end] = pipe_pair();
    Connection receiver(read_end.release(), parley::Direction::read_only);
    Connection sender(write_end.release(), parley::Direction::write_only);
    const std::string big(1'000'000, 'x');
    Worker worker([&] { sender.send_bytes(big); });
    CHECK(receiver.recv_bytes().view() == big);
    CHECK_FALSE(worker.failure());
    CHECK(receiver.peer() == "pipe");
    sender.close();
    CHECK_THROWS_AS(static_cast<void>(receiver.recv()), parley::EndOfFile);
}

TEST_CASE("connection: a non-blocking socket is adopted as well as any", "[connection]") {
    auto [ours, peer] = socket_pair();
    ::fcntl(ours.fileno(), F_SETFL, O_RDWR | O_NONBLOCK);
    Connection connection(ours.release());
    Worker worker([&] { static_cast<void>(connection.recv_bytes()); });
    worker.until_asleep();
    peer.write(frame("late"));
    CHECK_FALSE(worker.failure());
}

TEST_CASE("connection: a released descriptor works on by itself, blocking", "[connection]") {
    auto [ours, peer] = socket_pair();
    const int number = ours.fileno();
    Connection connection(ours.release());
    connection.send_bytes("x");
    peer.write(frame("y"));
    CHECK(connection.recv_bytes().view() == "y");
    Raw released(connection.release());
    CHECK(released.fileno() == number);
    check_closed(connection);
    CHECK(is_open(number));
    CHECK((::fcntl(number, F_GETFL) & O_NONBLOCK) == 0);
    timeval limit{};
    socklen_t size = sizeof limit;
    ::getsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, &size);
    CHECK((limit.tv_sec == 0 && limit.tv_usec == 0));
    CHECK(peer.read_frame() == "x");
    released.write("bare");
    CHECK(peer.read(4) == "bare");
}

TEST_CASE("connection: each end of a one-way pipe can be released", "[connection]") {
    auto [receiver, sender] = parley::Pipe(false);
    Raw read_end(receiver.release());
    Raw write_end(sender.release());
    CHECK(::write(write_end.fileno(), "x", 1) == 1);
    char byte = 0;
    CHECK(::read(read_end.fileno(), &byte, 1) == 1);
    CHECK((::fcntl(read_end.fileno(), F_GETFL) & O_NONBLOCK) == 0);
    CHECK((::fcntl(write_end.fileno(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("connection: nothing is released while bytes of the stream are kept", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection connection(ours.release());
    peer.write(frame("1") + frame("2"));
    CHECK(connection.recv_bytes().view() == "1");
    CHECK(failure_of([&] { return connection.release(); }) == Errc::invalid_argument);
    CHECK(connection.recv_bytes().view() == "2");
    connection.cork();
    connection.send_bytes("gathered");
    CHECK(failure_of([&] { return connection.release(); }) == Errc::invalid_argument);
    connection.uncork();
    const Raw released(connection.release());
    CHECK(peer.read_frame() == "gathered");
}

TEST_CASE("connection: descriptors of ours do not survive exec", "[connection]") {
    auto [here, there] = parley::Pipe();
    auto [receiver, sender] = parley::Pipe(false);
    for (const Connection* connection : {&here, &there, &receiver, &sender})
        CHECK(is_close_on_exec(connection->fileno()));
}

TEST_CASE("connection: an end inherited by a forked process works there", "[connection]") {
    auto [here, there] = parley::Pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        here.close();
        there.send_bytes("from " + std::string(there.recv_bytes(patience).view()));
        ::_exit(0);
    }
    there.close();
    here.send_bytes("child");
    CHECK(here.recv_bytes(patience).view() == "from child");
    CHECK_THROWS_AS(static_cast<void>(here.recv(patience)), parley::EndOfFile);
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("connection: shutdown ends the sending side and flushes what was gathered",
          "[connection]") {
    auto here_there = parley::Pipe();
    auto& here = here_there.first;
    auto& there = here_there.second;
    here.cork();
    here.send_bytes("last");
    here.shutdown();
    CHECK_FALSE(here.writable());
    CHECK(failure_of([&] { here.send_bytes("more"); }) == Errc::not_writable);
    CHECK(there.recv_bytes().view() == "last");
    CHECK_THROWS_AS(static_cast<void>(there.recv()), parley::EndOfFile);
    there.send_bytes("reply");
    CHECK(here.recv_bytes().view() == "reply");
}

TEST_CASE("connection: a pipe has no shutdown", "[connection]") {
    auto receiver_sender = parley::Pipe(false);
    auto& receiver = receiver_sender.first;
    auto& sender = receiver_sender.second;
    CHECK(failure_of([&] { sender.shutdown(); }) == boost::system::errc::not_a_socket);
    sender.send_bytes("still");
    CHECK(receiver.recv_bytes().view() == "still");
}

TEST_CASE("connection: a Unix peer is known by the kernel's word", "[connection]") {
    auto [here, there] = parley::Pipe();
    const auto credentials = here.peer_credentials();
    REQUIRE(credentials);
    CHECK(credentials->pid == ::getpid());
    CHECK(credentials->uid == ::getuid());
    CHECK(credentials->gid == ::getgid());
    CHECK(here.peer() == "process " + std::to_string(::getpid()));
    auto [receiver, sender] = parley::Pipe(false);
    CHECK_FALSE(receiver.peer_credentials());
}

TEST_CASE("connection: errors name the peer", "[connection]") {
    auto [here, there] = parley::Pipe();
    there.close();
    CHECK_THROWS_WITH(static_cast<void>(here.recv()),
                      "the peer closed the connection: peer process " + std::to_string(::getpid()));
}

TEST_CASE("connection: counters count messages, payload and the stream", "[connection]") {
    auto [here, there] = parley::Pipe();
    here.send_bytes("12345");
    here.send_bytes("");
    static_cast<void>(there.recv_bytes());
    static_cast<void>(there.recv_bytes());
    const parley::Counters sent = here.counters();
    CHECK(sent.messages_sent == 2);
    CHECK(sent.bytes_sent == 5);
    CHECK(sent.stream_sent == 5 + 2 * 4);
    CHECK(sent.messages_received == 0);
    const parley::Counters received = there.counters();
    CHECK(received.messages_received == 2);
    CHECK(received.bytes_received == 5);
    CHECK(received.stream_received == 5 + 2 * 4);
    here.close();
    CHECK(here.counters().messages_sent == 2);
}

TEST_CASE("connection: writing to a peer that is gone is an error and no SIGPIPE", "[connection]") {
    REQUIRE(std::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    const bool duplex = GENERATE(true, false);
    auto there_here = parley::Pipe(duplex);
    auto& there = there_here.first;
    auto& here = there_here.second;
    there.close();
    CHECK(failure_of([&] { here.send_bytes("x"); }) == boost::system::errc::broken_pipe);
    sigset_t pending;
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 0);
    CHECK(failure_of([&] { here.send_bytes(std::string(1'000'000, 'x')); }) ==
          boost::system::errc::broken_pipe);
}

TEST_CASE("connection: a SIGPIPE that was pending before stays pending", "[connection]") {
    sigset_t sigpipe;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
    ::pthread_kill(::pthread_self(), SIGPIPE);
    auto ends = parley::Pipe(false);
    ends.first.close();
    CHECK(failure_of([&] { ends.second.send_bytes("x"); }) == boost::system::errc::broken_pipe);
    const timespec at_once{};
    CHECK(::sigtimedwait(&sigpipe, nullptr, &at_once) == SIGPIPE);
    ::pthread_sigmask(SIG_UNBLOCK, &sigpipe, nullptr);
}

TEST_CASE("connection: whoever comes after it was closed closes no descriptor again",
          "[connection]") {
    parley::Occupancy occupancy;
    REQUIRE(occupancy.enter());
    CHECK(occupancy.close());
    CHECK_FALSE(occupancy.leave());
    CHECK(occupancy.leave());
    CHECK_FALSE(occupancy.enter());
    CHECK_FALSE(occupancy.leave());
    CHECK_FALSE(occupancy.close());
    CHECK_FALSE(occupancy.leave());
}

#include "support/catch.hpp"
#include "support/exhaustion.hpp"
#include "support/handshake.hpp"
#include "support/refusal.hpp"
#include "support/scripted_peer.hpp"
#include "support/threads.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <netinet/tcp.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace support;
using boost::system::errc::operation_canceled;
using parley::Authkey;
using parley::Client;
using parley::Connection;
using parley::Errc;
using parley::Listener;

namespace {

std::set<int> descriptors() {
    std::set<int> numbers;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        numbers.insert(std::stoi(entry.path().filename()));
    std::erase_if(numbers, [](int number) { return !is_open(number); });  // that of the search
    return numbers;
}

}  // namespace

TEST_CASE("listener: the default address is a free port of this machine alone", "[listener]") {
    Listener listener;
    CHECK(listener.address().host() == "localhost");
    CHECK(listener.address().port() != 0);
    Client client(listener.address());
    Connection accepted = listener.accept(patience);
    client.send("hello");
    CHECK(accepted.recv() == parley::Value("hello"));
}

TEST_CASE("listener: each family is inferred from the address", "[listener]") {
    const auto text = GENERATE(as<std::string>(), "127.0.0.1:0", "[::1]:0", ":0", "localhost:0",
                               "unix:", "unix:@parley-listener-test");
    Listener listener{parley::Address(text)};
    Client client(listener.address());
    Connection accepted = listener.accept(patience);
    client.send_bytes("x");
    CHECK(accepted.recv_bytes().view() == "x");
    CHECK(listener.last_accepted() == accepted.peer());
}

TEST_CASE("listener: every interface means IPv4 and IPv6", "[listener]") {
    Listener listener(":0");
    const std::string port = std::to_string(listener.address().port());
    for (const char* host : {"127.0.0.1:", "[::1]:"}) {
        Client client(host + port);
        CHECK(listener.accept(patience).peer().starts_with(host));
    }
}

TEST_CASE("listener: the last one accepted is known, and none before", "[listener]") {
    Listener listener("127.0.0.1:0");
    CHECK_FALSE(listener.last_accepted());
    const Client client(listener.address());
    const Connection accepted = listener.accept(patience);
    CHECK(listener.last_accepted() == accepted.peer());
    CHECK(accepted.peer().starts_with("127.0.0.1:"));
}

TEST_CASE("listener: accept takes a timeout", "[listener]") {
    Listener listener("127.0.0.1:0", {.authkey = Authkey("key")});
    const Raw silent = connect_to(listener.address());
    for (const auto timeout : {-1ms, 0ms, 1ms, 60ms})
        CHECK(failure_of([&] { return listener.accept(timeout); }) == Errc::timeout);
    CHECK_THROWS_AS(static_cast<void>(listener.accept(0ms)), parley::Timeout);
}

TEST_CASE("listener: close and cancel from another thread end accept", "[listener]") {
    const bool closes = GENERATE(true, false);
    Listener listener;
    Worker worker([&] { return listener.accept(); });
    worker.until_asleep();
    closes ? listener.close() : listener.cancel();
    CHECK(worker.failure() == operation_canceled);
    CHECK(listener.closed() == closes);
    if (!closes) {
        const Client client(listener.address());
        CHECK(listener.accept(patience).readable());
    }
}

TEST_CASE("listener: a closed one says so", "[listener]") {
    Listener listener;
    const parley::Address address = listener.address();
    listener.close();
    listener.close();
    listener.cancel();
    CHECK(listener.closed());
    CHECK(failure_of([&] { return listener.accept(); }) == Errc::closed);
    CHECK(failure_of([&] { return parley::wait({listener}, 0ms); }) == Errc::closed);
    CHECK(listener.address() == address);
    CHECK(failure_of([&] { const Client client(address); }) ==
          boost::system::errc::connection_refused);
}

TEST_CASE("listener: a moved one lives on elsewhere", "[listener]") {
    Listener listener;
    Listener moved = std::move(listener);
    CHECK(listener.closed());  // NOLINT(bugprone-use-after-move)
    CHECK(failure_of([&] { return listener.accept(); }) == Errc::closed);
    CHECK(failure_of([&] { return listener.address(); }) == Errc::closed);
    CHECK_FALSE(listener.last_accepted());
    const Client client(moved.address());
    CHECK(moved.accept(patience).readable());
    Listener other;
    const parley::Address closed = other.address();
    other = std::move(moved);
    CHECK(failure_of([&] { const Client late(closed); }) ==
          boost::system::errc::connection_refused);
}

TEST_CASE("listener: two that accept at once are a mistake", "[listener]") {
    Listener listener;
    Worker first([&] { return listener.accept(); });
    first.until_asleep();
    CHECK(failure_of([&] { return listener.accept(); }) == Errc::busy);
    CHECK(failure_of([&] { return parley::wait({listener}); }) == Errc::busy);
    listener.close();
    CHECK(first.failure() == operation_canceled);
}

TEST_CASE("listener: no descriptor of it survives exec", "[listener]") {
    const auto text = GENERATE(as<std::string>(), "localhost:0", "unix:");
    const std::set<int> before = descriptors();
    Listener listener(parley::Address(text), {.authkey = Authkey("key")});
    const Raw silent = connect_to(listener.address());
    Worker client([&] { const Client good(listener.address(), {.authkey = Authkey("key")}); });
    const Connection accepted = listener.accept(patience);
    CHECK_FALSE(client.failure());
    for (const int number : descriptors()) {
        INFO(number);
        if (before.count(number) == 0) CHECK(is_close_on_exec(number));
    }
}

TEST_CASE("listener: its queue is as long as the system allows, or as it is told", "[listener]") {
    const std::optional<int> backlog = GENERATE(as<std::optional<int>>(), std::nullopt, 3);
    std::ifstream limit("/proc/sys/net/core/somaxconn");
    unsigned allowed = 0;
    limit >> allowed;
    const std::set<int> before = descriptors();
    const Listener listener("127.0.0.1:0", {.backlog = backlog});
    unsigned queue = 0;
    for (const int number : descriptors()) {
        int listens = 0;
        socklen_t size = sizeof listens;
        if (before.count(number) != 0 ||
            ::getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
            continue;
        tcp_info info{};
        size = sizeof info;
        REQUIRE(::getsockopt(number, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
        queue = info.tcpi_sacked;
    }
    if (queue == 0) {
        WARN("this kernel does not tell how long a queue may be");
        return;
    }
    CHECK(queue == (backlog ? 3U : std::min(allowed, unsigned{SOMAXCONN})));
}

TEST_CASE("listener: an address in use is told", "[listener]") {
    const auto text = GENERATE(as<std::string>(), "127.0.0.1:0", "[::1]:0", "localhost:0",
                               "unix:", "unix:@parley-in-use");
    const Listener listener{parley::Address(text)};
    CHECK(failure_of([&] { const Listener second(listener.address()); }) ==
          boost::system::errc::address_in_use);
    const Client client(listener.address());
}

TEST_CASE("listener: an address that is not this machine's is told", "[listener]") {
    CHECK(failure_of([] { const Listener listener("192.0.2.1:0"); }) ==
          boost::system::errc::address_not_available);
}

TEST_CASE("listener: where descriptors run out it tells once, and serves on as they come free",
          "[listener]") {
    std::vector<std::string> told;
    Listener listener("127.0.0.1:0",
                      {.on_rejected = [&](const std::string& peer, const parley::Failure& failure) {
                          told.push_back(peer + ": " + failure.code.message());
                      }});
    CHECK(failure_of([&] { return listener.accept(1ms); }) == Errc::timeout);
    const Raw first = connect_to(listener.address());
    const Raw second = connect_to(listener.address());
    Exhaustion exhaustion;
    CHECK(failure_of([&] { return listener.accept(350ms); }) == Errc::timeout);
    CHECK(told == std::vector<std::string>{"a client still to be accepted: Too many open files"});
    exhaustion.free(1);
    const Connection accepted = listener.accept(patience);
    CHECK(failure_of([&] { return listener.accept(50ms); }) == Errc::timeout);
    CHECK(told.size() == 2);
    exhaustion.free(1);
    const Connection another = listener.accept(patience);
    CHECK(told.size() == 2);
}

TEST_CASE("listener: where descriptors run out a stranger makes room for the next client",
          "[listener]") {
    std::vector<std::string> told;
    Listener listener("127.0.0.1:0",
                      {.authkey = Authkey("key"),
                       .on_rejected = [&](const std::string& peer, const parley::Failure& failure) {
                           told.push_back(peer + ": " + failure.message());
                       }});
    CHECK(failure_of([&] { return listener.accept(1ms); }) == Errc::timeout);
    const Raw silent = connect_to(listener.address());
    Raw good = connect_to(listener.address());
    Exhaustion exhaustion;
    exhaustion.free(1);
    Worker client([&] { ScriptedPeer(std::move(good), {.role = parley::Role::client}).play(); });
    const Connection accepted = listener.accept(patience);
    CHECK_FALSE(client.failure());
    REQUIRE(told.size() == 1);
    CHECK(told.front().ends_with("Too many open files: dropped to make room for another client"));
}

TEST_CASE("listener: a thread without a descriptor to be woken by is ended all the same",
          "[listener]") {
    Listener listener;
    auto ends = socket_pair();
    Connection connection(ends.first.release());
    const Exhaustion exhaustion;
    Worker accepting([&] { return listener.accept(); });
    Worker receiving([&] { return connection.recv(); });
    accepting.until_asleep();
    receiving.until_asleep();
    CHECK(failure_of([&] { return listener.accept(0ms); }) == Errc::busy);
    listener.close();
    connection.close();
    CHECK(accepting.failure() == operation_canceled);
    CHECK(receiving.failure() == operation_canceled);
}

TEST_CASE("listener: every interface means IPv4 alone where there is no IPv6", "[listener]") {
    for (const int error : {EAFNOSUPPORT, EADDRNOTAVAIL}) {
        bool is_refused = false;
        std::string peer;
        Worker worker([&] {
            is_refused = refuse(SYS_socket, AF_INET6, error);
            Listener listener(":0");
            const Client client("127.0.0.1:" + std::to_string(listener.address().port()));
            peer = listener.accept(patience).peer();
        });
        CHECK_FALSE(worker.failure());
        CHECK((!is_refused || peer.starts_with("127.0.0.1:")));
    }
}

TEST_CASE("listener: what the system refuses is told", "[listener]") {
    bool is_refused = false;
    SECTION("an epoll of its own") {
        Worker worker([&] {
            is_refused = refuse(SYS_epoll_create1, EMFILE);
            const Listener listener("127.0.0.1:0");
        });
        const boost::system::error_code failure = worker.failure();
        CHECK((!is_refused || failure == boost::system::errc::too_many_files_open));
    }
    SECTION("to watch its sockets") {
        Worker worker([&] {
            is_refused = refuse(SYS_epoll_ctl, ENOMEM);
            const Listener listener("127.0.0.1:0");
        });
        const boost::system::error_code failure = worker.failure();
        CHECK((!is_refused || failure == boost::system::errc::not_enough_memory));
    }
    SECTION("random bytes for a challenge") {
        Listener listener("127.0.0.1:0", {.authkey = Authkey("key")});
        const Raw client = connect_to(listener.address());
        Worker worker([&] {
            is_refused = refuse(SYS_getrandom, EIO);
            return listener.accept(patience);
        });
        if (const boost::system::error_code failure = worker.failure(); is_refused)
            CHECK(failure == boost::system::errc::io_error);
    }
}

TEST_CASE("listener: a client that cannot be watched is dropped alone", "[listener]") {
    std::vector<std::string> told;
    Listener listener("127.0.0.1:0",
                      {.authkey = Authkey("key"),
                       .on_rejected = [&](const std::string&, const parley::Failure& failure) {
                           told.push_back(failure.message());
                       }});
    const Raw client = connect_to(listener.address());
    bool is_refused = false;
    Worker worker([&] {
        is_refused = refuse(SYS_epoll_ctl, ENOSPC);
        return listener.accept(100ms);
    });
    const boost::system::error_code failure = worker.failure();
    CHECK(failure == Errc::timeout);
    if (is_refused) {
        REQUIRE(told.size() == 1);
        CHECK(told.front() == "No space left on device: epoll_ctl");
    }
}

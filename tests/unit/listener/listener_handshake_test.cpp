#include "support/catch.hpp"
#include "support/scripted_peer.hpp"
#include "support/threads.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>
#include <parley/wait.hpp>

#include <future>

using namespace support;
using parley::Authkey;
using parley::Client;
using parley::Connection;
using parley::Errc;
using parley::Listener;

namespace {

struct Rejected {
    std::string peer;
    parley::Failure failure;
};

/// A listener that wants a key, and whom it has rejected.
struct Guarded {
    explicit Guarded(parley::ListenerOptions options = {}) {
        options.authkey = Authkey("key");
        options.on_rejected = [this](const std::string& peer, const parley::Failure& failure) {
            rejected.push_back({peer, failure});
        };
        listener.emplace("127.0.0.1:0", std::move(options));
    }

    Raw connect() const { return connect_to(listener->address()); }
    std::size_t play(Script script) const {
        return ScriptedPeer(connect(), std::move(script)).play();
    }
    Connection accept() { return listener->accept(patience); }

    std::vector<Rejected> rejected;
    std::optional<Listener> listener;
};

/// A client that is right in everything and then sends a message.
Script good() {
    return {.role = parley::Role::client, .then = frame("hello")};
}

std::string name_of(const Raw& socket) {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ::getsockname(socket.fileno(), reinterpret_cast<sockaddr*>(&name), &size);
    return "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
}

/// The bytes of a client's part, without its message.
std::size_t handshake_size() {
    Guarded guarded;
    std::size_t size = 0;
    Worker client([&] { size = guarded.play({.role = parley::Role::client}); });
    guarded.accept();
    REQUIRE_FALSE(client.failure());
    return size;
}

}  // namespace

TEST_CASE("listener: a client that leaves after any byte fails alone", "[listener]") {
    const auto leaving = GENERATE(Leaving::closes, Leaving::resets);
    const std::size_t handshake = handshake_size();
    const std::size_t all = handshake + frame("hello").size();
    REQUIRE(handshake > 100);
    Guarded guarded;
    for (std::size_t budget = 0; budget < all; ++budget) {
        INFO("after " << budget << " of " << all << " bytes");
        guarded.rejected.clear();
        Worker clients([&] {
            Script bad = good();
            bad.budget = budget;
            bad.leaving = leaving;
            guarded.play(bad);
            guarded.play(good());
        });
        Connection accepted = guarded.accept();
        if (budget >= handshake) {
            CHECK(is_hang_up(failure_of([&] { return accepted.recv_bytes(patience); })));
            accepted = guarded.accept();
        } else {
            REQUIRE(guarded.rejected.size() == 1);
            INFO(guarded.rejected[0].failure.message());
            CHECK(is_hang_up(guarded.rejected[0].failure.code));
            CHECK(guarded.rejected[0].peer.starts_with("127.0.0.1:"));
        }
        CHECK(accepted.recv_bytes(patience).view() == "hello");
        CHECK_FALSE(clients.failure());
    }
}

TEST_CASE("listener: a client that falls silent after any byte holds nobody up, and is told off",
          "[listener]") {
    const std::size_t handshake = handshake_size();
    Guarded guarded({.handshake_timeout = 10ms});
    std::vector<std::unique_ptr<ScriptedPeer>> silent;
    for (std::size_t budget = 0; budget < handshake; budget += 7) {
        Script script = good();
        script.budget = budget;
        silent.push_back(std::make_unique<ScriptedPeer>(guarded.connect(), script));
    }
    std::vector<std::unique_ptr<Worker>> peers;
    for (auto& peer : silent)
        peers.push_back(std::make_unique<Worker>([&peer] { peer->play(); }));
    while (guarded.rejected.size() < silent.size()) {
        CHECK(failure_of([&] { return guarded.listener->accept(moment); }) == Errc::timeout);
    }
    for (const Rejected& rejected : guarded.rejected)
        CHECK(rejected.failure.code == Errc::handshake_timeout);
}

TEST_CASE("listener: a byte at a time is enough", "[listener]") {
    Guarded guarded;
    Worker client([&] {
        Script slow = good();
        slow.piece = 1;
        guarded.play(slow);
    });
    CHECK(guarded.accept().recv_bytes(patience).view() == "hello");
    CHECK_FALSE(client.failure());
}

TEST_CASE("listener: a message that comes with the last of the handshake is not lost",
          "[listener]") {
    Guarded guarded;
    Worker client([&] {
        Script hasty = good();
        hasty.then = frame("one") + frame("two");
        guarded.play(hasty);
    });
    Connection accepted = guarded.accept();
    CHECK_FALSE(client.failure());
    CHECK(accepted.poll(patience));
    CHECK(accepted.recv_bytes().view() == "one");
    CHECK(parley::wait({accepted}, 0ms) == std::vector<std::size_t>{0});
    CHECK(accepted.recv_bytes().view() == "two");
    CHECK_THROWS_AS(static_cast<void>(accepted.recv()), parley::EndOfFile);
}

TEST_CASE("listener: a wrong key is told with the address, and the client hears of it",
          "[listener]") {
    Guarded guarded;
    Raw socket = guarded.connect();
    const std::string name = name_of(socket);
    Worker clients([&] {
        Script wrong = good();
        wrong.key = "another key";
        ScriptedPeer(std::move(socket), wrong).play();
        guarded.play(good());
    });
    guarded.accept();
    REQUIRE(guarded.rejected.size() == 1);
    CHECK(guarded.rejected[0].peer == name);
    CHECK(guarded.rejected[0].failure.code == Errc::digest_mismatch);
    CHECK_FALSE(clients.failure());
}

TEST_CASE("listener: why a client failed is told though it has gone before our answer",
          "[listener]") {
    Guarded guarded;
    Raw socket = guarded.connect();
    CHECK(failure_of([&] { return guarded.listener->accept(0ms); }) == Errc::timeout);
    // It resets the connection: #FAILURE# cannot be written.
    socket.write(frame(std::string(16, 'x')));
    socket.reset();
    CHECK(failure_of([&] { return guarded.listener->accept(moment); }) == Errc::timeout);
    REQUIRE(guarded.rejected.size() == 1);
    CHECK((guarded.rejected[0].failure.code == Errc::digest_mismatch ||
           is_hang_up(guarded.rejected[0].failure.code)));
}

TEST_CASE("listener: strangers of every kind are told apart", "[listener]") {
    const auto [said, code] = GENERATE(table<std::string, Errc>(
        {{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", Errc::not_multiprocessing},
         {frame("\x80\x04N."), Errc::no_answer},
         {frame("#CHALLENGE#12345678901234567890"), Errc::unexpected_handshake},
         {from_hex("fffffffe"), Errc::bad_frame_length}}));
    Guarded guarded;
    Raw stranger = guarded.connect();
    stranger.write(said);
    CHECK(failure_of([&] { return guarded.listener->accept(moment); }) == Errc::timeout);
    REQUIRE(guarded.rejected.size() == 1);
    CHECK(guarded.rejected[0].failure.code == code);
}

TEST_CASE("listener: of too many half-open clients the oldest goes", "[listener]") {
    Guarded guarded({.max_handshakes = 2});
    std::vector<Raw> silent;
    for (int i = 0; i < 3; ++i) {
        silent.push_back(guarded.connect());
        CHECK(failure_of([&] { return guarded.listener->accept(moment); }) == Errc::timeout);
    }
    REQUIRE(guarded.rejected.size() == 1);
    CHECK(guarded.rejected[0].peer == name_of(silent[0]));
    CHECK(guarded.rejected[0].failure.code == Errc::too_many_handshakes);
    CHECK(guarded.rejected[0].failure.message() ==
          "too many handshakes under way: 2 under way, the limit");
    Worker client([&] { guarded.play(good()); });
    CHECK(guarded.accept().recv_bytes(patience).view() == "hello");
    CHECK(guarded.rejected[1].peer == name_of(silent[1]));
}

TEST_CASE("listener: a deadline runs while somebody attends, in accept or in wait", "[listener]") {
    const bool waits = GENERATE(true, false);
    Guarded guarded({.handshake_timeout = 10ms});
    const Raw silent = guarded.connect();
    while (guarded.rejected.empty()) {
        if (waits) {
            CHECK(parley::wait({*guarded.listener}, moment).empty());
        } else {
            CHECK(failure_of([&] { return guarded.listener->accept(moment); }) == Errc::timeout);
        }
    }
    CHECK(guarded.rejected[0].failure.code == Errc::handshake_timeout);
}

TEST_CASE("listener: a program that is busy elsewhere lets no client's time run out",
          "[listener]") {
    Guarded guarded({.handshake_timeout = 500ms});
    ScriptedPeer peer(guarded.connect(), good());
    CHECK(failure_of([&] { return guarded.listener->accept(0ms); }) == Errc::timeout);
    std::this_thread::sleep_for(600ms);  // the program is busy
    Worker client([&] { peer.play(); });
    CHECK(guarded.accept().recv_bytes(patience).view() == "hello");
    CHECK(guarded.rejected.empty());
}

TEST_CASE("listener: wait moves handshakes on and is ready once one is through", "[listener]") {
    Guarded guarded;
    const Raw silent = guarded.connect();
    Worker client([&] { guarded.play(good()); });
    CHECK(parley::wait({*guarded.listener}, patience) == std::vector<std::size_t>{0});
    CHECK(guarded.listener->accept(0ms).recv_bytes(patience).view() == "hello");
}

TEST_CASE("listener: its connections have its limits, once the key is proven", "[listener]") {
    Guarded guarded({.messages = {.max_message = 4}});
    Worker client([&] { guarded.play(good()); });
    Connection accepted = guarded.accept();
    CHECK(failure_of([&] { return accepted.recv_bytes(patience); }) == Errc::message_too_long);
}

TEST_CASE("listener: without a key a client that begins a handshake is told apart", "[listener]") {
    Listener listener("127.0.0.1:0");
    Raw client = connect_to(listener.address());
    client.write(frame("#CHALLENGE#12345678901234567890"));
    Connection accepted = listener.accept(patience);
    CHECK(failure_of([&] { return accepted.recv(patience); }) == Errc::challenged_without_key);
}

TEST_CASE("listener: closing drops who is in his handshake or not yet taken", "[listener]") {
    Guarded guarded;
    Raw silent = guarded.connect();
    CHECK(failure_of([&] { return guarded.listener->accept(0ms); }) == Errc::timeout);
    guarded.listener->close();
    CHECK(silent.read_frame().starts_with("#CHALLENGE#"));
    CHECK(silent.read_all().empty());
}

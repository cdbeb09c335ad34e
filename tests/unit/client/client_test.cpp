#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/scripted_peer.hpp"
#include "support/threads.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <netinet/tcp.h>

using namespace support;
using parley::Authkey;
using parley::Client;
using parley::ClientOptions;
using parley::Errc;
using parley::Listener;
namespace errc = boost::system::errc;

namespace {

ClientOptions with_key(ClientOptions options = {}) {
    options.authkey = Authkey("key");
    return options;
}

/// A listener that does the handshake right and then sends a message.
Script good() {
    return {.role = parley::Role::listener, .then = frame("hello")};
}

/// The bytes of a listener's part, without its message.
std::size_t handshake_size() {
    RawListener listener;
    std::size_t size = 0;
    Worker peer(
        [&] { size = ScriptedPeer(listener.accept(), {.role = parley::Role::listener}).play(); });
    { const Client client(listener.address(), with_key()); }
    REQUIRE_FALSE(peer.failure());
    return size;
}

int option_of(const parley::Connection& client, int level, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(client.fileno(), level, name, &value, &size);
    return value;
}

}  // namespace

TEST_CASE("client: nobody listens there", "[client]") {
    const RawListener bound(-1);  // not listening: nobody else can take the port
    CHECK(failure_of([&] { const Client client(bound.address()); }) == errc::connection_refused);
    CHECK(words_of([&] { const Client client(bound.address()); }) ==
          "Connection refused: " + bound.address().to_string());
    CHECK(failure_of([] { const Client client("unix:/nowhere/at/all"); }) ==
          errc::no_such_file_or_directory);
    CHECK(failure_of([] { const Client client("unix:@parley-nobody"); }) ==
          errc::connection_refused);
}

TEST_CASE("client: an address that only a listener can take is told", "[client]") {
    CHECK(failure_of([] { const Client client("unix:"); }) == parley::Errc::bad_address);
    CHECK(words_of([] { const Client client("unix:"); }) ==
          "not an address: 'unix:': a client needs the path that the listener has");
}

TEST_CASE("client: every address of a host is tried", "[client]") {
    Listener listener("127.0.0.1:0");
    const auto address = parley::Address::tcp("localhost", listener.address().port());
    const Client client(address);
    CHECK(listener.accept(patience).readable());
}

TEST_CASE("client: a host that is not named is this machine, by IPv6 and by IPv4", "[client]") {
    const RawListener bound(-1);
    const std::string port = std::to_string(bound.address().port());
    const std::string words = words_of([&] { const Client client(":" + port, {.timeout = 10s}); });
    CHECK(words.starts_with("Connection refused: "));
    CHECK(words.find("127.0.0.1:" + port + ": Connection refused") != std::string::npos);
    CHECK(words.find("[::1]:" + port + ": ") != std::string::npos);
    Listener listener("127.0.0.1:0");
    const Client client(":" + std::to_string(listener.address().port()));
    CHECK(client.peer() == listener.address().to_string());
}

TEST_CASE("client: what another machine answers says more than what this one lacks", "[client]") {
    bool is_refused = false;
    std::string words;
    const RawListener bound(-1);
    Worker worker([&] {
        is_refused = refuse(SYS_socket, AF_INET6, EAFNOSUPPORT);
        words =
            words_of([&] { const Client client(":" + std::to_string(bound.address().port())); });
    });
    CHECK_FALSE(worker.failure());
    CHECK(words.starts_with("Connection refused: "));
    CHECK((!is_refused || words.find("Address family not supported") != std::string::npos));
}

TEST_CASE("client: a socket that connects to itself has found no listener", "[client]") {
    const parley::Address nobody = RawListener(-1).address();
    CHECK(failure_of([&] { const Client client(nobody, {.bind = nobody}); }) ==
          errc::connection_refused);
}

TEST_CASE("client: the failure names every address that was tried", "[client]") {
    const RawListener bound(-1);
    const std::string port = std::to_string(bound.address().port());
    const std::string words = words_of([&] { const Client client("localhost:" + port); });
    CHECK(words.starts_with("Connection refused: "));
    CHECK(words.find("127.0.0.1:" + port) != std::string::npos);
}

TEST_CASE("client: connecting takes a timeout", "[client]") {
    SECTION("to a Unix socket whose queue is full") {
        Listener listener("unix:", {.backlog = 0});
        const Raw first = connect_to(listener.address());
        CHECK(failure_of([&] { const Client client(listener.address(), {.timeout = 30ms}); }) ==
              Errc::timeout);
    }
    SECTION("to a TCP socket whose queue is full") {
        RawListener listener(0);
        const Raw first = connect_to(listener.address());
        CHECK(failure_of([&] {
                  for (int i = 0; i < 3; ++i) {
                      const Client client(listener.address(), {.timeout = 30ms});
                      static_cast<void>(Client(listener.address(), {.timeout = 30ms}).release());
                  }
              }) == Errc::timeout);
    }
}

TEST_CASE("client: it tries again while nobody listens yet, if asked to", "[client]") {
    const auto text =
        GENERATE(as<std::string>(), "unix:@parley-late", "127.0.0.1:0", "unix:/tmp/parley-late-");
    parley::Address address(text);
    if (address.family() == parley::Address::Family::unix_path)
        address = parley::Address::unix_path(address.path() + std::to_string(::getpid()));
    if (address.family() == parley::Address::Family::tcp) address = RawListener(-1).address();
    CHECK(failure_of([&] { const Client client(address); }));
    CHECK(failure_of([&] { const Client client(address, {.retry = 30ms}); }));
    CHECK(failure_of([&] { const Client client(address, {.timeout = 30ms, .retry = patience}); }) ==
          Errc::timeout);
    Worker client([&] { const Client late(address, {.retry = patience}); });
    client.until_asleep();
    Listener listener(address);
    CHECK(listener.accept(patience).writable());
    CHECK_FALSE(client.failure());
}

TEST_CASE("client: trying again does not hide what will not change", "[client]") {
    CHECK(failure_of([] {
              const Client client("127.0.0.1:1", {.retry = patience, .bind = "192.0.2.1:0"});
          }) == errc::address_not_available);
}

TEST_CASE("client: it connects from the address it is told", "[client]") {
    Listener listener("127.0.0.1:0");
    const Client client(listener.address(), {.bind = "127.0.0.2:0"});
    CHECK(listener.accept(patience).peer().starts_with("127.0.0.2:"));
    CHECK(failure_of([&] { const Client other(listener.address(), {.bind = "[::1]:0"}); }) ==
          errc::address_not_available);
}

TEST_CASE("client: its socket is as it should be", "[client]") {
    const Listener listener("127.0.0.1:0");
    const Client client(listener.address());
    CHECK(is_close_on_exec(client.fileno()));
    CHECK(option_of(client, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(option_of(client, SOL_SOCKET, SO_KEEPALIVE) == 0);
    const Client kept(listener.address(), {.keepalive = true});
    CHECK(option_of(kept, SOL_SOCKET, SO_KEEPALIVE) != 0);
    CHECK(client.peer() == listener.address().to_string());
}

TEST_CASE("listener: an accepted socket is as it should be", "[client]") {
    Listener listener("127.0.0.1:0");
    const Client client(listener.address());
    const parley::Connection accepted = listener.accept(patience);
    CHECK(is_close_on_exec(accepted.fileno()));
    CHECK(option_of(accepted, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(accepted.peer().starts_with("127.0.0.1:"));
}

TEST_CASE("client: a listener that leaves after any byte is told", "[client]") {
    const auto leaving = GENERATE(Leaving::closes, Leaving::resets);
    const std::size_t handshake = handshake_size();
    const std::size_t all = handshake + frame("hello").size();
    REQUIRE(handshake > 100);
    RawListener listener;
    for (std::size_t budget = 0; budget < all; ++budget) {
        INFO("after " << budget << " of " << all << " bytes");
        Worker peer([&] {
            Script bad = good();
            bad.budget = budget;
            bad.leaving = leaving;
            ScriptedPeer(listener.accept(), bad).play();
        });
        bool is_connected = false;
        const auto code = failure_of([&] {
            Client client(listener.address(), with_key());
            is_connected = true;
            static_cast<void>(client.recv_bytes(patience));
        });
        CHECK(is_hang_up(code));
        if (leaving == Leaving::closes) CHECK(is_connected == (budget >= handshake));
        CHECK_FALSE(peer.failure());
    }
}

TEST_CASE("client: a listener that falls silent after any byte is told", "[client]") {
    const std::size_t handshake = handshake_size();
    RawListener listener;
    for (std::size_t budget = 0; budget < handshake; budget += 9) {
        INFO("after " << budget << " bytes");
        Script script = good();
        script.budget = budget;
        std::optional<ScriptedPeer> held;
        Worker peer([&] {
            held.emplace(listener.accept(), script);
            held->play();
        });
        const auto code = failure_of([&] {
            const Client client(listener.address(), with_key({.handshake_timeout = 20ms}));
        });
        CHECK((code == Errc::handshake_timeout || code == Errc::no_challenge));
        CHECK_FALSE(peer.failure());
    }
}

TEST_CASE("client: a listener may say everything a byte at a time", "[client]") {
    RawListener listener;
    Worker peer([&] {
        Script slow = good();
        slow.piece = 1;
        ScriptedPeer(listener.accept(), slow).play();
    });
    Client client(listener.address(), with_key());
    CHECK(client.recv_bytes(patience).view() == "hello");
}

TEST_CASE("client: one that dribbles cannot outstay the time for the handshake", "[client]") {
    RawListener listener;
    std::atomic<bool> over{false};
    Worker peer([&] {
        Raw socket = listener.accept();
        socket.write(from_hex("00000064"));
        for (int i = 0; i < 99 && !over.load() && socket.try_write("#"); ++i)
            std::this_thread::sleep_for(10ms);  // slowly, on purpose
        socket.read_all();
    });
    CHECK(failure_of([&] {
              const Client client(listener.address(), with_key({.handshake_timeout = 200ms}));
          }) == Errc::handshake_timeout);
    over.store(true);
}

TEST_CASE("client: a wrong key is told, and by whom", "[client]") {
    RawListener listener;
    SECTION("the listener refuses ours") {
        Worker peer([&] {
            Script script = good();
            script.key = "another key";
            ScriptedPeer(listener.accept(), script).play();
        });
        CHECK(words_of([&] { const Client client(listener.address(), with_key()); }) ==
              "digest sent was rejected: the peer has another authkey: peer " +
                  listener.address().to_string());
    }
    SECTION("we refuse the listener's") {
        Worker peer([&] {
            Raw socket = listener.accept();
            socket.write(frame("#CHALLENGE#{sha256}" + std::string(40, 'n')));
            socket.read_frame();
            socket.write(frame("#WELCOME#"));
            socket.read_frame();
            socket.write(frame("{sha256}" + std::string(32, 'm')));
            socket.read_all();
        });
        const std::string words =
            words_of([&] { const Client client(listener.address(), with_key()); });
        CHECK(words.starts_with("digest received was wrong: the peer has another authkey"));
    }
}

TEST_CASE("client: a peer that speaks something else is told", "[client]") {
    RawListener listener;
    Worker peer([&] {
        Raw socket = listener.accept();
        socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        socket.read_all();
    });
    CHECK(failure_of([&] { const Client client(listener.address(), with_key()); }) ==
          Errc::not_multiprocessing);
}

TEST_CASE("client: a listener that asks for no authkey is told", "[client]") {
    SECTION("by its silence") {
        const Listener listener("127.0.0.1:0");
        CHECK(words_of([&] {
                  const Client client(listener.address(), with_key({.handshake_timeout = 20ms}));
              }).starts_with("the other side asks for no authkey"));
    }
    SECTION("by its first message") {
        RawListener listener;
        Worker peer([&] {
            Raw socket = listener.accept();
            socket.write(frame("\x80\x04N."));
            socket.read_all();
        });
        CHECK(failure_of([&] { const Client client(listener.address(), with_key()); }) ==
              Errc::no_challenge);
    }
}

TEST_CASE("client: a listener that asks for an authkey is told", "[client]") {
    RawListener listener;
    Worker peer([&] { ScriptedPeer(listener.accept(), good()).play(); });
    Client client(listener.address());
    CHECK(words_of([&] {
              return client.recv(patience);
          }).starts_with("the other side asks for an authkey"));
    CHECK(failure_of([&] { return client.recv(); }) == Errc::not_readable);
    client.close();
}

TEST_CASE("client: its limits hold once the key is proven", "[client]") {
    RawListener listener;
    Worker peer([&] { ScriptedPeer(listener.accept(), good()).play(); });
    Client client(listener.address(), with_key({.messages = {.max_message = 4, .protocol = 5}}));
    CHECK(client.protocol() == 5);
    CHECK(failure_of([&] { return client.recv_bytes(patience); }) == Errc::message_too_long);
}

TEST_CASE("client: none is a closed connection", "[client]") {
    Client none;
    CHECK(none.closed());
    CHECK(failure_of([&] { none.send(1); }) == Errc::closed);
}

TEST_CASE("client: without random bytes there is no handshake", "[client]") {
    RawListener listener;
    bool is_refused = false;
    Worker peer([&] { ScriptedPeer(listener.accept(), {.role = parley::Role::listener}).play(); });
    Worker worker([&] {
        is_refused = refuse(SYS_getrandom, EIO);
        const Client client(listener.address(), with_key());
    });
    const boost::system::error_code failure = worker.failure();
    CHECK((!is_refused || failure == errc::io_error));
}

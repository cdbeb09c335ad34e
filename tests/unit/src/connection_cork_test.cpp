#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/packets.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>

using namespace support;
using parley::Connection;
using parley::Errc;

namespace {

struct Ends {
    Ends() : Ends(socket_pair()) {}
    explicit Ends(std::pair<Raw, Raw> pair)
        : connection(pair.first.release()), peer(std::move(pair.second)) {}

    /// Nothing has come so far.
    bool is_quiet() const {
        char byte = 0;
        return ::recv(peer.fileno(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
    }

    Connection connection;
    Raw peer;
};

}  // namespace

TEST_CASE("cork: messages gather until flush, and go out in order", "[connection]") {
    Ends ends;
    ends.connection.cork();
    for (const char* text : {"a", "", "bc"})
        ends.connection.send_bytes(text);
    CHECK(ends.is_quiet());
    CHECK(ends.connection.counters().messages_sent == 3);
    CHECK(ends.connection.counters().stream_sent == 0);
    ends.connection.flush();
    CHECK(ends.peer.read(15) == frame("a") + frame("") + frame("bc"));
    ends.connection.send_bytes("d");
    CHECK(ends.is_quiet());
    ends.connection.uncork();
    CHECK(ends.peer.read_frame() == "d");
    ends.connection.send_bytes("e");
    CHECK(ends.peer.read_frame() == "e");
}

TEST_CASE("cork: a message is one system call, and so is a batch of them", "[connection]") {
    Ends ends(packet_pair());
    ends.connection.send_bytes("one");
    CHECK(read_packet(ends.peer) == frame("one"));
    ends.connection.cork();
    std::string expected;
    for (int i = 0; i < 1'000; ++i) {
        ends.connection.send_bytes(std::to_string(i));
        expected += frame(std::to_string(i));
    }
    ends.connection.send_bytes(std::string(20'000, 'x'));
    expected += frame(std::string(20'000, 'x'));
    ends.connection.flush();
    CHECK(read_packet(ends.peer) == expected);
    CHECK(read_packet(ends.peer).empty());
}

TEST_CASE("cork: what has gathered goes out once it is enough", "[connection]") {
    Ends ends;
    ends.connection.cork();
    const std::string message(1'000, 'x');
    for (int i = 0; i < 66; ++i)
        ends.connection.send_bytes(message);
    CHECK_FALSE(ends.is_quiet());
}

TEST_CASE("cork: a long message takes along what has gathered", "[connection]") {
    Ends ends;
    ends.connection.cork();
    ends.connection.send_bytes("before");
    ends.connection.send_bytes(std::string(20'000, 'x'));
    CHECK(ends.peer.read_frame() == "before");
    CHECK(ends.peer.read_frame() == std::string(20'000, 'x'));
}

TEST_CASE("cork: a flush that runs out of time loses nothing", "[connection]") {
    Ends ends;
    ends.connection.cork();
    std::string expected;
    boost::system::error_code failure;
    for (int i = 0; !failure; ++i) {
        const std::string message = std::to_string(i) + std::string(10'000, 'x');
        const auto sent_before = ends.connection.counters().messages_sent;
        failure = failure_of([&] { ends.connection.send_bytes(message, 1ms); });
        // The counter tells whether the message is on its way, whatever the call has thrown.
        if (ends.connection.counters().messages_sent > sent_before) expected += frame(message);
    }
    CHECK(failure == Errc::timeout);
    Worker flusher([&] { ends.connection.flush(); });
    CHECK(ends.peer.read(expected.size()) == expected);
    CHECK_FALSE(flusher.failure());
    CHECK(ends.is_quiet());
}

TEST_CASE("cork: closing drops what has gathered", "[connection]") {
    Ends ends;
    ends.connection.cork();
    ends.connection.send_bytes("dropped");
    ends.connection.close();
    CHECK(ends.peer.read_all().empty());
}

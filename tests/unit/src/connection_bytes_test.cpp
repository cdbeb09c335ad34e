#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <numeric>

using namespace support;
using parley::Buffer;
using parley::Connection;
using parley::Errc;

namespace {

/// A connection, and the bare other end of its socket.
struct Ends {
    Ends() : Ends(socket_pair()) {}
    explicit Ends(std::pair<Raw, Raw> pair)
        : connection(pair.first.release()), peer(std::move(pair.second)) {}

    Connection connection;
    Raw peer;
};

std::string congestion_control(int socket) {
    std::array<char, 16> name{};
    socklen_t size = name.size();
    CHECK(::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(), &size) == 0);
    return name.data();
}

bool choose_congestion_control(int socket, std::string_view name) {
    return ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(),
                        static_cast<socklen_t>(name.size())) == 0;
}

/// False, and says so, where the kernel has none of that name for this user.
bool begins_with_congestion_control(int socket, std::string_view name) {
    if (choose_congestion_control(socket, name)) return true;
    WARN("the kernel has no " << name << " for this user");
    return false;
}

std::string counting(std::size_t size) {
    std::string bytes(size, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    return bytes;
}

}  // namespace

TEST_CASE("connection: bytes go out as one frame and come back as one message", "[connection]") {
    Ends ends;
    ends.connection.send_bytes("hello");
    CHECK(ends.peer.read(9) == frame("hello"));
    ends.peer.write(frame("and back"));
    CHECK(ends.connection.recv_bytes().view() == "and back");
}

TEST_CASE("connection: BBR does not pace long messages within a host", "[connection]") {
    Ends ends(tcp_pair());
    const int socket = ends.connection.fileno();
    if (!begins_with_congestion_control(socket, "bbr")) return;
    ends.connection.send_bytes("short");
    CHECK(congestion_control(socket) == "bbr");
    const std::string message = counting(65536);
    ends.connection.send_bytes(message);
    CHECK(congestion_control(socket) == "reno");
    CHECK(ends.peer.read(9 + 4 + 65536) == frame("short") + frame(message));
    SECTION("what the program chooses then stays") {
        CHECK(choose_congestion_control(socket, "bbr"));
        ends.connection.send_bytes(message);
        CHECK(congestion_control(socket) == "bbr");
    }
    SECTION("the descriptor is given up as it was") {
        const Raw descriptor(ends.connection.release());
        CHECK(congestion_control(descriptor.fileno()) == "bbr");
    }
}

TEST_CASE("connection: BBR does not pace short messages that leave together", "[connection]") {
    Ends ends(tcp_pair());
    const int socket = ends.connection.fileno();
    if (!begins_with_congestion_control(socket, "bbr")) return;
    ends.connection.cork();
    for (int i = 0; i < 70; ++i)
        ends.connection.send_bytes(std::string(1000, 'a'));
    CHECK(congestion_control(socket) == "reno");
}

TEST_CASE("connection: another congestion control than BBR stays what it is", "[connection]") {
    Ends ends(tcp_pair());
    if (!begins_with_congestion_control(ends.connection.fileno(), "cubic")) return;
    ends.connection.send_bytes(counting(65536));
    CHECK(congestion_control(ends.connection.fileno()) == "cubic");
}

TEST_CASE("connection: objects go out as pickles and come back with their types", "[connection]") {
    auto [here, there] = parley::Pipe();
    const parley::Value message = parley::list("Hello World", 100, parley::bytes("\xe4\xbd\xa0"));
    here.send(message);
    CHECK(there.recv() == message);
    there.send(std::vector<int>{1, 2, 3});
    CHECK(here.recv<std::vector<int>>() == std::vector<int>{1, 2, 3});
    std::vector<int> again{9};
    there.send(std::vector<int>{4});
    here.recv_into(again);
    CHECK(again == std::vector<int>{4});
}

TEST_CASE("connection: empty messages are messages", "[connection]") {
    Ends ends;
    ends.connection.send_bytes("");
    CHECK(ends.peer.read(4) == frame(""));
    ends.peer.write(frame("") + frame("") + frame("x"));
    CHECK(ends.connection.recv_bytes().empty());
    std::array<std::byte, 4> into{};
    CHECK(ends.connection.recv_bytes_into(into) == 0);
    CHECK(ends.connection.recv_bytes().view() == "x");
}

TEST_CASE("connection: a part of a buffer is sent by offset and size", "[connection]") {
    Ends ends;
    const auto bytes = as_bytes("abcdefgh");
    ends.connection.send_bytes(bytes, 2);
    CHECK(ends.peer.read_frame() == "cdefgh");
    ends.connection.send_bytes(bytes, 2, 3);
    CHECK(ends.peer.read_frame() == "cde");
    ends.connection.send_bytes(bytes, 0, 0);
    CHECK(ends.peer.read_frame().empty());
    ends.connection.send_bytes(bytes, 8);
    CHECK(ends.peer.read_frame().empty());
}

TEST_CASE("connection: offsets and sizes out of range are refused and send nothing",
          "[connection]") {
    Ends ends;
    const auto bytes = as_bytes("abcdefgh");
    const auto refused = [&](std::int64_t offset, std::optional<std::int64_t> size) {
        return failure_of([&] { ends.connection.send_bytes(bytes, offset, size); }) ==
               Errc::invalid_argument;
    };
    CHECK(refused(-1, std::nullopt));
    CHECK(refused(9, std::nullopt));
    CHECK(refused(0, -1));
    CHECK(refused(0, 9));
    CHECK(refused(7, 2));
    CHECK(refused(INT64_MIN, INT64_MAX));
    CHECK(refused(1, INT64_MAX));
    CHECK(words_of([&] { ends.connection.send_bytes(bytes, 0, 9); }) ==
          "invalid argument: expected a size of at most 8, got 9");
    ends.connection.close();
    CHECK(ends.peer.read_all().empty());
}

TEST_CASE("connection: messages that came together fill one buffer after the other",
          "[connection]") {
    Ends ends;
    const std::vector<std::size_t> sizes{5, 0, 300, 7, 16384, 1, 40000, 40001, 2};
    std::string together;
    for (const std::size_t size : sizes)
        together += frame(counting(size));
    const Worker writer([&] { ends.peer.write(together); });
    Buffer buffer;
    for (const std::size_t size : sizes) {
        const std::size_t room = buffer.capacity();
        const std::byte* const memory = buffer.data();
        ends.connection.recv_bytes_into(buffer);
        CHECK(buffer.view() == counting(size));
        if (size <= room) CHECK(buffer.data() == memory);
    }
    CHECK(ends.connection.counters().messages_received == sizes.size());
    CHECK(ends.connection.counters().stream_received == together.size());
}

TEST_CASE("connection: a message that came with another one is refused where it is too long",
          "[connection]") {
    Ends ends;
    std::array<std::byte, 4> into{};
    ends.peer.write(frame("abc") + frame("defghi") + frame("jkl") + frame("mnopq") + frame("r"));
    CHECK(ends.connection.recv_bytes_into(into) == 3);
    try {
        ends.connection.recv_bytes_into(into);
        FAIL("no error");
    } catch (const parley::BufferTooShort& error) {
        CHECK(as_text(error.message()) == "defghi");
    }
    CHECK(ends.connection.recv_bytes_into(into) == 3);
    CHECK(failure_of([&] { static_cast<void>(ends.connection.recv_bytes(4)); }) ==
          Errc::message_too_long);
    CHECK_FALSE(ends.connection.readable());
}

TEST_CASE("connection: a message goes into a buffer from an offset on", "[connection]") {
    Ends ends;
    std::array<std::byte, 8> into{};
    ends.peer.write(frame("abc") + frame("de") + frame("fghijk"));
    CHECK(ends.connection.recv_bytes_into(into) == 3);
    CHECK(ends.connection.recv_bytes_into(into, 3) == 2);
    CHECK(as_text(parley::ConstBytes(into).first(5)) == "abcde");
    CHECK(ends.connection.recv_bytes_into(into, 2) == 6);
    CHECK(as_text(into) == "abfghijk");
}

TEST_CASE("connection: an offset outside the buffer is refused and reads nothing", "[connection]") {
    Ends ends;
    std::array<std::byte, 8> into{};
    ends.peer.write(frame("abc"));
    for (const std::int64_t offset : {std::int64_t{-1}, std::int64_t{9}, INT64_MIN, INT64_MAX}) {
        CHECK(failure_of([&] { ends.connection.recv_bytes_into(into, offset); }) ==
              Errc::invalid_argument);
    }
    CHECK(ends.connection.recv_bytes_into(into, 5) == 3);
}

TEST_CASE("connection: BufferTooShort carries the message and the connection goes on",
          "[connection]") {
    Ends ends;
    const std::size_t length = GENERATE(4U, 100U, 100'000U);
    std::string message = counting(length);
    Worker peer([&] { ends.peer.write(frame(message) + frame("next")); });
    std::array<std::byte, 3> into{};
    try {
        ends.connection.recv_bytes_into(into);
        FAIL("it fits");
    } catch (const parley::BufferTooShort& error) {
        CHECK(error.code() == Errc::buffer_too_short);
        CHECK(as_text(error.message()) == message);
        const auto copy = std::make_unique<parley::BufferTooShort>(error);
        CHECK(as_text(copy->message()) == message);
    }
    CHECK(ends.connection.recv_bytes().view() == "next");
    CHECK_FALSE(peer.failure());
}

TEST_CASE("connection: long messages arrive whole, in buffers of any kind", "[connection]") {
    const std::size_t length = GENERATE(16'384U, 65'536U, 65'537U, 3'000'000U);
    const std::string message = counting(length);
    Ends ends;
    Worker peer([&] {
        for (int i = 0; i < 5; ++i)
            ends.peer.write(frame(message));
    });
    CHECK(ends.connection.recv_bytes().view() == message);
    std::vector<std::byte> exact(length);
    CHECK(ends.connection.recv_bytes_into(exact) == length);
    CHECK(as_text(exact) == message);
    Buffer reused;
    ends.connection.recv_bytes_into(reused);
    CHECK(reused.view() == message);
    const std::byte* const memory = reused.data();
    ends.connection.recv_bytes_into(reused);
    CHECK(reused.view() == message);
    CHECK(reused.data() == memory);
    CHECK(ends.connection.recv_bytes(static_cast<std::int64_t>(length)).view() == message);
    CHECK_FALSE(peer.failure());
}

TEST_CASE("connection: a call that fails in the system leaves nothing behind", "[connection]") {
    Ends ends;
    const auto failure_without_poll = [](auto receive) {
        // poll(2) refuses more entries than there may be descriptors.
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        rlimit none = before;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &none);
        const auto failure = failure_of(receive);
        ::setrlimit(RLIMIT_NOFILE, &before);
        return failure;
    };
    const auto refused = make_error_condition(boost::system::errc::invalid_argument);
    std::array<std::byte, 3> buffer{};
    CHECK(failure_without_poll([&] { ends.connection.recv_bytes_into(buffer, 1h); }) == refused);
    ends.peer.write(frame("xyz"));
    CHECK(ends.connection.recv_bytes().view() == "xyz");
    CHECK(buffer == std::array<std::byte, 3>{});
    Buffer resized(3);
    CHECK(failure_without_poll([&] { ends.connection.recv_bytes_into(resized, 1h); }) == refused);
    CHECK(resized.size() == 0);
    CHECK(failure_without_poll([&] { static_cast<void>(ends.connection.recv_bytes(2, 1h)); }) ==
          refused);
    ends.peer.write(frame("xyz"));
    CHECK(ends.connection.recv_bytes().view() == "xyz");
}

TEST_CASE("connection: a message over maxlength closes the reading side only", "[connection]") {
    Ends ends;
    ends.peer.write(frame("12345") + frame("next"));
    CHECK(failure_of([&] { return ends.connection.recv_bytes(4); }) == Errc::message_too_long);
    CHECK_FALSE(ends.connection.readable());
    CHECK(ends.connection.writable());
    CHECK_FALSE(ends.connection.closed());
    CHECK(failure_of([&] { return ends.connection.recv_bytes(); }) == Errc::not_readable);
    CHECK(failure_of([&] { return ends.connection.poll(); }) == Errc::not_readable);
    ends.connection.send_bytes("still");
    CHECK(ends.peer.read_frame() == "still");
}

TEST_CASE("connection: a message over maxlength closes a read-only connection", "[connection]") {
    auto receiver_sender = parley::Pipe(false);
    auto& receiver = receiver_sender.first;
    auto& sender = receiver_sender.second;
    sender.send_bytes("12345");
    CHECK(failure_of([&] { return receiver.recv_bytes(4); }) == Errc::message_too_long);
    CHECK(receiver.closed());
}

TEST_CASE("connection: maxlength holds for messages that are already read ahead", "[connection]") {
    Ends ends;
    ends.peer.write(frame("1") + frame("12345"));
    CHECK(ends.connection.recv_bytes(4).view() == "1");
    CHECK(failure_of([&] { return ends.connection.recv_bytes(4); }) == Errc::message_too_long);
}

TEST_CASE("connection: maxlength is for its own call, and a negative one is refused",
          "[connection]") {
    Ends ends;
    ends.peer.write(frame("1234") + frame("12345"));
    CHECK(failure_of([&] { return ends.connection.recv_bytes(-1); }) == Errc::invalid_argument);
    CHECK(ends.connection.recv_bytes(4).view() == "1234");
    CHECK(ends.connection.recv_bytes().view() == "12345");
}

TEST_CASE("connection: max_message caps every message and maxlength cannot raise it",
          "[connection]") {
    Ends ends;
    ends.connection.set_options({.max_message = 4});
    ends.peer.write(frame("1234") + frame("12345"));
    CHECK(ends.connection.recv_bytes().view() == "1234");
    CHECK(words_of([&] {
              return ends.connection.recv_bytes(100);
          }).starts_with("message too long: 5 bytes announced, at most 4 allowed, peer "));
}

TEST_CASE("connection: a length is refused before any memory is taken for it", "[connection]") {
    Ends ends;
    ends.connection.set_options({.max_message = 1 << 20});
    ends.peer.write(from_hex("ffffffff 4000000000000000"));
    CHECK(failure_of([&] { return ends.connection.recv_bytes(); }) == Errc::message_too_long);
}

TEST_CASE("connection: an announced length alone takes no memory", "[connection]") {
    Ends ends;
    ends.peer.write(from_hex("ffffffff 4000000000000000") + std::string(100'000, 'x'));
    CHECK(failure_of([&] { return ends.connection.recv_bytes(moment); }) == Errc::timeout);
    ends.peer.end_sending();
    CHECK(words_of([&] { return ends.connection.recv_bytes(); })
              .starts_with("the peer closed the connection inside a message: "
                           "got 100000 of 4611686018427387904 bytes, peer "));
}

TEST_CASE("connection: broken frames close the reading side", "[connection]") {
    const auto [bytes, code] = GENERATE(
        table<std::string, Errc>({{from_hex("fffffffe"), Errc::bad_frame_length},
                                  {from_hex("80000000"), Errc::bad_frame_length},
                                  {from_hex("ffffffff 8000000000000000"), Errc::bad_frame_length},
                                  {from_hex("0000"), Errc::truncated_message},
                                  {from_hex("ffffffff 00000000"), Errc::truncated_message},
                                  {from_hex("00000005") + "hell", Errc::truncated_message}}));
    Ends ends;
    ends.peer.write(bytes);
    ends.peer.end_sending();
    CHECK(failure_of([&] { return ends.connection.recv_bytes(); }) == code);
    CHECK_FALSE(ends.connection.readable());
    CHECK(failure_of([&] { return ends.connection.recv_bytes(); }) == Errc::not_readable);
}

TEST_CASE("connection: the end between two messages is EndOfFile, again and again",
          "[connection]") {
    Ends ends;
    ends.peer.write(frame("last"));
    ends.peer.close();
    CHECK(ends.connection.recv_bytes().view() == "last");
    for (int i = 0; i < 2; ++i) {
        CHECK_THROWS_AS(static_cast<void>(ends.connection.recv()), parley::EndOfFile);
        CHECK(ends.connection.poll());
    }
}

TEST_CASE("connection: what is no pickle is consumed, and the connection goes on", "[connection]") {
    Ends ends;
    ends.peer.write(frame("junk!") + frame("\x80\x04N."));
    CHECK_THROWS_AS(static_cast<void>(ends.connection.recv()), parley::PickleError);
    CHECK(ends.connection.recv() == parley::Value());
}

TEST_CASE("connection: an object of another type is consumed, and the connection goes on",
          "[connection]") {
    auto [here, there] = parley::Pipe();
    here.send("text");
    here.send(7);
    CHECK_THROWS_AS(static_cast<void>(there.recv<int>()), parley::TypeError);
    CHECK(there.recv<int>() == 7);
}

TEST_CASE("connection: a peer that speaks an older protocol is answered in it", "[connection]") {
    Ends ends;
    CHECK(ends.connection.protocol() == 4);
    ends.peer.write(frame("\x80\x02N."));
    static_cast<void>(ends.connection.recv());
    CHECK(ends.connection.protocol() == 2);
    ends.connection.send(parley::Value());
    CHECK(ends.peer.read_frame() == "\x80\x02N.");
    ends.peer.write(frame("\x80\x05N."));
    static_cast<void>(ends.connection.recv());
    CHECK(ends.connection.protocol() == 4);
    ends.connection.set_options({.protocol = 5});
    CHECK(ends.connection.protocol() == 5);
}

TEST_CASE("connection: a challenge as the first message is a message to an adopted socket",
          "[connection]") {
    Ends ends;
    ends.peer.write(frame("#CHALLENGE#12345678901234567890"));
    CHECK(ends.connection.recv_bytes().view() == "#CHALLENGE#12345678901234567890");
}

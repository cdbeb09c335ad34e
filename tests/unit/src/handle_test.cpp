#include "support/catch.hpp"
#include "support/handshake.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <cstring>

using namespace support;
using parley::Connection;
using parley::Errc;

namespace {

/// Sends bytes with descriptors beside them.
void pass(const Raw& to, std::string bytes, const std::vector<int>& descriptors) {
    std::vector<char> control(CMSG_SPACE(sizeof(int) * descriptors.size()));
    iovec vector{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
    REQUIRE(::sendmsg(to.fileno(), &message, 0) == static_cast<ssize_t>(bytes.size()));
}

/// Whether a descriptor is an end of the same socket as what is written into the other.
bool leads_to(int descriptor, Raw& end) {
    if (::send(descriptor, "?", 1, MSG_NOSIGNAL) != 1) return false;
    return end.read(1) == "?";
}

}  // namespace

TEST_CASE("handle: a descriptor is passed, and the caller's own stays open", "[connection]") {
    auto [here, there] = parley::Pipe();
    auto [passed, other_end] = socket_pair();
    here.send_handle(passed.fileno());
    const Raw received(there.recv_handle());
    CHECK(received.fileno() != passed.fileno());
    CHECK(is_open(passed.fileno()));
    CHECK(is_close_on_exec(received.fileno()));
    passed.close();
    CHECK(leads_to(received.fileno(), other_end));
}

TEST_CASE("handle: descriptors and messages keep their order", "[connection]") {
    auto [here, there] = parley::Pipe();
    auto [first, first_end] = socket_pair();
    auto [second, second_end] = socket_pair();
    here.cork();
    here.send_bytes("before");
    here.send_handle(first.fileno());
    here.send_handle(second.fileno());
    here.send_bytes("after");
    here.uncork();
    CHECK(there.recv_bytes().view() == "before");
    const Raw received(there.recv_handle());
    const Raw another(there.recv_handle());
    CHECK(leads_to(received.fileno(), first_end));
    CHECK(leads_to(another.fileno(), second_end));
    CHECK(there.recv_bytes().view() == "after");
    CHECK(here.counters().stream_sent == there.counters().stream_received);
}

TEST_CASE("handle: where the peer sends none, the byte is consumed and the error says so",
          "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    peer.write("\1" + frame("next"));
    CHECK(failure_of([&] { return here.recv_handle(); }) == Errc::descriptor_not_passed);
    CHECK(here.recv_bytes().view() == "next");
    peer.close();
    CHECK(failure_of([&] { return here.recv_handle(); }) == Errc::end_of_file);
}

TEST_CASE("handle: descriptors that nobody asked for are not kept", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    auto [unasked, unasked_end] = socket_pair();
    const int before = open_descriptors();
    for (int i = 0; i < 20; ++i) {
        pass(peer, frame("x"), {unasked.fileno()});
        CHECK(here.recv_bytes().view() == "x");
    }
    pass(peer, frame("x"), std::vector<int>(8, unasked.fileno()));
    CHECK(here.recv_bytes().view() == "x");
    peer.write(frame("y"));
    CHECK(here.recv_bytes().view() == "y");
    CHECK(open_descriptors() == before);
}

TEST_CASE("handle: one that came unasked is not taken for one that is due", "[connection]") {
    auto [ours, peer] = socket_pair();
    Connection here(ours.release());
    auto [unasked, unasked_end] = socket_pair();
    auto [due, due_end] = socket_pair();
    pass(peer, frame("x"), {unasked.fileno()});
    CHECK(here.recv_bytes().view() == "x");
    pass(peer, "\1", {due.fileno()});
    const Raw received(here.recv_handle());
    CHECK(leads_to(received.fileno(), due_end));
    pass(peer, frame("x"), {unasked.fileno()});
    peer.write("\1");
    CHECK(here.recv_bytes().view() == "x");
    CHECK(failure_of([&] { return here.recv_handle(); }) == Errc::descriptor_not_passed);
}

TEST_CASE("handle: descriptors pass over Unix sockets alone", "[connection]") {
    auto [peer, called] = support::tcp_pair();
    Connection here(called.release());
    CHECK(failure_of([&] { here.send_handle(0); }) == Errc::invalid_argument);
    peer.write("\1");
    CHECK(failure_of([&] { return here.recv_handle(); }) == Errc::invalid_argument);
    here.close();
    auto ends = parley::Pipe(false);
    CHECK(failure_of([&] { ends.second.send_handle(0); }) == Errc::invalid_argument);
}

TEST_CASE("handle: what is no descriptor cannot be passed", "[connection]") {
    auto ends = parley::Pipe();
    CHECK(failure_of([&] { ends.first.send_handle(-1); }) ==
          boost::system::errc::bad_file_descriptor);
}

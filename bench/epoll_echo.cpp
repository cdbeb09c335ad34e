// An echo of many clients by hand: one thread, epoll, one recv and one send for each message, one
// read buffer for all.
//   epoll_echo HOST:PORT [keyed]
#include "raw_handshake.hpp"
#include "raw_socket.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t header_size = 4;

enum class Phase : std::uint8_t { answer_due, challenge_due, verdict_due, through };

struct Peer {
    Phase phase = Phase::through;
    std::vector<std::byte> partial;
    std::unique_ptr<Challenge> challenge;
};

class EpollEcho {
public:
    EpollEcho(const std::string& address, bool has_key)
        : listening_(listen_on(SocketName(address))),
          epoll_(::epoll_create1(EPOLL_CLOEXEC)),
          has_key_(has_key),
          scratch_(64 * 1024) {
        ::fcntl(listening_.get(), F_SETFL, O_NONBLOCK);
        watch(listening_.get());
        print_address(address_of(listening_, address));
    }

    void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
                descriptor == listening_.get() ? accept_all() : hear(descriptor);
            }
        }
    }

private:
    void watch(int descriptor) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptor;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
    }

    void accept_all() {
        for (;;) {
            const int descriptor =
                ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (descriptor < 0) return;
            set_no_delay(descriptor);
            watch(descriptor);
            Peer& peer = peers_[descriptor];
            if (!has_key_) continue;
            peer.phase = Phase::answer_due;
            peer.challenge = std::make_unique<Challenge>(make_challenge());
            say(descriptor, *peer.challenge);
        }
    }

    void hear(int descriptor) {
        const ssize_t got = ::recv(descriptor, scratch_.data(), scratch_.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return leave(descriptor);
        Peer& peer = peers_[descriptor];
        Payload bytes(scratch_.data(), static_cast<std::size_t>(got));
        if (!peer.partial.empty()) {
            peer.partial.insert(peer.partial.end(), bytes.begin(), bytes.end());
            bytes = peer.partial;
        }
        std::size_t used = 0;
        while (bytes.size() - used >= header_size) {
            const std::size_t size = load_length(bytes.data() + used);
            if (bytes.size() - used - header_size < size) break;
            if (!take(descriptor, peer, bytes.subspan(used + header_size, size)))
                return leave(descriptor);
            used += header_size + size;
        }
        const std::vector<std::byte> rest(bytes.begin() + static_cast<std::ptrdiff_t>(used),
                                          bytes.end());
        peer.partial = rest;
    }

    /// One message; false where the handshake fails.
    bool take(int descriptor, Peer& peer, Payload message) {
        switch (peer.phase) {
            case Phase::answer_due:
                if (!is_right(message, *peer.challenge)) return false;
                peer.challenge.reset();
                say(descriptor, std::as_bytes(std::span(welcome)));
                peer.phase = Phase::challenge_due;
                return true;
            case Phase::challenge_due:
                say(descriptor, answer_to(message));
                peer.phase = Phase::verdict_due;
                return true;
            case Phase::verdict_due:
                peer.phase = Phase::through;
                return message.size() == welcome.size();
            case Phase::through:
                say(descriptor, message);
        }
        return true;
    }

    /// What does not fit the socket's buffer would have to wait; these messages are small.
    void say(int descriptor, Payload payload) {
        std::array<std::byte, 4096> frame;
        store_length(frame.data(), payload.size());
        std::memcpy(frame.data() + header_size, payload.data(), payload.size());
        ::send(descriptor, frame.data(), header_size + payload.size(), MSG_NOSIGNAL);
    }

    void leave(int descriptor) {
        ::close(descriptor);
        peers_.erase(descriptor);
    }

    Socket listening_;
    Socket epoll_;
    bool has_key_;
    std::vector<std::byte> scratch_;
    std::unordered_map<int, Peer> peers_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    bench::EpollEcho(argv[1], argc > 2 && std::string_view(argv[2]) == "keyed").run();
}

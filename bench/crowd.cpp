// Many clients at once, by epoll on one thread, for bench/scale.py:
//   crowd echo ADDRESS COUNT WINDOW SECONDS [zmtp]   COUNT connections that have all spoken once:
//       prints "open", waits for a line, then keeps WINDOW messages under way for so long and
//       prints round trips per second and the percentiles of their times, in seconds
//   crowd shake ADDRESS WINDOW SECONDS               connects, proves the key, closes, WINDOW at a
//       time; prints how many
#include "raw_handshake.hpp"
#include "raw_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t payload_size = 64;
constexpr std::size_t header_size = 4;
// A source address has 28,000 ports to connect from.
constexpr unsigned connections_per_address = 20'000;

int connect_from(const SocketName& name, unsigned number) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    const int yes = 1;
    ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr = htonl(0x7f000002U + number / connections_per_address);
    if (::bind(descriptor, reinterpret_cast<sockaddr*>(&source), sizeof source) != 0) fail("bind");
    if (::connect(descriptor, name.data(), name.size) != 0) fail("connect");
    set_no_delay(descriptor);
    return descriptor;
}

void send_whole(int descriptor, Payload bytes) {
    if (::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size()))
        fail("send");
}

void receive_whole(int descriptor, std::span<std::byte> into) {
    while (!into.empty()) {
        const ssize_t got = ::recv(descriptor, into.data(), into.size(), 0);
        if (got <= 0) fail("recv");
        into = into.subspan(static_cast<std::size_t>(got));
    }
}

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// A message as it is on the wire, in our frames or in those of ZMTP 3.0.
std::vector<std::byte> framed(bool zmtp) {
    const std::string payload(payload_size, 'x');
    if (zmtp) return bytes_of(std::string("\0", 1) + static_cast<char>(payload_size) + payload);
    std::vector<std::byte> frame(header_size);
    store_length(frame.data(), payload_size);
    const auto body = bytes_of(payload);
    frame.insert(frame.end(), body.begin(), body.end());
    return frame;
}

/// ZMTP 3.0's greeting and READY, as a DEALER without security says them.
void greet_router(int descriptor) {
    std::string greeting = "\xff" + std::string(8, '\0') + "\x7f" + '\3' + '\0' + "NULL";
    greeting.resize(64, '\0');
    const std::string name = "\5READY\13Socket-Type";
    const std::string ready = name + std::string("\0\0\0\6", 4) + "DEALER";
    send_whole(descriptor, bytes_of(greeting + '\4' + static_cast<char>(ready.size()) + ready));
    std::array<std::byte, 64> theirs;
    receive_whole(descriptor, theirs);
    std::array<std::byte, 2> command;
    receive_whole(descriptor, command);
    std::vector<std::byte> body(std::to_integer<std::size_t>(command[1]));
    receive_whole(descriptor, body);
}

class Epoll {
public:
    void watch(int descriptor, std::uint32_t number) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = number;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
    }
    std::span<const epoll_event> wait() {
        const int count =
            ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), 1000);
        return std::span(events_).first(static_cast<std::size_t>(std::max(count, 0)));
    }

private:
    Socket epoll_{::epoll_create1(EPOLL_CLOEXEC)};
    std::array<epoll_event, 256> events_{};
};

class EchoCrowd {
public:
    EchoCrowd(const std::string& address, unsigned count, bool zmtp) : message_(framed(zmtp)) {
        const SocketName name(address);
        for (unsigned number = 0; number < count; ++number) {
            const int descriptor = connect_from(name, number);
            if (zmtp) greet_router(descriptor);
            std::vector<std::byte> reply(message_.size());
            send_whole(descriptor, message_);
            receive_whole(descriptor, reply);
            epoll_.watch(descriptor, number);
            clients_.push_back({descriptor, 0, {}});
        }
    }

    void run(unsigned window, double seconds) {
        const auto begin = Clock::now();
        const auto end = begin + std::chrono::duration<double>(seconds);
        for (unsigned i = 0; i < std::min<std::size_t>(window, clients_.size()); ++i)
            send_next();
        auto now = begin;
        for (; now < end; now = Clock::now())
            for (const epoll_event& event : epoll_.wait())
                hear(clients_[event.data.u32]);
        report(std::chrono::duration<double>(now - begin).count());
    }

private:
    struct Client {
        int descriptor;
        std::size_t got;
        Clock::time_point sent;
    };

    void send_next() {
        Client& client = clients_[next_++ % clients_.size()];
        client.sent = Clock::now();
        send_whole(client.descriptor, message_);
    }

    void hear(Client& client) {
        std::array<std::byte, 256> reply;
        const ssize_t got = ::recv(client.descriptor, reply.data(), reply.size(), MSG_DONTWAIT);
        if (got <= 0) return;
        client.got += static_cast<std::size_t>(got);
        if (client.got < message_.size()) return;
        client.got = 0;
        times_.push_back(std::chrono::duration<double>(Clock::now() - client.sent).count());
        send_next();
    }

    void report(double seconds) {
        std::sort(times_.begin(), times_.end());
        const auto at = [this](double share) {
            return times_[static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1))];
        };
        std::printf("%zu %.9g %.9g %.9g %.9g\n", times_.size(),
                    static_cast<double>(times_.size()) / seconds, at(0.5), at(0.99), at(0.999));
    }

    Epoll epoll_;
    std::vector<std::byte> message_;
    std::vector<Client> clients_;
    std::vector<double> times_;
    std::size_t next_ = 0;
};

/// Every client goes through the handshake by itself; whoever is through makes room for another.
class ShakeCrowd {
public:
    ShakeCrowd(const std::string& address, unsigned window) : name_(address), clients_(window) {}

    void run(double seconds) {
        const auto end = Clock::now() + std::chrono::duration<double>(seconds);
        for (std::uint32_t number = 0; number < clients_.size(); ++number)
            come(number);
        while (Clock::now() < end)
            for (const epoll_event& event : epoll_.wait())
                hear(event.data.u32);
        std::printf("%u\n", through_);
    }

private:
    enum class Due { challenge, verdict, answer };
    struct Client {
        int descriptor = -1;
        Due due = Due::challenge;
        Challenge challenge;
    };

    void come(std::uint32_t number) {
        clients_[number].descriptor = connect_from(name_, come_++ % (50 * connections_per_address));
        clients_[number].due = Due::challenge;
        epoll_.watch(clients_[number].descriptor, number);
    }

    void hear(std::uint32_t number) {
        Client& client = clients_[number];
        std::array<std::byte, 512> memory;
        const ssize_t got = ::recv(client.descriptor, memory.data(), memory.size(), MSG_DONTWAIT);
        if (got < 0) return;
        if (static_cast<std::size_t>(got) < header_size) end_of_handshake();
        Payload bytes(memory.data(), static_cast<std::size_t>(got));
        while (bytes.size() >= header_size) {
            const std::size_t size = load_length(bytes.data());
            if (bytes.size() < header_size + size) end_of_handshake();
            answer(client, bytes.subspan(header_size, size));
            bytes = bytes.subspan(header_size + size);
        }
        if (client.descriptor < 0) come(number);
    }

    void answer(Client& client, Payload message) {
        switch (client.due) {
            case Due::challenge:
                say(client, answer_to(message));
                client.due = Due::verdict;
                return;
            case Due::verdict:
                client.challenge = make_challenge();
                say(client, client.challenge);
                client.due = Due::answer;
                return;
            case Due::answer:
                if (!is_right(message, client.challenge)) end_of_handshake();
                say(client, std::as_bytes(std::span(welcome)));
                ::close(std::exchange(client.descriptor, -1));
                ++through_;
        }
    }

    static void say(const Client& client, Payload payload) {
        std::array<std::byte, 128> frame;
        store_length(frame.data(), payload.size());
        std::memcpy(frame.data() + header_size, payload.data(), payload.size());
        send_whole(client.descriptor, std::span(frame).first(header_size + payload.size()));
    }

    SocketName name_;
    Epoll epoll_;
    std::vector<Client> clients_;
    unsigned come_ = 0;
    unsigned through_ = 0;
};

int run_crowd(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "echo" && argc >= 6) {
        EchoCrowd crowd(argv[2], static_cast<unsigned>(std::atoi(argv[3])),
                        argc > 6 && std::string_view(argv[6]) == "zmtp");
        std::puts("open");
        std::fflush(stdout);
        if (std::getchar() == EOF) return 0;
        crowd.run(static_cast<unsigned>(std::atoi(argv[4])), std::atof(argv[5]));
        return 0;
    }
    if (what == "shake" && argc >= 5) {
        ShakeCrowd(argv[2], static_cast<unsigned>(std::atoi(argv[3]))).run(std::atof(argv[4]));
        return 0;
    }
    std::fputs("usage: crowd echo|shake ADDRESS ...\n", stderr);
    return 2;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    return bench::run_crowd(argc, argv);
}

// nng at one end: pair0 for round trips, push0 and pull0 one way.
#include "workload.hpp"

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bench {
namespace {

void check(int error, const char* what) {
    if (error == 0) return;
    std::fprintf(stderr, "%s: %s\n", what, nng_strerror(error));
    std::exit(1);
}

std::string url(const Task& task) {
    if (task.address.starts_with("unix:")) return "ipc://" + task.address.substr(5);
    return "tcp://" + task.address;
}

class NngChannel {
public:
    explicit NngChannel(const Task& task) {
        const auto open = !task.is_one_way() ? nng_pair0_open
                          : task.serves      ? nng_pull0_open
                                             : nng_push0_open;
        check(open(&socket_), "nng_open");
        check(nng_socket_set_size(socket_, NNG_OPT_RECVMAXSZ, 0), "NNG_OPT_RECVMAXSZ");
    }
    NngChannel(NngChannel&& other) noexcept
        : socket_(std::exchange(other.socket_, nng_socket NNG_SOCKET_INITIALIZER)) {}
    NngChannel& operator=(NngChannel&&) = delete;
    ~NngChannel() {
        if (nng_socket_id(socket_) > 0) nng_close(socket_);
    }

    [[nodiscard]] nng_socket socket() const noexcept { return socket_; }

    void send(Payload payload) {
        check(nng_send(socket_, const_cast<std::byte*>(payload.data()), payload.size(), 0),
              "nng_send");
    }
    void send_many(Payload payload, std::uint64_t count) {
        while (count-- > 0)
            send(payload);
    }
    bool receive() {
        nng_msg* message = nullptr;
        if (nng_recvmsg(socket_, &message, 0) != 0) return false;
        nng_msg_free(message);
        return true;
    }
    bool echo() {
        nng_msg* message = nullptr;
        return nng_recvmsg(socket_, &message, 0) == 0 && nng_sendmsg(socket_, message, 0) == 0;
    }

private:
    nng_socket socket_ = NNG_SOCKET_INITIALIZER;
};

struct NngLibrary {
    class Server {
    public:
        explicit Server(const Task& task) : channel_(task), address_(task.address) {
            nng_listener listener;
            check(nng_listen(channel_.socket(), url(task).c_str(), &listener, 0), "nng_listen");
            int port = 0;
            if (nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port) == 0)
                address_ = "127.0.0.1:" + std::to_string(port);
        }
        [[nodiscard]] std::string address() const { return address_; }
        [[nodiscard]] NngChannel accept() { return std::move(channel_); }

    private:
        NngChannel channel_;
        std::string address_;
    };

    static NngChannel connect(const Task& task) {
        NngChannel channel(task);
        check(nng_dial(channel.socket(), url(task).c_str(), nullptr, 0), "nng_dial");
        return channel;
    }
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    bench::run<bench::NngLibrary>(bench::parse_task(argc, argv));
}

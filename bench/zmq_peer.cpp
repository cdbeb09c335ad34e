// libzmq at one end: PAIR sockets for round trips, PUSH and PULL one way.
#include "workload.hpp"

#include <zmq.h>

#include <array>
#include <utility>

namespace bench {
namespace {

std::string endpoint(const Task& task) {
    if (task.address.starts_with("unix:")) return "ipc://" + task.address.substr(5);
    return "tcp://" + task.address;
}

/// The one context of the program, with its thread.
void* context() {
    static void* const only = zmq_ctx_new();
    return only;
}

class ZmqChannel {
public:
    explicit ZmqChannel(const Task& task)
        : socket_(zmq_socket(context(), !task.is_one_way() ? ZMQ_PAIR
                                        : task.serves      ? ZMQ_PULL
                                                           : ZMQ_PUSH)) {
        if (socket_ == nullptr) fail("zmq_socket");
        zmq_msg_init(&message_);
    }
    ZmqChannel(ZmqChannel&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {
        zmq_msg_init(&message_);
    }
    ZmqChannel& operator=(ZmqChannel&&) = delete;
    ~ZmqChannel() {
        zmq_msg_close(&message_);
        if (socket_ != nullptr) zmq_close(socket_);
    }

    [[nodiscard]] void* socket() const noexcept { return socket_; }

    void send(Payload payload) {
        if (zmq_send(socket_, payload.data(), payload.size(), 0) < 0) fail("zmq_send");
    }
    void send_many(Payload payload, std::uint64_t count) {
        while (count-- > 0)
            send(payload);
    }
    bool receive() { return zmq_msg_recv(&message_, socket_, 0) >= 0; }
    bool echo() { return receive() && zmq_msg_send(&message_, socket_, 0) >= 0; }

private:
    void* socket_;
    zmq_msg_t message_;
};

struct ZmqLibrary {
    class Server {
    public:
        explicit Server(const Task& task) : channel_(task) {
            const std::string where =
                task.address.ends_with(":0") ? "tcp://127.0.0.1:*" : endpoint(task);
            if (zmq_bind(channel_.socket(), where.c_str()) != 0) fail("zmq_bind");
            std::array<char, 256> last{};
            std::size_t size = last.size();
            zmq_getsockopt(channel_.socket(), ZMQ_LAST_ENDPOINT, last.data(), &size);
            const std::string bound = last.data();
            address_ = bound.starts_with("tcp://") ? bound.substr(6) : task.address;
        }
        [[nodiscard]] std::string address() const { return address_; }
        [[nodiscard]] ZmqChannel accept() { return std::move(channel_); }

    private:
        ZmqChannel channel_;
        std::string address_;
    };

    static ZmqChannel connect(const Task& task) {
        ZmqChannel channel(task);
        if (zmq_connect(channel.socket(), endpoint(task).c_str()) != 0) fail("zmq_connect");
        return channel;
    }
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    bench::run<bench::ZmqLibrary>(bench::parse_task(argc, argv));
}

// An echo of many clients with libzmq: a ROUTER socket.
//   zmq_echo HOST:PORT
#include "task.hpp"

#include <zmq.h>

#include <array>
#include <string>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    void* const context = zmq_ctx_new();
    void* const router = zmq_socket(context, ZMQ_ROUTER);
    const int backlog = 4096;
    zmq_setsockopt(router, ZMQ_BACKLOG, &backlog, sizeof backlog);
    const std::string host = std::string(argv[1]).substr(0, std::string(argv[1]).rfind(':'));
    if (zmq_bind(router, ("tcp://" + host + ":*").c_str()) != 0) bench::fail("zmq_bind");
    std::array<char, 256> bound{};
    std::size_t size = bound.size();
    zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, bound.data(), &size);
    bench::print_address(std::string(bound.data()).substr(6));
    for (;;) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, router, 0) < 0) bench::fail("zmq_msg_recv");
        zmq_msg_send(&part, router, zmq_msg_more(&part) != 0 ? ZMQ_SNDMORE : 0);
    }
}

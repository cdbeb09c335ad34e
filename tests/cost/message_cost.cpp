// Sends and receives so many messages one way, for tests/cost/cost.py to count what they cost:
//   message_cost WAY COUNT
// One process and one thread wherever the socket's own buffer holds what is on its way, so that
// every run takes the same system calls and the same instructions.
#include <parley/connection.hpp>
#include <parley/pipe.hpp>
#include <parley/value.hpp>

#include <boost/asio/io_context.hpp>

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace {

using Way = std::function<void(unsigned long)>;

struct Ends {
    Ends() : ends(parley::Pipe()) {}
    parley::Connection& left() { return ends.first; }
    parley::Connection& right() { return ends.second; }
    std::pair<parley::Connection, parley::Connection> ends;
};

void send_small(unsigned long count) {
    Ends ends;
    const std::string message(64, 'x');
    while (count-- > 0) {
        ends.left().send_bytes(message);
        static_cast<void>(ends.right().recv_bytes());
    }
}

void send_small_into(unsigned long count) {
    Ends ends;
    const std::string message(64, 'x');
    parley::Buffer reply;
    while (count-- > 0) {
        ends.left().send_bytes(message);
        ends.right().recv_bytes_into(reply);
    }
}

void send_object(unsigned long count) {
    Ends ends;
    const parley::Value message = parley::list({"Hello World", 100, parley::bytes("你好")});
    while (count-- > 0) {
        ends.left().send(message);
        static_cast<void>(ends.right().recv());
    }
}

void send_corked(unsigned long count) {
    Ends ends;
    const std::string message(64, 'x');
    for (; count > 0; count -= 100) {
        ends.left().cork();
        for (int i = 0; i < 100; ++i)
            ends.left().send_bytes(message);
        ends.left().uncork();
        for (int i = 0; i < 100; ++i)
            static_cast<void>(ends.right().recv_bytes());
    }
}

void send_queued(unsigned long count) {
    boost::asio::io_context context(1);
    Ends ends;
    parley::Connection left(context, std::move(ends.left()));
    const std::string message(64, 'x');
    for (; count > 0; count -= 100) {
        for (int i = 0; i < 100; ++i)
            left.async_send_bytes(message, [](const boost::system::error_code& error) {
                if (error) std::abort();
            });
        context.restart();
        context.run();
        for (int i = 0; i < 100; ++i)
            static_cast<void>(ends.right().recv_bytes());
    }
}

/// As much as a socket's buffer holds: no waiting, and every count the same.
void send_medium(unsigned long count) {
    Ends ends;
    const std::string message(64 << 10, 'x');
    parley::Buffer reply;
    while (count-- > 0) {
        ends.left().send_bytes(message);
        ends.right().recv_bytes_into(reply);
    }
}

/// Half of what a pipe can be made to hold.
void send_big(unsigned long count) {
    auto [reader, writer] = parley::Pipe(false);
    if (::fcntl(writer.fileno(), F_SETPIPE_SZ, 1 << 20) < 0) std::abort();
    const std::string message(512 << 10, 'x');
    parley::Buffer reply;
    while (count-- > 0) {
        writer.send_bytes(message);
        reader.recv_bytes_into(reply);
    }
}

const std::map<std::string, Way> ways{
    {"small", send_small},   {"small_into", send_small_into}, {"object", send_object},
    {"corked", send_corked}, {"queued", send_queued},         {"medium", send_medium},
    {"big", send_big},
};

}  // namespace

int main(int argc, char** argv) {
    const auto way = argc == 3 ? ways.find(argv[1]) : ways.end();
    if (way == ways.end()) {
        std::fprintf(stderr, "usage: message_cost WAY COUNT\n");
        return 2;
    }
    way->second(std::strtoul(argv[2], nullptr, 10));
}

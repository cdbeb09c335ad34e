// Errors and timeouts: everything that goes wrong between two programs, and what the connection is
// worth afterwards. Start 08_errors_and_timeouts.py first, which misbehaves on request.
//     08_errors_and_timeouts [ADDRESS]
#include <parley/client.hpp>

#include <array>
#include <chrono>
#include <iostream>

using namespace std::chrono_literals;

namespace {

const parley::Authkey key{"Hello World!"};

void nobody_listens() {
    try {
        parley::Client client{"unix:@nobody-listens-here", {.authkey = key, .retry = 50ms}};
    } catch (const parley::Error& error) {
        std::cout << "nobody listens: " << error.code().message() << '\n';
    }
}

void wrong_key(const parley::Address& address) {
    try {
        parley::Client client{address, {.authkey = parley::Authkey{"another key"}}};
    } catch (const parley::AuthenticationError& error) {
        std::cout << "wrong key: " << error.code().message() << '\n';
    }
}

void no_key(const parley::Address& address) {
    try {
        parley::Client client{address};  // the listener's challenge is the first thing to come
        std::cout << client.recv() << '\n';
    } catch (const parley::AuthenticationError& error) {
        std::cout << "no key: " << error.code().message() << '\n';
    }
}

void slow_answer(parley::Connection& connection) {
    connection.send("be slow");
    try {
        std::cout << connection.recv(50ms) << '\n';
    } catch (const parley::Timeout&) {
        std::cout << "no answer yet; ";
    }
    connection.send("go on");  // nothing was lost
    std::cout << "then " << connection.recv() << '\n';
}

void another_type(parley::Connection& connection) {
    connection.send("send text");
    try {
        std::cout << connection.recv<int>() << '\n';
    } catch (const parley::TypeError& error) {
        std::cout << "another type: " << error.code().message() << '\n';
    }
}

void no_pickle(parley::Connection& connection) {
    connection.send("send bytes");
    try {
        std::cout << connection.recv() << '\n';
    } catch (const parley::PickleError& error) {
        std::cout << "no pickle: " << error.code().message() << '\n';
    }
}

void small_buffer(parley::Connection& connection) {
    connection.send("send bytes");
    std::array<std::byte, 4> buffer{};
    try {
        connection.recv_bytes_into(buffer);
    } catch (const parley::BufferTooShort& error) {
        std::cout << "small buffer: the message has " << error.message().size() << " bytes\n";
    }
}

void long_message(const parley::Address& address) {
    parley::Client client{address, {.authkey = key, .messages = {.max_message = 1000}}};
    client.send("send much");
    try {
        std::cout << client.recv() << '\n';
    } catch (const parley::ProtocolError& error) {
        std::cout << "long message: " << error.code().message() << '\n';
    }
    std::cout << (client.readable() ? "still readable\n" : "no longer readable\n");
}

void end(parley::Connection& connection) {
    connection.send("close");
    try {
        std::cout << connection.recv() << '\n';
    } catch (const parley::EndOfFile&) {
        std::cout << "end of file\n";
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const parley::Address address{argc > 1 ? argv[1] : "localhost:8888"};
        nobody_listens();
        wrong_key(address);
        no_key(address);
        long_message(address);

        parley::Client client{address, {.authkey = key, .timeout = 20s, .retry = 5s}};
        slow_answer(client);
        another_type(client);
        no_pickle(client);
        small_buffer(client);
        end(client);
    } catch (const parley::Error& error) {
        std::cerr << "08_errors_and_timeouts: " << error.what() << '\n';
        return 1;
    }
}

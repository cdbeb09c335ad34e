// A user's program: both ends of a connection, through the public headers alone.
#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <iostream>
#include <thread>

int main() {
    const parley::Authkey key{"Hello World!"};
    parley::Listener listener{"127.0.0.1:0", {.authkey = key}};
    std::jthread server{[&listener] {
        parley::Connection connection = listener.accept();
        connection.send_bytes(connection.recv_bytes());
    }};
    parley::Client client{listener.address(), {.authkey = key}};
    client.send_bytes("as installed");
    const parley::Buffer reply = client.recv_bytes();
    std::cout << reply.view() << '\n';
    return reply.view() == "as installed" ? 0 : 1;
}

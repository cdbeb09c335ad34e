// A user's program: both ends of a connection, through the public headers alone. What the library
// throws is caught here by each of its types, which a shared library has to share.
#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <boost/system/system_error.hpp>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

template <typename Exception>
bool throws_at_the_end(parley::Connection& connection) {
    try {
        static_cast<void>(connection.recv());
    } catch (const Exception&) {
        return true;
    }
    return false;
}

int main() {
    const parley::Authkey key{"Hello World!"};
    parley::Listener listener{"127.0.0.1:0", {.authkey = key}};
    std::jthread server{[&listener] {
        parley::Connection connection = listener.accept();
        connection.send_bytes(connection.recv_bytes());
        connection.send(connection.recv());
    }};
    parley::Client client{listener.address(), {.authkey = key}};
    client.send_bytes("as installed");
    const parley::Buffer reply = client.recv_bytes();
    std::cout << reply.view() << '\n';
    const std::vector<std::string> typed{"a type", "of Boost.Serialization"};
    client.send(typed);
    const bool good =
        reply.view() == "as installed" && client.recv<std::vector<std::string>>() == typed &&
        throws_at_the_end<parley::EndOfFile>(client) && throws_at_the_end<parley::Error>(client) &&
        throws_at_the_end<boost::system::system_error>(client);
    return good ? 0 : 1;
}

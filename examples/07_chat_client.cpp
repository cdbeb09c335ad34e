// Chat client: a guest of 07_chat_hub in C++: sends its lines, and prints everybody else's. One
// thread sends while the other receives.
//     07_chat_client [ADDRESS [NAME [GUESTS]]]     with a number, greets and leaves when it has
//                                                  heard from so many others
#include <parley/client.hpp>

#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <thread>

namespace {

/// Says good-bye and waits until the hub has closed: what was sent before has then arrived.
void leave(parley::Connection& hub) {
    hub.send(nullptr);
    try {
        for (;;)
            static_cast<void>(hub.recv());
    } catch (const parley::EndOfFile&) {
    }
}

/// Greets until everybody has greeted back: the hub keeps nothing for those who come later.
void meet(parley::Connection& hub, const std::string& name, std::size_t guests) {
    std::set<std::string> met;
    hub.send(parley::tuple(name, "hello"));
    while (met.size() < guests) {
        const parley::Value message = hub.recv();
        if (met.insert(message[0].get<std::string>()).second)
            hub.send(parley::tuple(name, "hello"));
    }
    for (const std::string& guest : met)
        std::cout << name << " met " << guest << '\n';
    leave(hub);
}

void print_messages(parley::Connection& hub) {
    try {
        for (;;) {
            const parley::Value message = hub.recv();
            std::cout << message[0].get<std::string>() << ": " << message[1] << std::endl;
        }
    } catch (const parley::Error&) {  // the hub has gone, or we have
    }
}

void talk(parley::Connection& hub, const std::string& name) {
    std::jthread printing{[&hub] { print_messages(hub); }};
    for (std::string line; std::getline(std::cin, line);)
        hub.send(parley::tuple(name, line));
    hub.cancel();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        parley::Client hub{argc > 1 ? argv[1] : "localhost:8888",
                           {.authkey = parley::Authkey{"Hello World!"}}};
        const std::string name = argc > 2 ? argv[2] : "C++";
        argc > 3 ? meet(hub, name, std::strtoul(argv[3], nullptr, 10)) : talk(hub, name);
    } catch (const parley::Error& error) {
        std::cerr << "07_chat_client: " << error.what() << '\n';
        return 1;
    }
}

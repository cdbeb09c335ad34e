// Hello: a C++ program calls a Python one. Start 01_hello.py first.
//     01_hello [ADDRESS]
#include <parley/client.hpp>

#include <iostream>

int main(int argc, char** argv) {
    try {
        parley::Client client{argc > 1 ? argv[1] : "localhost:8888",
                              {.authkey = parley::Authkey{"Hello World!"}}};
        client.send(parley::list("Hello World", 100, parley::bytes("你好")));
        std::cout << client.recv() << '\n';
    } catch (const parley::Error& error) {
        std::cerr << "01_hello: " << error.what() << '\n';
        return 1;
    }
}

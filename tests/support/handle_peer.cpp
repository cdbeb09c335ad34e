// handle_peer ADDRESS: passes descriptors to and fro with a Python listener, as
// tests/interop/peers/handles.py expects it. Each gets a pipe's end from the other.
#include <parley/client.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <iostream>
#include <string>

namespace {

void receive(parley::Client& python) {
    const int descriptor = python.recv_handle();
    const std::string text = "from C++";
    const bool is_written =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
    python.send(is_written);
}

void pass(parley::Client& python) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    python.send_handle(ends[1]);
    ::close(ends[1]);
    std::array<char, 64> text{};
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    python.send(std::string(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size)));
}

void receive_none(parley::Client& python) {
    try {
        ::close(python.recv_handle());
        python.send("a descriptor came");
    } catch (const parley::Error& error) {
        python.send(error.code() == parley::Errc::descriptor_not_passed ? "none came"
                                                                        : error.what());
    }
}

}  // namespace

int main(int, char** argv) {
    try {
        parley::Client python(argv[1], {.messages = {.protocol = 2}});
        receive(python);
        pass(python);
        receive_none(python);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}

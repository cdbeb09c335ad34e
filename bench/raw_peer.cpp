// Bare sockets at one end.
#include "raw_socket.hpp"

#include <csignal>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    bench::run<bench::RawLibrary>(bench::parse_task(argc, argv));
}

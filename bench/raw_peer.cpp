// Bare sockets at one end.
#include "raw_socket.hpp"

int main(int argc, char** argv) {
    bench::run<bench::RawLibrary>(bench::parse_task(argc, argv));
}

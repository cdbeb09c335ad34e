// typed_peer ADDRESS: the C++ side of tests/interop/typed_test.py. Connects to a Python that asks
// for the rows of docs/typed.md one by one: `("write", row, protocol)` wants the pickle of the
// row's object, `("read", row, 0)` is followed by a pickle and wants to be told "ok" or why not.
#include "support/typed_rows.hpp"

#include <parley/client.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <tuple>

namespace {

void serve(parley::Client& python) {
    const support::TypedRows rows;
    for (;;) {
        const auto [verb, name, protocol] =
            python.recv<std::tuple<std::string, std::string, int>>();
        const support::TypedRow* const row = rows.find(name);
        if (row == nullptr) {
            python.send("no row " + name);
        } else if (verb == "write") {
            python.send_bytes(row->write(protocol).view());
        } else {
            python.send(row->read(python.recv_bytes()));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: typed_peer ADDRESS\n", stderr);
        return EXIT_FAILURE;
    }
    try {
        parley::Client python{parley::Address(argv[1])};
        serve(python);
    } catch (const parley::EndOfFile&) {
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "typed_peer: %s\n", error.what());
    }
    return EXIT_FAILURE;
}

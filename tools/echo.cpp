// parley echo: sends back whatever comes.
#include "echo_server.hpp"
#include "listener_option.hpp"
#include "standard_streams.hpp"
#include "stop_signals.hpp"
#include "verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace parley::tools {
namespace {

struct Echo {
    ListenerOption listener;
    EchoOptions options;

    void run() const;
};

void Echo::run() const {
    const StopSignals stop;
    Listener here = listener.listen();
    write_line("listening on " + here.address().to_string());
    serve_echo(here, options, stop.fileno());
}

constexpr const char* examples = R"(
SIGINT and SIGTERM end it with status 0. A line on standard error tells of each client that failed.

Examples:
  parley echo :8888 --authkey-file key      every interface, clients must prove the key
  parley echo unix:/tmp/echo                a Unix socket, no key
  parley echo 127.0.0.1:0 --raw             a free port, which it prints; bytes go back unread)";

}  // namespace

void add_echo(CLI::App& program) {
    CLI::App& verb =
        *program.add_subcommand("echo", "Send back whatever comes, to any number of clients.");
    const auto echo = std::make_shared<Echo>();
    echo->listener.add_to(verb);
    verb.add_flag("--raw", echo->options.raw,
                  "Send back the bytes without reading them as objects");
    verb.footer(examples);
    verb.callback([echo] { echo->run(); });
}

}  // namespace parley::tools

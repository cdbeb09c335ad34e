// parley echo: sends back whatever comes.
#include "echo_server.hpp"
#include "listener_option.hpp"
#include "options.hpp"
#include "verbs.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>

namespace parley::tools {
namespace {

constexpr unsigned most_threads = 1024;
constexpr std::size_t most_connections = 1'000'000'000;

struct Echo {
    ListenerOption listener;
    EchoOptions options;
    std::optional<double> idle_timeout;
    std::optional<double> drain;

    void run() {
        options.idle_timeout = to_time_limit(idle_timeout);
        if (drain) options.drain = *to_time_limit(drain);
        serve_echo(listener, options);
    }
};

constexpr const char* echo_examples = R"(
SIGINT and SIGTERM end it with status 0 once its clients have what they asked for; a second one ends
it at once. SIGUSR1 has it sum itself up in one line. A line on standard error tells of each client
that failed.

Examples:
  parley echo :8888 --authkey-file key      every interface, clients must prove the key
  parley echo unix:/tmp/echo                a Unix socket, no key
  parley echo 127.0.0.1:0 --raw             a free port, which it prints; bytes go back unread)";

}  // namespace

void add_echo(CLI::App& program) {
    CLI::App& verb =
        *program.add_subcommand("echo", "Send back whatever comes, to any number of clients.");
    const auto echo = std::make_shared<Echo>();
    echo->options.threads = std::max(1U, std::thread::hardware_concurrency());
    echo->listener.add_to(verb);
    verb.add_flag("--raw", echo->options.raw,
                  "Send back the bytes without reading them as objects");
    verb.add_option("--threads", echo->options.threads, "How many threads serve; one per core")
        ->type_name("N")
        ->check(CLI::Range(1U, most_threads));
    verb.add_option("--max-connections", echo->options.max_connections,
                    "The most clients at once; more wait until one leaves")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, most_connections));
    add_seconds(verb, "--idle-timeout", echo->idle_timeout,
                "Drop a client that says nothing for so long");
    add_seconds(verb, "--drain", echo->drain,
                "How long clients may finish what they have begun when it ends; 5");
    verb.footer(echo_examples);
    verb.callback([echo] { echo->run(); });
}

}  // namespace parley::tools

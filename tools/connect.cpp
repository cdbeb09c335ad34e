// parley connect: sends the Python literals that it reads, and prints the replies.
#include "client_option.hpp"
#include "content.hpp"
#include "exit_status.hpp"
#include "line_source.hpp"
#include "prompt.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <parley/literal.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::tools {
namespace {

struct Connect {
    ClientOption client;

    void run() const;
    void converse(Client& connection, LineSource& lines, bool is_dialogue) const;
    void ask(Client& connection, const Value& value) const;
};

bool says_nothing(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t\r\f");
    return begin == std::string_view::npos || line[begin] == '#';
}

void Connect::ask(Client& connection, const Value& value) const {
    connection.send(value, client.timeout());
    const std::uint64_t before = connection.counters().bytes_received;
    const Value reply = connection.recv(client.timeout());
    write_line(text_of(reply, connection.counters().bytes_received - before));
}

void Connect::converse(Client& connection, LineSource& lines, bool is_dialogue) const {
    for (std::size_t number = 1; const std::optional<std::string> line = lines.next(); ++number) {
        if (says_nothing(*line)) continue;
        const Result<Value> value = literal_eval(*line);
        if (value) {
            ask(connection, *value);
            continue;
        }
        const std::string words =
            with_hint(value.error().message(), is_word(*line) ? "text needs quotes" : "");
        if (!is_dialogue)
            throw Trouble(ExitStatus::input, fmt::format("line {}: {}", number, words));
        complain(is_word(*line) ? words + ", and Ctrl-D ends it" : words);
    }
}

void Connect::run() const {
    Client connection = client.connect();
    if (is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO)) {
        Prompt prompt;
        converse(connection, prompt, true);
    } else {
        InputLines lines;
        converse(connection, lines, false);
    }
}

constexpr const char* connect_examples = R"(
Each line of standard input is one Python literal; blank lines and comments are skipped. The first
line that is no literal ends it with status 6. On a terminal it asks for them, with a history, and
asks again after a mistake; an open bracket goes on in the next line. Ctrl-C gives up what was typed,
and while it waits for a reply it ends; Ctrl-D ends it, too.

Examples:
  parley connect localhost:8888 --authkey-file key
  echo "['Hello World', 100]" | PARLEY_AUTHKEY='Hello World!' parley connect localhost:8888
  parley connect unix:/tmp/echo --retry 5 < literals)";

}  // namespace

void add_connect(CLI::App& program) {
    CLI::App& verb =
        *program.add_subcommand("connect", "Send Python literals and print the replies.");
    const auto connect = std::make_shared<Connect>();
    connect->client.add_to(verb);
    verb.footer(connect_examples);
    verb.callback([connect] { connect->run(); });
}

}  // namespace parley::tools

// parley send: one message there, and its reply back.
#include "client_option.hpp"
#include "content.hpp"
#include "exit_status.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace parley::tools {
namespace {

struct Send {
    ClientOption client;
    Form form;
    std::string message = "-";
    bool no_reply = false;

    void run() const;
    [[nodiscard]] std::string text() const;
    void print_reply(Connection& connection) const;
    [[nodiscard]] std::string hint_about(const boost::system::error_code& code) const;
};

std::string Send::text() const {
    if (message == "-") return read_all_input();
    if (message == "@") throw Trouble(ExitStatus::usage, "expected a file's name behind @");
    if (message.starts_with('@')) return read_file(message.substr(1));
    return message;
}

/// A challenge that is there already says that the message went to somebody who wants a key first.
void check_challenge(Connection& connection) {
    try {
        if (connection.poll()) static_cast<void>(connection.recv_bytes());
    } catch (const EndOfFile&) {
        return;  // it has what it wanted
    }
}

/// What may be behind a reply that does not come, or is none.
std::string Send::hint_about(const boost::system::error_code& code) const {
    if (code == Errc::end_of_file)
        return form.is_raw() ? "does it expect objects? those go without --raw"
                             : "--no-reply waits for none";
    const bool is_ours = code.category() == error_category();
    const bool is_no_pickle = is_ours && blame(static_cast<Errc>(code.value())) == Blame::pickle;
    return is_no_pickle ? "is it bytes? --raw takes them as they are" : "";
}

void Send::print_reply(Connection& connection) const {
    try {
        write_output(form.receive(connection, client.timeout()).view());
    } catch (const Error& error) {
        const std::string hint = hint_about(error.code());
        if (hint.empty()) throw;
        throw Trouble(status_of(error.code()), with_hint(error.what(), hint));
    }
}

void Send::run() const {
    const Content content = form.read(text());
    Client connection = client.connect();
    send(connection, content, client.timeout());
    if (no_reply)
        check_challenge(connection);
    else
        print_reply(connection);
}

constexpr const char* send_examples = R"(
MESSAGE is a Python literal, @FILE for a file's content, or - for standard input.

Examples:
  parley send localhost:8888 "['add', 2, 3]" --authkey-file key
  parley send localhost:8888 @request.json --json | jq .result
  parley send unix:/tmp/jobs --raw --no-reply < picture.png
  parley send localhost:8888 -- -5          what begins with a minus goes behind --)";

}  // namespace

void add_send(CLI::App& program) {
    CLI::App& verb = *program.add_subcommand("send", "Send one message and print the reply.");
    const auto send = std::make_shared<Send>();
    send->client.add_to(verb);
    verb.add_option("MESSAGE", send->message, "A literal, @FILE, or - for standard input")
        ->type_name("");
    send->form.add_to(verb);
    verb.add_flag("--no-reply", send->no_reply, "Leave as soon as the message is sent");
    verb.footer(send_examples);
    verb.callback([send] { send->run(); });
}

}  // namespace parley::tools

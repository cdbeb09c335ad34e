#include "content.hpp"

#include "exit_status.hpp"
#include "json.hpp"
#include "progress.hpp"

#include <parley/literal.hpp>
#include <parley/repr.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace parley::tools {
namespace {

// Text that a few bytes have paid for: parts that a message shares are written out each time.
std::size_t text_limit(std::uint64_t message_size) {
    constexpr std::size_t always = std::size_t{16} << 20U;
    constexpr std::size_t for_each_byte = 64;
    return std::max(always, static_cast<std::size_t>(message_size) * for_each_byte);
}

/// About what is no literal.
std::string hint_about(std::string_view text) {
    if (json_loads(text)) return "it is JSON: --json takes it";
    return is_word(text) ? "text needs quotes of its own: \"'text'\", or --raw" : "";
}

}  // namespace

bool is_word(std::string_view text) noexcept {
    return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
}

std::string text_of(const Value& value, std::uint64_t message_size) {
    return repr(value, {.limit = text_limit(message_size)});
}

void send(Connection& connection, const Content& content, TimeLimit timeout) {
    const std::uint64_t before = connection.counters().stream_sent;
    const auto sent = [&, before] { return connection.counters().stream_sent - before; };
    if (const auto* bytes = std::get_if<std::string>(&content)) {
        const Progress progress("sent", sent, bytes->size());
        connection.send_bytes(*bytes, timeout);
    } else {
        const Progress progress("sent", sent);
        connection.send(std::get<Value>(content), timeout);
    }
}

std::string_view Printable::view() const noexcept {
    if (const auto* bytes = std::get_if<Buffer>(&content_)) return bytes->view();
    return std::get<std::string>(content_);
}

void Form::add_to(CLI::App& verb) {
    CLI::Option* const raw =
        verb.add_flag("--raw", raw_, "Messages are bytes, exactly as they are, not objects");
    verb.add_flag("--json", json_, "Messages are JSON, not Python literals")->excludes(raw);
}

Content Form::read(std::string text) const {
    if (raw_) return text;
    const Result<Value> value = json_ ? json_loads(text) : literal_eval(text);
    if (value) return *value;
    if (json_) {
        throw Trouble(
            ExitStatus::input,
            with_hint("not JSON: " + value.error().detail,
                      literal_eval(text) ? "it is a Python literal: leave --json out" : ""));
    }
    throw Trouble(ExitStatus::input, with_hint(value.error().message(), hint_about(text)));
}

Printable Form::receive(Connection& connection, TimeLimit timeout) const {
    static_cast<void>(connection.poll(timeout));  // a transfer begins with its first byte
    const Counters before = connection.counters();
    std::optional<Progress> progress;
    progress.emplace("received", [&connection, &before] {
        return connection.counters().stream_received - before.stream_received;
    });
    if (raw_) return Printable(connection.recv_bytes(timeout));
    const Value value = connection.recv(timeout);
    progress.reset();
    const std::uint64_t size = connection.counters().bytes_received - before.bytes_received;
    if (!json_) return Printable(text_of(value, size) + '\n');
    const Result<std::string> text = json_dumps(value, text_limit(size));
    if (!text) {
        throw Trouble(ExitStatus::peer,
                      with_hint(text.error().message(), "it comes as a literal without --json"));
    }
    return Printable(*text + '\n');
}

}  // namespace parley::tools

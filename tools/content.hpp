// What goes out and comes in, and how it stands on standard input and output.
#pragma once

#include <parley/buffer.hpp>
#include <parley/connection.hpp>
#include <parley/time_limit.hpp>
#include <parley/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace CLI {
class App;
}

namespace parley::tools {

/// Python's repr of a value that came in a message of so many bytes. A text out of proportion to
/// them is cut off: values share parts, so that few bytes can mean text without end.
[[nodiscard]] std::string text_of(const Value& value, std::uint64_t message_size);

/// Whether text that is no literal may have been meant as text.
[[nodiscard]] bool is_word(std::string_view text) noexcept;

/// A message to send: an object, or bytes.
using Content = std::variant<Value, std::string>;

void send(Connection& connection, const Content& content, TimeLimit timeout);

/// A message to print: its text with a line feed behind it, or its bytes.
class Printable {
public:
    explicit Printable(std::string text) : content_(std::move(text)) {}
    explicit Printable(Buffer bytes) : content_(std::move(bytes)) {}
    [[nodiscard]] std::string_view view() const noexcept;

private:
    std::variant<std::string, Buffer> content_;
};

/// The form that messages have as text: Python literals, or as --raw or --json say.
class Form {
public:
    /// Adds --raw and --json.
    void add_to(CLI::App& verb);

    /// The message that the text stands for. Throws Trouble (input) where it is no literal, or no
    /// JSON.
    [[nodiscard]] Content read(std::string text) const;
    /// Receives a message. Throws as Connection::recv does, and Trouble (peer) for what JSON has no
    /// form for.
    [[nodiscard]] Printable receive(Connection& connection, TimeLimit timeout) const;

    [[nodiscard]] bool is_raw() const noexcept { return raw_; }

private:
    bool raw_ = false;
    bool json_ = false;
};

}  // namespace parley::tools

// Standard input, output and error as descriptors: whole writes, and errors that are noticed.
#pragma once

#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <string_view>

namespace parley::tools {

/// Whoever read our standard output has gone. The program ends as SIGPIPE would have ended it, but
/// in order.
class OutputClosed : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "standard output is closed"; }
};

/// To be called first. Opens what of descriptors 0 to 2 is closed, so that no socket takes their
/// place, and has writes to a closed pipe fail.
void prepare_standard_streams();

/// Ends the process by SIGPIPE; returns where that was ignored when the program began.
void die_of_sigpipe();

[[nodiscard]] bool is_terminal(int descriptor) noexcept;
/// Whether it is a terminal that knows how to draw: TERM does not say "dumb".
[[nodiscard]] bool can_draw(int descriptor) noexcept;

/// Writes everything, at once. Throws OutputClosed, or Trouble with the system's words.
void write_output(std::string_view text);
/// The same with a line feed.
void write_line(std::string line);

/// Reads standard input: how many bytes; 0 at its end. Throws Trouble.
[[nodiscard]] std::size_t read_input(std::span<std::byte> into);

/// All of standard input, or of a file. Throw Trouble.
[[nodiscard]] std::string read_all_input();
[[nodiscard]] std::string read_file(const std::string& name);

/// Text for the terminal that standard error is, controls included.
void draw(std::string_view text);
/// Whether a line that a pipe takes whole (PIPE_BUF) would be written at once.
[[nodiscard]] bool standard_error_has_room() noexcept;
/// A line for people on standard error, as it is.
void inform(std::string_view line);
/// One line for people on standard error, "parley: " before it; in colour on a terminal, unless it
/// is dumb or NO_COLOR is set. What would break the line is escaped.
void complain(std::string_view line);
void warn(std::string_view line);

/// The text with every control character as an escape.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace parley::tools

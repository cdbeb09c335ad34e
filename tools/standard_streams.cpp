#include "standard_streams.hpp"

#include "exit_status.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace parley::tools {
namespace {

bool sigpipe_was_ignored = false;

/// Writes everything; the errno, or 0.
int write_all(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count >= 0)
            text.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

Trouble cannot_read(const std::string& name) {
    return {ExitStatus::usage, fmt::format("cannot read {}: {}", name, std::strerror(errno))};
}

std::size_t read_some(int descriptor, const std::string& name, std::span<std::byte> into) {
    for (;;) {
        const ssize_t count = ::read(descriptor, into.data(), into.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) throw cannot_read(name);
    }
}

std::string read_all(int descriptor, const std::string& name) {
    constexpr std::size_t least_room = std::size_t{64} << 10U;
    std::string text;
    for (std::size_t size = 0;;) {
        text.resize(std::max(2 * size, least_room));
        const auto room = std::as_writable_bytes(std::span(text)).subspan(size);
        const std::size_t count = read_some(descriptor, name, room);
        size += count;
        if (count == 0) {
            text.resize(size);
            return text;
        }
    }
}

void open_if_closed(int descriptor, int flags) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) return;
    const int opened = ::open("/dev/null", flags);
    if (opened >= 0 && opened != descriptor) ::close(opened);
}

/// As https://no-color.org has it.
bool wants_no_colour() {
    const char* const variable = std::getenv("NO_COLOR");
    return variable != nullptr && *variable != '\0';
}

void say(std::string_view begin, std::string_view colour, std::string_view line) {
    const bool in_colour = can_draw(STDERR_FILENO) && !wants_no_colour();
    const std::string text = fmt::format("{}{}{}{}\n", in_colour ? colour : "", begin,
                                         in_colour ? "\x1b[0m" : "", one_line(line));
    static_cast<void>(write_all(STDERR_FILENO, text));  // nobody is left to be told
}

}  // namespace

void prepare_standard_streams() {
    open_if_closed(STDIN_FILENO, O_RDONLY);
    open_if_closed(STDOUT_FILENO, O_RDONLY);  // writing to it fails, as it should
    open_if_closed(STDERR_FILENO, O_WRONLY);
    struct sigaction ignore {};
    struct sigaction before {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before);
    sigpipe_was_ignored = before.sa_handler == SIG_IGN;
}

void die_of_sigpipe() {
    if (sigpipe_was_ignored) return;
    ::signal(SIGPIPE, SIG_DFL);
    ::raise(SIGPIPE);
}

bool is_terminal(int descriptor) noexcept {
    return ::isatty(descriptor) == 1;
}

bool can_draw(int descriptor) noexcept {
    const char* const kind = std::getenv("TERM");
    return is_terminal(descriptor) && (kind == nullptr || std::string_view(kind) != "dumb");
}

void write_output(std::string_view text) {
    const int error = write_all(STDOUT_FILENO, text);
    if (error == EPIPE) throw OutputClosed();
    if (error != 0) {
        throw Trouble(ExitStatus::system,
                      fmt::format("cannot write to standard output: {}", std::strerror(error)));
    }
}

void write_line(std::string line) {
    line += '\n';
    write_output(line);
}

std::size_t read_input(std::span<std::byte> into) {
    return read_some(STDIN_FILENO, "standard input", into);
}

std::string read_all_input() {
    return read_all(STDIN_FILENO, "standard input");
}

std::string read_file(const std::string& name) {
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw cannot_read(name);
    const std::unique_ptr<const int, void (*)(const int*)> closing(
        &file, [](const int* descriptor) { ::close(*descriptor); });
    return read_all(file, name);
}

void draw(std::string_view text) {
    static_cast<void>(write_all(STDERR_FILENO, text));
}

bool standard_error_has_room() noexcept {
    pollfd polled{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&polled, 1, 0) != 0;
}

void inform(std::string_view line) {
    static_cast<void>(write_all(STDERR_FILENO, one_line(line) + '\n'));
}

void complain(std::string_view line) {
    say("parley: ", "\x1b[1;31m", line);
}

void warn(std::string_view line) {
    say("parley: warning: ", "\x1b[1;33m", line);
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20 || code == 0x7f)
            line += fmt::format("\\x{:02x}", code);
        else
            line += character;
    }
    return line;
}

}  // namespace parley::tools

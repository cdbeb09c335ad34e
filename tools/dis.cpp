// parley dis: a pickle disassembled, and what it says.
#include "content.hpp"
#include "disassembler.hpp"
#include "exit_status.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <parley/pickle/reader.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <span>
#include <string>
#include <utility>

namespace parley::tools {
namespace {

/// Lines that are written together.
class Lines {
public:
    void add(const std::string& line) {
        (text_ += line) += '\n';
        if (text_.size() > (std::size_t{64} << 10U)) flush();
    }
    void flush() { write_output(std::exchange(text_, {})); }

private:
    std::string text_;
};

[[noreturn]] void fail(const Failure& failure) {
    throw Trouble(ExitStatus::input, failure.message());
}

void run(const std::string& file) {
    const std::string pickle = file == "-" ? read_all_input() : read_file(file);
    Disassembler disassembler(pickle);
    Lines lines;
    const Result<void> done = disassembler.run([&](const std::string& line) { lines.add(line); });
    lines.flush();
    if (!done) fail(done.error());
    const auto whole = std::as_bytes(std::span(pickle));
    const Result<Value> value = pickle::loads(whole.first(disassembler.end()));
    if (!value) fail(value.error());
    write_line("value = " + text_of(*value, pickle.size()));
    if (const std::size_t rest = pickle.size() - disassembler.end(); rest != 0)
        warn(rest == 1 ? "1 more byte follows STOP"
                       : fmt::format("{} more bytes follow STOP", rest));
}

constexpr const char* dis_examples = R"(
Builds values and runs nothing: any pickle is safe to look at. Prints what python3 -m pickletools
prints, and then the value.

Examples:
  parley dis message.pickle
  parley listen :8888 --raw --once | parley dis)";

}  // namespace

void add_dis(CLI::App& program) {
    CLI::App& verb = *program.add_subcommand("dis", "Disassemble a pickle, safely.");
    const auto file = std::make_shared<std::string>("-");
    verb.add_option("FILE", *file, "The pickle; - for standard input")->type_name("");
    verb.footer(dis_examples);
    verb.callback([file] { run(*file); });
}

}  // namespace parley::tools

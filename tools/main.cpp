// The parley program: reads the command line, runs the verb, and turns what went wrong into one
// line on standard error and an exit status.
#include "exit_status.hpp"
#include "heap.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <parley/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace parley::tools;  // NOLINT(google-build-using-namespace)

void add_verbs(CLI::App& program) {
    program.set_version_flag("--version", std::string("parley " PARLEY_VERSION));
    program.require_subcommand(1);
    program.footer("`parley VERB --help` tells more, with examples.");
    add_echo(program);
    add_connect(program);
    add_send(program);
    add_listen(program);
    add_probe(program);
    add_bench(program);
    add_dis(program);
    add_keygen(program);
}

/// What is wrong with a command line.
std::string explain(const CLI::App& program, const CLI::ParseError& error) {
    const auto verbs = program.get_subcommands();
    if (!verbs.empty())
        return fmt::format("{}; see parley {} --help", error.what(), verbs.front()->get_name());
    const std::vector<std::string> rest = program.remaining();
    if (rest.empty()) return "a verb is needed; see parley --help";
    return fmt::format("there is no {}; see parley --help", rest.front());
}

ExitStatus end(const CLI::App& program, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return ExitStatus{program.exit(error)};
    complain(explain(program, error));
    return ExitStatus::usage;
}

ExitStatus end(const CLI::App& program, const parley::Error& error) {
    std::string hint = hint_for(error.code());
    if (hint.empty() && !program.got_subcommand("probe")) hint = hint_to_probe(error.code());
    complain(with_hint(error.what(), hint));
    return status_of(error.code());
}

ExitStatus run(int argc, char** argv) {
    CLI::App program("Python's multiprocessing.connection from the command line.", "parley");
    try {
        add_verbs(program);
        program.parse(argc, argv);
        return ExitStatus::success;
    } catch (const CLI::ParseError& error) {
        return end(program, error);
    } catch (const Trouble& trouble) {
        complain(trouble.what());
        return trouble.status();
    } catch (const parley::Error& error) {
        return end(program, error);
    } catch (const std::bad_alloc&) {
        complain("out of memory");
    } catch (const OutputClosed& closed) {
        die_of_sigpipe();
        complain(closed.what());
    } catch (const std::exception& error) {
        complain(error.what());
    }
    return ExitStatus::system;
}

}  // namespace

int main(int argc, char** argv) {
    prepare_heap();
    prepare_standard_streams();
    return static_cast<int>(run(argc, argv));
}

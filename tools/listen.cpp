// parley listen: prints what arrives.
#include "content.hpp"
#include "heap.hpp"
#include "listener_option.hpp"
#include "log.hpp"
#include "standard_streams.hpp"
#include "stop_signals.hpp"
#include "verbs.hpp"

#include <parley/listener.hpp>
#include <parley/serve.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::tools {
namespace {

// So many clients are printed from at once; more wait.
constexpr std::size_t max_clients = 1024;

/// Prints one message at a time, from whatever client. Is over after the first one where there is
/// to be but one, and when nothing can be printed any more.
class Printer {
public:
    Printer(const Form& form, std::optional<Content> reply, bool once)
        : form_(form), reply_(std::move(reply)), once_(once) {}

    void welcome(Connection& client) {
        log_detail(client.peer() + ": connected");
        try {
            print_all(client);
        } catch (const EndOfFile&) {
            log_detail(client.peer() + ": done");
        }
        if (client.counters().bytes_received > worth_trimming) trim_heap();
    }

    /// Readable when it is over.
    [[nodiscard]] int fileno() const noexcept { return over_.fileno(); }

    /// Throws what kept it from printing.
    void check() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void print_all(Connection& client) {
        while (print(form_.receive(client, {}).view())) {
            if (reply_) answer(client);
            if (once_) return over_.set();
        }
    }

    bool print(std::string_view text) {
        const std::lock_guard lock(mutex_);
        if (is_over_) return false;
        is_over_ = once_;
        try {
            write_output(text);
            return true;
        } catch (...) {
            failure_ = std::current_exception();
            is_over_ = true;
            over_.set();
            return false;
        }
    }

    void answer(Connection& connection) {
        try {
            send(connection, *reply_, {});
        } catch (...) {
            if (once_) over_.set();
            throw;
        }
    }

    const Form& form_;
    std::optional<Content> reply_;
    bool once_;
    std::mutex mutex_;
    bool is_over_ = false;
    std::exception_ptr failure_;
    StopEvent over_;
};

struct Listen {
    ListenerOption listener;
    Form form;
    std::optional<std::string> reply;
    bool once = false;

    void run() const;
};

void Listen::run() const {
    const StopSignals stop;
    std::optional<Content> answer;
    if (reply) answer = form.read(*reply);
    Printer printer(form, std::move(answer), once);
    Listener here = listener.listen();
    inform("listening on " + here.address().to_string());
    serve(here, [&](Connection& client) { printer.welcome(client); },
          {.max_connections = max_clients,
           .stop = {stop.fileno(), printer.fileno()},
           .grace = std::chrono::seconds(0),
           .on_failed = log_client_failure,
           // Whoever reads our output may keep a client's thread waiting.
           .on_stop = [&] { stop.let_go(); }});
    printer.check();
}

constexpr const char* listen_examples = R"(
Where it listens is told on standard error. SIGINT and SIGTERM end it with status 0.

Examples:
  parley listen :8888 --authkey-file key           one line for each object
  parley listen unix:/tmp/jobs --reply "'thanks'"
  parley listen :8888 --raw --once > picture.png)";

}  // namespace

void add_listen(CLI::App& program) {
    CLI::App& verb = *program.add_subcommand("listen", "Print what arrives, from any clients.");
    const auto listen = std::make_shared<Listen>();
    listen->listener.add_to(verb);
    listen->form.add_to(verb);
    verb.add_option("--reply", listen->reply, "Answer each message with this one")
        ->type_name("MESSAGE");
    verb.add_flag("--once", listen->once, "Leave after the first message");
    verb.footer(listen_examples);
    verb.callback([listen] { listen->run(); });
}

}  // namespace parley::tools

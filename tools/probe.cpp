// parley probe: what is on the other side, and why a key fails. Ends as a client with the same
// options would.
#include "client_option.hpp"
#include "content.hpp"
#include "exit_status.hpp"
#include "probe_wire.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <parley/client.hpp>
#include <parley/handshake.hpp>
#include <parley/literal.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/random.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::tools {
namespace {

using Clock = ProbeWire::Clock;

constexpr std::chrono::seconds default_patience{5};
constexpr std::string_view challenge_head = "#CHALLENGE#";

void report(std::string_view label, std::string_view finding) {
    write_line(fmt::format("{:<10}  {}", label, finding));
}

std::string in_milliseconds(Clock::duration time) {
    return fmt::format("{:.2f} ms", std::chrono::duration<double, std::milli>(time).count());
}

/// The digest that a message names in braces; empty where it names none.
std::string_view named_digest(std::string_view message) {
    const std::size_t end = message.find('}');
    return message.starts_with('{') && end != std::string_view::npos ? message.substr(1, end - 1)
                                                                     : std::string_view();
}

bool is_legacy(std::string_view challenge) {
    return named_digest(challenge).empty() && challenge.size() == 20;
}

void report_challenge(std::string_view challenge) {
    const std::string_view digest = named_digest(challenge);
    if (!digest.empty()) {
        const std::size_t size = challenge.size() - digest.size() - 2;
        report("greeting", fmt::format("a challenge of {} bytes, naming {}", size, digest));
        report("dialect", "modern: CPython 3.12 or later, or parley");
        report("pickles", "protocol 4, or 5 from CPython 3.14 on");
    } else if (is_legacy(challenge)) {
        report("greeting", "a challenge of 20 bytes, naming no digest");
        report("dialect", "legacy: CPython 3.11 or earlier (HMAC-MD5)");
        report("pickles", "protocol 2 (CPython 2.7), 3 (3.4 to 3.7) or 4 (3.8 and later)");
    } else {
        report("greeting",
               fmt::format("a challenge of {} bytes, of no known dialect", challenge.size()));
    }
}

[[noreturn]] void report_no_greeting(const Failure& failure, const std::string& heard) {
    const bool is_hang_up = heard.empty() && failure.code == Errc::end_of_file;
    report("greeting", is_hang_up ? "none: it closes the connection"
                                  : fmt::format("none of multiprocessing's: {:?}", heard));
    // The first bytes of another protocol look like the length of a frame.
    if (failure.code == Errc::message_too_long || failure.code == Errc::bad_frame_length)
        throw_failure(Errc::not_multiprocessing);
    throw_failure(failure);
}

std::string answer_digest(std::string_view answer) {
    if (const std::string_view digest = named_digest(answer); !digest.empty())
        return std::string(digest);
    if (answer.size() == 16) return "md5, unnamed";
    if (answer.size() == 32) return "sha256, unnamed";
    return fmt::format("{} bytes", answer.size());
}

Nonce make_nonce() {
    Nonce nonce{};
    if (::getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size()))
        throw Trouble(ExitStatus::system, "the system gives no random bytes");
    return nonce;
}

struct Probe {
    ClientOption client;
    std::optional<std::string> say;

    void run() const;

private:
    [[nodiscard]] Connection connect() const;
    bool greet(ProbeWire& wire) const;
    bool prove_key(ProbeWire& wire, std::string_view challenge) const;
    void explain_failure(const Failure& failure, bool legacy) const;
    void converse(Connection& connection, const Value& message) const;
};

Connection Probe::connect() const {
    const Address there = client.address();
    const auto begin = Clock::now();
    try {
        Client connection(there, client.options());
        report("connected", fmt::format("to {} in {}", connection.peer(),
                                        in_milliseconds(Clock::now() - begin)));
        return connection;
    } catch (const Error& error) {
        throw client.unreached(error);
    }
}

void Probe::explain_failure(const Failure& failure, bool legacy) const {
    report("key", failure.message());
    if (failure.code == Errc::rejected_by_peer && legacy && !client.options().bare_sha256)
        report("hint", "a Red Hat Python would want --bare-sha256");
}

/// Whether our message would be the next one.
bool Probe::prove_key(ProbeWire& wire, std::string_view challenge) const {
    const std::optional<Authkey> key = client.authkey();
    if (!key) {
        report("key", "asked for, and none was given");
        throw_failure(Errc::challenged_without_key);
    }
    const ClientOptions options = client.options();
    FrameReader reader;
    Handshake handshake(Role::client, *key, make_nonce(),
                        {.digests = options.digests, .bare_sha256 = options.bare_sha256}, reader);
    if (const Result<void> proven = wire.run(handshake); !proven) {
        explain_failure(proven.error(), is_legacy(challenge));
        throw_failure(proven.error());
    }
    report("key", "accepted, and theirs is the same");
    report("answers", "with " + answer_digest(wire.frames().at(2).payload));
    report("round trip", in_milliseconds(wire.frames().at(1).came - wire.sent().front()));
    if (!reader.has_bytes()) return true;
    report("then", "it speaks first");
    return false;
}

/// The same.
bool Probe::greet(ProbeWire& wire) const {
    const Result<std::optional<ProbeWire::Frame>> first = wire.first();
    if (!first) report_no_greeting(first.error(), wire.heard());
    const bool is_challenge = *first && first->value().payload.starts_with(challenge_head);
    if (is_challenge) {
        const auto challenge = std::string_view(first->value().payload);
        report_challenge(challenge.substr(challenge_head.size()));
        return prove_key(wire, challenge.substr(challenge_head.size()));
    }
    report("greeting", *first ? "a message, and no challenge: it speaks first"
                              : "none: no key is asked for, or it is busy with others");
    if (client.authkey()) throw_failure(Errc::no_challenge);
    report("key", "not asked for, and none was given");
    return !*first;
}

void Probe::converse(Connection& connection, const Value& message) const {
    const auto begin = Clock::now();
    connection.send(message, client.timeout());
    const Value reply = connection.recv(client.timeout());
    const auto time = Clock::now() - begin;
    report("reply", text_of(reply, connection.counters().bytes_received));
    report("", fmt::format("in protocol {}, after {}", reply.protocol().value_or(0),
                           in_milliseconds(time)));
}

void Probe::run() const {
    std::optional<Value> message;
    if (say) message = literal_eval(*say).value();
    Connection connection = connect();
    const auto patience = client.timeout().value_or(default_patience);
    ProbeWire wire(connection.fileno(), Clock::now() + patience);
    const bool is_our_turn = greet(wire);
    if (message && is_our_turn) converse(connection, *message);
}

constexpr const char* probe_examples = R"(
Without --say it leaves after the handshake; without a key, at the challenge, which the listener
will see as a client that failed. Waits 5 seconds for a greeting unless --timeout says otherwise.

Examples:
  parley probe localhost:8888
  parley probe localhost:8888 --authkey-file key --say "['ping']")";

}  // namespace

void add_probe(CLI::App& program) {
    CLI::App& verb =
        *program.add_subcommand("probe", "Tell what is on the other side, and why a key fails.");
    const auto probe = std::make_shared<Probe>();
    probe->client.add_to(verb);
    verb.add_option("--say", probe->say, "Send this literal and wait for the reply")
        ->type_name("LITERAL");
    verb.footer(probe_examples);
    verb.callback([probe] { probe->run(); });
}

}  // namespace parley::tools

#include "client_option.hpp"

#include "exit_status.hpp"
#include "options.hpp"

#include <CLI/CLI.hpp>

namespace parley::tools {

void ClientOption::add_to(CLI::App& verb) {
    add_address(verb, address_);
    authkey_.add_to(verb);
    verb.add_option("--protocol", protocol_,
                    "The pickle protocol that is written; Python 2.7 reads 2")
        ->type_name("2..5")
        ->check(CLI::Range(2, 5).description(""))
        ->capture_default_str();
    add_seconds(verb, "--timeout", timeout_,
                "To wait for the connection, for the handshake, and for each reply");
    add_seconds(verb, "--retry", retry_, "To try again while nobody listens yet");
    add_strict(verb, strict_);
    verb.add_flag("--bare-sha256", bare_sha256_,
                  "Answer as Red Hat's Pythons before 3.12 expect it");
}

Address ClientOption::address() const {
    return parse_address(address_);
}

TimeLimit ClientOption::timeout() const {
    return to_time_limit(timeout_);
}

ClientOptions ClientOption::options() const {
    ClientOptions options;
    options.digests = strict_ ? Digests::strict : Digests::compatible;
    options.bare_sha256 = bare_sha256_;
    options.timeout = timeout();
    if (timeout_) options.handshake_timeout = timeout();
    options.retry = to_time_limit(retry_);
    options.messages.protocol = protocol_;
    return options;
}

Trouble ClientOption::unreached(const Error& error) const {
    namespace errc = boost::system::errc;
    const boost::system::error_code& code = error.code();
    const bool is_nobody =
        code == errc::connection_refused || code == errc::no_such_file_or_directory;
    const std::string hint =
        is_nobody && !retry_ ? "is a listener up? --retry waits for one" : hint_to_probe(code);
    return unreachable("connect to " + address_, error, hint);
}

Client ClientOption::connect() const {
    const Address there = address();
    ClientOptions how = options();
    how.authkey = authkey();
    try {
        return Client(there, how);
    } catch (const Error& error) {
        throw unreached(error);
    }
}

}  // namespace parley::tools

#include "listener_option.hpp"

#include "exit_status.hpp"
#include "log.hpp"
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <utility>

namespace parley::tools {

void ListenerOption::add_to(CLI::App& verb) {
    add_address(verb, address_);
    authkey_.add_to(verb);
    add_strict(verb, strict_);
    verb.add_flag("-v,--verbose", verbose_, "Log the comings and goings of clients");
}

namespace {

std::string hint_about(const boost::system::error_code& code) {
    namespace errc = boost::system::errc;
    if (code == errc::address_in_use) return "port 0, or unix: alone, takes a free one";
    if (code == errc::address_not_available) return "no interface of this machine has it";
    if (code == errc::permission_denied)
        return "a port below 1024 is for root, a folder for those who may write there";
    return {};
}

}  // namespace

Listener ListenerOption::listen(std::function<void()> on_rejected) const {
    const Address here = parse_address(address_);
    open_log(verbose_);
    ListenerOptions options{.authkey = authkey_.load()};
    options.digests = strict_ ? Digests::strict : Digests::compatible;
    options.on_rejected = [tell = std::move(on_rejected)](const std::string& peer,
                                                          const Failure& failure) {
        log_failure(fmt::format("{}: {}", peer, failure.message()));
        if (tell) tell();
    };
    try {
        return Listener(here, std::move(options));
    } catch (const Error& error) {
        throw unreachable("listen on " + here.to_string(), error, hint_about(error.code()));
    }
}

}  // namespace parley::tools

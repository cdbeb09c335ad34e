#include "exit_status.hpp"

namespace parley::tools {
namespace {

namespace errc = boost::system::errc;

bool is_ours(const boost::system::error_code& code) noexcept {
    return code.category() == error_category();
}

bool is_hang_up(const boost::system::error_code& code) noexcept {
    return code == errc::connection_reset || code == errc::broken_pipe ||
           code == errc::connection_aborted;
}

ExitStatus status_of_ours(Errc code) noexcept {
    switch (code) {
        case Errc::bad_address:
            return ExitStatus::usage;
        case Errc::bad_literal:
        case Errc::not_picklable:
            return ExitStatus::input;
        case Errc::host_not_found:
            return ExitStatus::unreachable;
        case Errc::handshake_timeout:
            return ExitStatus::timeout;
        default:
            break;
    }
    switch (blame(code)) {
        case Blame::time:
            return ExitStatus::timeout;
        case Blame::peer:
        case Blame::pickle:
            return ExitStatus::peer;
        case Blame::authentication:
            return ExitStatus::authentication;
        case Blame::misuse:
        case Blame::system:
            break;
    }
    return ExitStatus::system;
}

}  // namespace

ExitStatus status_of(const boost::system::error_code& code) noexcept {
    if (is_ours(code)) return status_of_ours(static_cast<Errc>(code.value()));
    return is_hang_up(code) ? ExitStatus::peer : ExitStatus::system;
}

std::string hint_for(const boost::system::error_code& code) {
    if (!is_ours(code)) return {};
    switch (static_cast<Errc>(code.value())) {
        case Errc::no_challenge:
            return "leave the key out, or ask for one over there";
        case Errc::challenged_without_key:
            return "give it with --authkey-file or PARLEY_AUTHKEY";
        case Errc::digest_mismatch:
        case Errc::rejected_by_peer:
            return "the keys must be the same to the byte, a trailing newline included";
        default:
            return {};
    }
}

std::string hint_to_probe(const boost::system::error_code& code) {
    const bool is_hint = is_hang_up(code) || code == Errc::end_of_file ||
                         code == Errc::truncated_message || code == Errc::bad_frame_length ||
                         code == Errc::not_multiprocessing;
    return is_hint ? "parley probe tells what is there" : "";
}

std::string with_hint(const std::string& words, const std::string& hint) {
    return hint.empty() ? words : words + "; " + hint;
}

Trouble unreachable(const std::string& doing, const Error& error, const std::string& hint) {
    const boost::system::error_code& code = error.code();
    const bool is_system = !is_ours(code) && !is_hang_up(code);
    const std::string general = hint_for(code);
    return {is_system ? ExitStatus::unreachable : status_of(code),
            with_hint("cannot " + doing + ": " + error.what(), general.empty() ? hint : general)};
}

}  // namespace parley::tools

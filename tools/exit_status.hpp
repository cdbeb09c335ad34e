// How the program ends: the table of exit statuses, which README.md repeats, and what leads there.
#pragma once

#include <parley/error.hpp>

#include <stdexcept>
#include <string>

namespace parley::tools {

enum class ExitStatus {
    success = 0,
    system = 1,          ///< The machine failed: no memory, standard output is gone.
    usage = 2,           ///< The command line, an address or a key file is wrong.
    unreachable = 3,     ///< Nobody listens there, the host is unknown, the address is in use.
    authentication = 4,  ///< One side does not have the key, or not the other's.
    peer = 5,            ///< The peer closed the connection or broke the protocol.
    input = 6,           ///< The input is no Python literal, or no pickle.
    timeout = 7,         ///< The time of --timeout ran out.
};

/// An end of the program with a line for standard error, which need not say "parley:".
class Trouble : public std::runtime_error {
public:
    Trouble(ExitStatus status, const std::string& line)
        : std::runtime_error(line), status_(status) {}
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }

private:
    ExitStatus status_;
};

/// The status for an error in a conversation.
[[nodiscard]] ExitStatus status_of(const boost::system::error_code& code) noexcept;

/// What to do about an error, to be put behind its own words; empty where there is nothing to say.
[[nodiscard]] std::string hint_for(const boost::system::error_code& code);

/// What one can do who was cut off, or heard what is no message of multiprocessing's; empty after
/// any other error.
[[nodiscard]] std::string hint_to_probe(const boost::system::error_code& code);

/// An error's own words, and the hint behind them.
[[nodiscard]] std::string with_hint(const std::string& words, const std::string& hint);

/// An error on the way to a conversation, such as `doing` "connect to localhost:1": the system's
/// own codes mean that nobody can be reached. The hint is hint_for's, or else the given one.
[[nodiscard]] Trouble unreachable(const std::string& doing, const Error& error,
                                  const std::string& hint);

}  // namespace parley::tools

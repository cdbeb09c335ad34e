// Options and arguments that verbs share.
#pragma once

#include <parley/address.hpp>
#include <parley/time_limit.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace parley::tools {

/// The positional ADDRESS.
void add_address(CLI::App& verb, std::string& address);
/// An option in seconds, fractions allowed.
void add_seconds(CLI::App& verb, const std::string& name, std::optional<double>& seconds,
                 const std::string& help);
/// --strict: only the digests of Python 3.12 and later.
void add_strict(CLI::App& verb, bool& strict);

/// The address that the text means; Trouble (usage) where it means none.
[[nodiscard]] Address parse_address(const std::string& text);
[[nodiscard]] TimeLimit to_time_limit(std::optional<double> seconds) noexcept;

}  // namespace parley::tools

#include "options.hpp"

#include "exit_status.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <chrono>

namespace parley::tools {
namespace {

constexpr double most_seconds = 1e9;

/// What is wrong with a number of seconds; empty for nothing.
std::string check_seconds(const std::string& text) {
    double seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    const bool is_number = error == std::errc() && stop == end;
    if (is_number && seconds >= 0 && seconds <= most_seconds) return {};
    return "expected seconds, 0 to 1e9, got " + text;
}

}  // namespace

void add_address(CLI::App& verb, std::string& address) {
    verb.add_option("ADDRESS", address,
                    "HOST:PORT, [IPV6]:PORT, :PORT, unix:/path or unix:@abstract")
        ->required()
        ->type_name("");
}

void add_seconds(CLI::App& verb, const std::string& name, std::optional<double>& seconds,
                 const std::string& help) {
    verb.add_option(name, seconds, help)
        ->type_name("SECONDS")
        ->check(CLI::Validator(check_seconds, ""));
}

void add_strict(CLI::App& verb, bool& strict) {
    verb.add_flag("--strict", strict, "Refuse the digests of Python 3.11 and before (MD5)");
}

Address parse_address(const std::string& text) {
    const Result<Address> address = Address::parse(text);
    if (address) return *address;
    throw Trouble(ExitStatus::usage, address.error().message());
}

TimeLimit to_time_limit(std::optional<double> seconds) noexcept {
    if (!seconds) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(*seconds));
}

}  // namespace parley::tools

#include "quote.hpp"

#include <parley/address.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ostream>
#include <span>
#include <utility>

namespace parley {
namespace {

constexpr std::string_view unix_prefix = "unix:";
// What sockaddr_un holds, less the NUL that ends a path or begins an abstract name.
constexpr std::size_t longest_unix_name = 107;

Failure bad(std::string_view text, std::string_view reason) {
    return {Errc::bad_address, quote(text, 200) + ": " + std::string(reason)};
}

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

bool is_host_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && !is_one_of(c, "/[]@?#%:\\\"'");
}

bool is_ipv6(std::string_view host) {
    const std::size_t zone = host.find('%');
    const std::string_view digits = host.substr(0, zone);
    const auto fits = [](char c) { return is_one_of(c, "0123456789abcdefABCDEF:."); };
    if (std::count(digits.begin(), digits.end(), ':') < 2) return false;
    if (!std::all_of(digits.begin(), digits.end(), fits)) return false;
    if (zone == std::string_view::npos) return true;
    const std::string_view name = host.substr(zone + 1);
    return !name.empty() && std::all_of(name.begin(), name.end(), is_host_char);
}

bool is_host(std::string_view host) {
    return is_ipv6(host) || std::all_of(host.begin(), host.end(), is_host_char);
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || text.size() > 5 || stop != end || error != std::errc()) return std::nullopt;
    return port;
}

std::optional<Failure> check_unix(std::string_view name, Address::Family family) {
    const bool is_path = family == Address::Family::unix_path;
    const auto bad_name = [&](const std::string& reason) {
        return bad(std::string(unix_prefix) + (is_path ? "" : "@") + std::string(name), reason);
    };
    if (name.size() > longest_unix_name)
        return bad_name("a Unix socket's name has at most 107 bytes, this one " +
                        std::to_string(name.size()));
    if (is_path && name.find('\0') != std::string_view::npos)
        return bad_name("a Unix socket's path holds no NUL");
    if (!is_path && name.empty()) return bad_name("expected a name after unix:@");
    return std::nullopt;
}

Result<Address> parse_unix(std::string_view name) {
    const bool is_abstract = name.starts_with('@');
    if (is_abstract) name.remove_prefix(1);
    const auto family = is_abstract ? Address::Family::unix_abstract : Address::Family::unix_path;
    if (auto failure = check_unix(name, family)) return std::move(*failure);
    std::string copy(name);
    return is_abstract ? Address::unix_abstract(std::move(copy))
                       : Address::unix_path(std::move(copy));
}

Result<Address> parse_bracketed(std::string_view text) {
    const std::size_t close = text.find(']');
    const std::string_view host = text.substr(1, close == text.npos ? close : close - 1);
    if (close == text.npos || host.empty() || !is_host(host))
        return bad(text, "expected [IPV6]:PORT");
    const std::string_view rest = text.substr(close + 1);
    const auto port = rest.starts_with(':') ? read_port(rest.substr(1)) : std::nullopt;
    if (!port) return bad(text, "expected a port of 0 to 65535 after [IPV6]:");
    return Address::tcp(std::string(host), *port);
}

Result<Address> parse_tcp(std::string_view text) {
    if (text.starts_with('[')) return parse_bracketed(text);
    if (text.find("://") != text.npos) return bad(text, "expected HOST:PORT, without a scheme");
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return bad(text, "expected HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH");
    const std::string_view host = text.substr(0, colon);
    if (host.find(':') != host.npos)
        return bad(text,
                   "expected HOST:PORT; an IPv6 address stands in brackets, as in [::1]:8888");
    if (!is_host(host)) return bad(text, "no host name holds such characters");
    const auto port = read_port(text.substr(colon + 1));
    if (!port) return bad(text, "expected a port of 0 to 65535 after HOST:");
    return Address::tcp(std::string(host), *port);
}

// Text that would read as something else: an IPv6 address, and a host called "unix".
bool needs_brackets(std::string_view host) {
    return host.find(':') != host.npos || host == unix_prefix.substr(0, 4);
}

}  // namespace

Address::Address(Family family, std::string name, std::uint16_t port)
    : family_(family), name_(std::move(name)), port_(port) {}

Address Address::tcp(std::string host, std::uint16_t port) {
    if (!is_host(host)) throw_failure(bad(host, "expected a host name or an IP address"));
    return {Family::tcp, std::move(host), port};
}

Address Address::unix_path(std::string path) {
    if (path.starts_with('@')) path.insert(0, "./");
    if (auto failure = check_unix(path, Family::unix_path)) throw_failure(*failure);
    return {Family::unix_path, std::move(path), 0};
}

Address Address::unix_abstract(std::string name) {
    if (auto failure = check_unix(name, Family::unix_abstract)) throw_failure(*failure);
    return {Family::unix_abstract, std::move(name), 0};
}

Result<Address> Address::parse(std::string_view text) {
    if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
    return parse_tcp(text);
}

Address::Address(std::string_view text) : Address(parse(text).value()) {}

Address::Address(const char* text) : Address(std::string_view(text)) {}

Address::Address(const std::string& text) : Address(std::string_view(text)) {}

std::string Address::to_string() const {
    if (family_ == Family::unix_path) return std::string(unix_prefix) + name_;
    if (family_ == Family::unix_abstract) return std::string(unix_prefix) + '@' + name_;
    const std::string host = needs_brackets(name_) ? '[' + name_ + ']' : name_;
    return host + ':' + std::to_string(port_);
}

std::ostream& operator<<(std::ostream& out, const Address& address) {
    return out << address.to_string();
}

}  // namespace parley

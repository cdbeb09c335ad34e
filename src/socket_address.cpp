#include "socket_address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

namespace parley {
namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

/// The host in network order; four bytes too where IPv4 is mapped into IPv6.
std::string_view host_bytes(const sockaddr_storage& address) noexcept {
    if (address.ss_family == AF_INET) {
        const auto& host = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        return {reinterpret_cast<const char*>(&host), sizeof host};
    }
    const auto& host = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    const std::string_view bytes(reinterpret_cast<const char*>(&host), sizeof host);
    return IN6_IS_ADDR_V4MAPPED(&host) ? bytes.substr(12) : bytes;
}

bool is_loopback(std::string_view host) noexcept {
    return host.size() == sizeof(in_addr) && host.front() == 127;
}

std::string numeric_host(const sockaddr_in6& address) {
    char text[INET6_ADDRSTRLEN];
    std::string host = ::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
    if (address.sin6_scope_id != 0) {
        char name[IF_NAMESIZE];
        host += '%';
        host += ::if_indextoname(address.sin6_scope_id, name) != nullptr
                    ? std::string(name)
                    : std::to_string(address.sin6_scope_id);
    }
    return host;
}

}  // namespace

SocketAddress SocketAddress::of_unix(const Address& address) {
    SocketAddress result;
    const bool is_abstract = address.family() == Address::Family::unix_abstract;
    const std::string name = is_abstract ? '\0' + address.path() : address.path();
    result.storage_.ss_family = AF_UNIX;
    std::memcpy(reinterpret_cast<char*>(&result.storage_) + path_offset, name.data(), name.size());
    result.size_ = static_cast<socklen_t>(path_offset + name.size() + (is_abstract ? 0 : 1));
    return result;
}

namespace {

/// getaddrinfo(3), whose error it returns.
int look_up(const Address& address, int flags, std::vector<SocketAddress>& addresses) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* found = nullptr;
    const char* host = address.host().empty() ? nullptr : address.host().c_str();
    const int error = ::getaddrinfo(host, std::to_string(address.port()).c_str(), &hints, &found);
    if (error != 0) return error;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        addresses.emplace_back(entry->ai_addr, entry->ai_addrlen);
    }
    return 0;
}

std::string unix_text(std::string_view name) {
    if (name.empty()) return {};
    std::string text = "unix:";
    if (name[0] == '\0') {
        text.append("@").append(name.substr(1));
    } else {
        text.append(name[0] == '@' ? "./" : "").append(name.substr(0, name.find('\0')));
    }
    const Result<Address> address = Address::parse(text);
    return address ? address->to_string() : std::string();
}

}  // namespace

std::vector<SocketAddress> SocketAddress::numeric(const Address& address) {
    std::vector<SocketAddress> addresses;
    // The usual digits need no resolver, which costs more than connecting.
    sockaddr_in digits{};
    if (::inet_pton(AF_INET, address.host().c_str(), &digits.sin_addr) == 1) {
        digits.sin_family = AF_INET;
        digits.sin_port = htons(address.port());
        addresses.emplace_back(reinterpret_cast<const sockaddr*>(&digits), sizeof digits);
        return addresses;
    }
    static_cast<void>(look_up(address, AI_NUMERICHOST, addresses));
    return addresses;
}

Result<std::vector<SocketAddress>> SocketAddress::resolve(const Address& address, bool to_listen) {
    std::vector<SocketAddress> addresses;
    const int error = look_up(address, to_listen ? AI_PASSIVE : 0, addresses);
    if (error == EAI_SYSTEM) {
        return Failure(boost::system::error_code(errno, boost::system::system_category()),
                       address.to_string());
    }
    if (error != 0) {
        return Failure(Errc::host_not_found, address.host() + ": " + ::gai_strerror(error));
    }
    return addresses;
}

std::uint16_t SocketAddress::port() const noexcept {
    if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage_).sin_port);
    if (family() == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6&>(storage_).sin6_port);
    return 0;
}

void SocketAddress::set_port(std::uint16_t port) noexcept {
    if (family() == AF_INET) reinterpret_cast<sockaddr_in*>(&storage_)->sin_port = htons(port);
    if (family() == AF_INET6) reinterpret_cast<sockaddr_in6*>(&storage_)->sin6_port = htons(port);
}

bool SocketAddress::is_same_host(const SocketAddress& local) const noexcept {
    const std::string_view host = host_bytes(storage_);
    const std::string_view here = host_bytes(local.storage_);
    return host == here || (is_loopback(host) && is_loopback(here));
}

std::string SocketAddress::to_string() const {
    if (family() == AF_INET) {
        const auto& address = reinterpret_cast<const sockaddr_in&>(storage_);
        char text[INET_ADDRSTRLEN];
        return Address::tcp(::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text),
                            ntohs(address.sin_port))
            .to_string();
    }
    if (family() == AF_INET6) {
        const auto& address = reinterpret_cast<const sockaddr_in6&>(storage_);
        if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
            char text[INET_ADDRSTRLEN];
            return Address::tcp(
                       ::inet_ntop(AF_INET, &address.sin6_addr.s6_addr[12], text, sizeof text),
                       ntohs(address.sin6_port))
                .to_string();
        }
        return Address::tcp(numeric_host(address), ntohs(address.sin6_port)).to_string();
    }
    return unix_text({reinterpret_cast<const char*>(&storage_) + path_offset,
                      size_ > path_offset ? size_ - path_offset : 0});
}

}  // namespace parley

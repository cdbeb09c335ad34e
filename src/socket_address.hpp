// The kernel's form of an address, and Address's form, each from the other.
#pragma once

#include <parley/address.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <string>
#include <vector>

namespace parley {

/// A sockaddr of any family with its size.
class SocketAddress {
public:
    SocketAddress() noexcept = default;
    SocketAddress(const sockaddr* address, socklen_t size) noexcept : size_(size) {
        std::memcpy(&storage_, address, size);
    }

    /// Of a Unix path or abstract name, which an Address has only where a socket can have it, too.
    static SocketAddress of_unix(const Address& address);
    /// The host's addresses, as getaddrinfo(3) orders them. An empty host is every interface with
    /// `to_listen`, otherwise this machine. Fails with host_not_found.
    static Result<std::vector<SocketAddress>> resolve(const Address& address, bool to_listen);

    /// The host's addresses where no resolver need be asked: a number, or an empty host, this
    /// machine. None otherwise.
    static std::vector<SocketAddress> numeric(const Address& address);

    [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] const sockaddr* data() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] socklen_t* size_pointer() noexcept { return &size_; }
    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }

    /// 0 where the family has no ports.
    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
    /// Whether this is an address of the host that has `local`, by which it reached it. Both are of
    /// the internet.
    [[nodiscard]] bool is_same_host(const SocketAddress& local) const noexcept;
    /// As Address::to_string. Empty where it has no name, or a Unix one that no Address may have: a
    /// peer's can be an abstract one without a byte, or a path of 108.
    [[nodiscard]] std::string to_string() const;

private:
    sockaddr_storage storage_{};
    socklen_t size_ = sizeof storage_;
};

}  // namespace parley

#include "listening_socket.hpp"

#include "deadline.hpp"
#include "socket_address.hpp"
#include "system_failure.hpp"
#include "wait_list.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace parley {
namespace {

// The kernel chooses a port on the first of several addresses; another may have it taken already.
constexpr int port_attempts = 16;
constexpr std::chrono::milliseconds lock_time{1000};
constexpr std::chrono::milliseconds lock_pause{5};

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Descriptor open_socket(int family) {
    return Descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// 0 or the errno.
int bind_to(const Descriptor& socket, const SocketAddress& address) {
    return ::bind(socket.get(), address.data(), address.size()) == 0 ? 0 : errno;
}

/// Whether a socket file is left from a listener that is gone: nobody listens on it.
bool is_stale(const std::string& path, const SocketAddress& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    const Descriptor probe = open_socket(AF_UNIX);
    return ::connect(probe.get(), address.data(), address.size()) != 0 && errno == ECONNREFUSED;
}

/// Locks a directory among listeners that start. Anybody may hold such a lock for ever, so it is
/// not waited for longer than a start takes.
Descriptor lock_directory(const std::string& path) {
    Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Deadline deadline{TimeLimit(lock_time)};
    while (directory.is_open() && ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0 &&
           !deadline.has_passed()) {
        static_cast<void>(poll_until(nullptr, 0, Deadline(TimeLimit(lock_pause))));
    }
    return directory;
}

/// Binds a path, in place of a stale file. The lock on the directory keeps two listeners that start
/// together from taking each other's new file for a stale one.
int bind_path(const Descriptor& socket, const std::string& path, const SocketAddress& address,
              mode_t mode, int backlog) {
    const Descriptor directory = lock_directory(directory_of(path));
    int error = bind_to(socket, address);
    if (error == EADDRINUSE && is_stale(path, address)) {
        ::unlink(path.c_str());
        error = bind_to(socket, address);
    }
    if (error != 0) return error;
    // Nobody can connect before listen, so nobody gets past the mode.
    if (::chmod(path.c_str(), mode) != 0 || ::listen(socket.get(), backlog) != 0) {
        error = errno;
        ::unlink(path.c_str());
    }
    return error;
}

/// A path in a private directory of its own, made under TMPDIR unless that is too long for a
/// socket's name.
Result<std::string> fresh_path() {
    constexpr std::string_view tail = "/parley-XXXXXX/listener";
    const char* base = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
    std::string directory(base != nullptr ? base : "");
    const bool fits = directory.size() + tail.size() < sizeof(sockaddr_un::sun_path);
    if (directory.empty() || !fits) directory = "/tmp";
    directory += tail.substr(0, tail.rfind('/'));
    if (::mkdtemp(directory.data()) == nullptr) return system_failure(errno, directory);
    return directory + std::string(tail.substr(tail.rfind('/')));
}

Result<ListeningSockets> listen_on_path(const Address& address, bool owns_directory, int backlog,
                                        mode_t mode) {
    const SocketAddress name = SocketAddress::of_unix(address);
    Descriptor socket = open_socket(AF_UNIX);
    if (!socket.is_open()) return system_failure(errno, address.to_string());
    const int error = bind_path(socket, address.path(), name, mode, backlog);
    if (error != 0) return system_failure(error, address.to_string());
    ListeningSockets result{.sockets = {},
                            .address = address,
                            .medium = Medium::unix_socket,
                            .file = SocketFile(address.path(), owns_directory)};
    result.sockets.push_back(std::move(socket));
    return result;
}

Result<ListeningSockets> listen_on_path(const Address& wanted, int backlog, mode_t mode) {
    if (!wanted.path().empty()) return listen_on_path(wanted, false, backlog, mode);
    const Result<std::string> path = fresh_path();
    if (!path) return path.error();
    auto sockets = listen_on_path(Address::unix_path(*path), true, backlog, mode);
    if (!sockets) ::rmdir(directory_of(*path).c_str());
    return sockets;
}

Result<ListeningSockets> listen_on_abstract(const Address& address, int backlog) {
    const SocketAddress name = SocketAddress::of_unix(address);
    Descriptor socket = open_socket(AF_UNIX);
    if (!socket.is_open()) return system_failure(errno, address.to_string());
    const int error = bind_to(socket, name);
    if (error != 0) return system_failure(error, address.to_string());
    if (::listen(socket.get(), backlog) != 0) return system_failure(errno, address.to_string());
    ListeningSockets result{
        .sockets = {}, .address = address, .medium = Medium::unix_socket, .file = {}};
    result.sockets.push_back(std::move(socket));
    return result;
}

Result<Descriptor> listen_on_tcp(const SocketAddress& address, bool is_dual, int backlog) {
    Descriptor socket = open_socket(address.family());
    if (!socket.is_open()) return system_failure(errno);
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // Accepted sockets have this from their listening one.
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (address.family() == AF_INET6) {
        const int only_v6 = is_dual ? 0 : 1;
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
    }
    if (const int error = bind_to(socket, address)) return system_failure(error);
    if (::listen(socket.get(), backlog) != 0) return system_failure(errno);
    return socket;
}

std::uint16_t bound_port(const Descriptor& socket) {
    SocketAddress address;
    ::getsockname(socket.get(), address.data(), address.size_pointer());
    return address.port();
}

/// Every interface: one socket for IPv6 and IPv4 together, or IPv4 where there is no IPv6.
Result<Descriptor> listen_on_every_interface(std::uint16_t port, int backlog) {
    sockaddr_in6 any6{};
    any6.sin6_family = AF_INET6;
    any6.sin6_addr = in6addr_any;
    any6.sin6_port = htons(port);
    Result<Descriptor> socket = listen_on_tcp(
        SocketAddress(reinterpret_cast<const sockaddr*>(&any6), sizeof any6), true, backlog);
    const auto lacks_ipv6 = [](const Failure& failure) {
        return failure.code == boost::system::errc::address_family_not_supported ||
               failure.code == boost::system::errc::address_not_available;
    };
    if (socket || !lacks_ipv6(socket.error())) return socket;
    sockaddr_in any4{};
    any4.sin_family = AF_INET;
    any4.sin_port = htons(port);
    return listen_on_tcp(SocketAddress(reinterpret_cast<const sockaddr*>(&any4), sizeof any4),
                         false, backlog);
}

/// All the addresses of a host, on one port. A family that this machine does not have is left out.
Result<std::vector<Descriptor>> listen_on_all(std::vector<SocketAddress> addresses,
                                              std::uint16_t port, int backlog) {
    std::vector<Descriptor> sockets;
    Failure last;
    for (SocketAddress& address : addresses) {
        address.set_port(port);
        Result<Descriptor> socket = listen_on_tcp(address, false, backlog);
        if (socket) {
            sockets.push_back(std::move(*socket));
            if (port == 0) port = bound_port(sockets.front());
            continue;
        }
        last = socket.error();
        last.detail = address.to_string();
        if (last.code == boost::system::errc::address_in_use) return last;
    }
    if (sockets.empty()) return last;
    return sockets;
}

Result<ListeningSockets> listen_on_host(const Address& wanted, int backlog) {
    std::vector<Descriptor> sockets;
    if (wanted.host().empty()) {
        Result<Descriptor> socket = listen_on_every_interface(wanted.port(), backlog);
        if (!socket) return Failure(socket.error().code, wanted.to_string());
        sockets.push_back(std::move(*socket));
    } else {
        const Result<std::vector<SocketAddress>> addresses = SocketAddress::resolve(wanted, true);
        if (!addresses) return addresses.error();
        for (int attempt = 1;; ++attempt) {
            auto bound = listen_on_all(*addresses, wanted.port(), backlog);
            if (bound) {
                sockets = std::move(*bound);
                break;
            }
            const bool may_retry = wanted.port() == 0 && attempt < port_attempts &&
                                   bound.error().code == boost::system::errc::address_in_use;
            if (!may_retry) return bound.error();
        }
    }
    const Address address = Address::tcp(wanted.host(), bound_port(sockets.front()));
    return ListeningSockets{
        .sockets = std::move(sockets), .address = address, .medium = Medium::tcp, .file = {}};
}

}  // namespace

SocketFile::SocketFile(std::string path, bool owns_directory)
    : path_(std::move(path)), owner_(::getpid()), owns_directory_(owns_directory) {
    struct stat status {};
    if (::lstat(path_.c_str(), &status) != 0) return;
    device_ = status.st_dev;
    inode_ = status.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept {
    *this = std::move(other);
}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    std::swap(owner_, other.owner_);
    std::swap(owns_directory_, other.owns_directory_);
    return *this;
}

void SocketFile::remove() noexcept {
    const std::string path = std::exchange(path_, {});
    if (path.empty() || owner_ != ::getpid()) return;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (status.st_dev != device_ || status.st_ino != inode_) return;
    ::unlink(path.c_str());
    if (owns_directory_) ::rmdir(directory_of(path).c_str());
}

Result<ListeningSockets> listen_on(const Address& address, int backlog, mode_t mode) {
    switch (address.family()) {
        case Address::Family::unix_path:
            return listen_on_path(address, backlog, mode);
        case Address::Family::unix_abstract:
            return listen_on_abstract(address, backlog);
        case Address::Family::tcp:
            break;
    }
    return listen_on_host(address, backlog);
}

}  // namespace parley

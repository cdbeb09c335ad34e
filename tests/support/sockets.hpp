// Sockets of a test's own, for a peer that parley knows nothing of.
#pragma once

#include "support/bytes.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace support {

/// An open descriptor that is spoken to in system calls. Failures of its own are exceptions.
class Raw {
public:
    explicit Raw(int descriptor = -1) : descriptor_(descriptor) {}
    Raw(Raw&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Raw& operator=(Raw&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Raw() { close(); }

    int fileno() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    /// Hangs up without a farewell: TCP's reset; elsewhere nothing but a close.
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }
    void end_sending() { ::shutdown(descriptor_, SHUT_WR); }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size < 0) throw std::system_error(errno, std::system_category(), "send");
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
    }
    /// The same, where the other side may have hung up.
    bool try_write(std::string_view bytes) {
        return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }
    /// So many bytes; fewer where the stream ends.
    std::string read(std::size_t count) {
        std::string bytes(count, '\0');
        std::size_t got = 0;
        while (got < count) {
            const ssize_t size = ::recv(descriptor_, bytes.data() + got, count - got, 0);
            if (size <= 0) break;
            got += static_cast<std::size_t>(size);
        }
        bytes.resize(got);
        return bytes;
    }
    /// The payload of the next frame.
    std::string read_frame() {
        const std::string header = read(4);
        if (header.size() < 4) return {};
        std::size_t size = 0;
        for (const char byte : header)
            size = size << 8U | static_cast<unsigned char>(byte);
        return read(size);
    }
    std::string read_all() {
        std::string all;
        for (std::string piece = read(4096); !piece.empty(); piece = read(4096))
            all += piece;
        return all;
    }

private:
    int descriptor_;
};

/// Both ends of a Unix socket.
inline std::pair<Raw, Raw> socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::system_category(), "socketpair");
    return {Raw(ends[0]), Raw(ends[1])};
}

/// Both ends of a TCP connection on this machine.
inline std::pair<Raw, Raw> tcp_pair() {
    const Raw listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    Raw caller(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(listening.fileno(), name, size) != 0 || ::listen(listening.fileno(), 1) != 0 ||
        ::getsockname(listening.fileno(), name, &size) != 0 ||
        ::connect(caller.fileno(), name, size) != 0)
        throw std::system_error(errno, std::system_category(), "a TCP connection");
    Raw called(::accept4(listening.fileno(), nullptr, nullptr, SOCK_CLOEXEC));
    if (called.fileno() < 0) throw std::system_error(errno, std::system_category(), "accept4");
    return {std::move(caller), std::move(called)};
}

inline bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) >= 0;
}

inline bool is_close_on_exec(int descriptor) {
    return (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0;
}

}  // namespace support

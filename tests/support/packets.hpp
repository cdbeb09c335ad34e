// A socket that keeps apart what each system call has sent, to count them.
#pragma once

#include "support/sockets.hpp"

#include <sys/socket.h>

#include <string>
#include <system_error>
#include <utility>

namespace support {

/// Two ends of a SOCK_SEQPACKET.
inline std::pair<Raw, Raw> packet_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::system_category(), "socketpair");
    return {Raw(ends[0]), Raw(ends[1])};
}

/// What one system call has sent; empty where nothing waits.
inline std::string read_packet(const Raw& end) {
    std::string packet(std::size_t{1} << 20U, '\0');
    const ssize_t size = ::recv(end.fileno(), packet.data(), packet.size(), MSG_DONTWAIT);
    packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return packet;
}

}  // namespace support

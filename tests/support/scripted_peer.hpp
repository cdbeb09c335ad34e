// A peer that does the handshake right, in pieces of any size, until it has sent so many bytes.
#pragma once

#include "support/handshake.hpp"
#include "support/sockets.hpp"

#include <parley/address.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace support {

/// A socket connected to a numeric address, or a Unix one.
inline Raw connect_to(const parley::Address& address) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (address.family() == parley::Address::Family::tcp) {
        auto& name = reinterpret_cast<sockaddr_in&>(storage);
        name.sin_family = AF_INET;
        name.sin_port = htons(address.port());
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        size = sizeof name;
    } else {
        auto& name = reinterpret_cast<sockaddr_un&>(storage);
        name.sun_family = AF_UNIX;
        std::memcpy(name.sun_path, address.path().data(), address.path().size());
        size = sizeof name;
    }
    Raw socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.fileno(), reinterpret_cast<sockaddr*>(&storage), size) != 0)
        throw std::system_error(errno, std::system_category(), "connect");
    return socket;
}

/// A listening socket of the test's own on 127.0.0.1, and its port.
class RawListener {
public:
    explicit RawListener(int backlog = 8)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* address = reinterpret_cast<sockaddr*>(&name);
        if (::bind(socket_.fileno(), address, size) != 0 ||
            (backlog >= 0 && ::listen(socket_.fileno(), backlog) != 0) ||
            ::getsockname(socket_.fileno(), address, &size) != 0)
            throw std::system_error(errno, std::system_category(), "listen");
        port_ = ntohs(name.sin_port);
    }

    parley::Address address() const { return parley::Address::tcp("127.0.0.1", port_); }
    Raw accept() { return Raw(::accept(socket_.fileno(), nullptr, nullptr)); }

private:
    Raw socket_;
    std::uint16_t port_ = 0;
};

enum class Leaving { stays, closes, resets, falls_silent };

/// How a scripted peer behaves.
struct Script {
    parley::Role role;
    std::string key = "key";
    /// What it sends after the handshake.
    std::string then{};
    /// It leaves once it has sent so many bytes.
    std::size_t budget = std::numeric_limits<std::size_t>::max();
    std::size_t piece = 1U << 20U;
    Leaving leaving = Leaving::stays;
};

class ScriptedPeer {
public:
    ScriptedPeer(Raw socket, Script script)
        : socket_(std::move(socket)), script_(std::move(script)) {}

    /// Plays its part; how many bytes it has sent. It may be hung up on at any time.
    std::size_t play() {
        HandshakeSide side(script_.role, script_.key);
        for (bool goes_on = true; goes_on;) {
            goes_on = say(side.take_sent());
            if (!goes_on || side.over()) break;
            const std::string heard = hear();
            goes_on = !heard.empty();
            side.hear(heard);
        }
        if (side.done()) say(script_.then);
        if (script_.leaving == Leaving::closes) socket_.close();
        if (script_.leaving == Leaving::resets) socket_.reset();
        return sent_;
    }
    Raw& socket() { return socket_; }

private:
    /// Whether all of it was sent.
    bool say(std::string_view bytes) {
        const std::size_t count = std::min(bytes.size(), script_.budget - sent_);
        const bool is_all = count == bytes.size();
        bytes = bytes.substr(0, count);
        for (; !bytes.empty(); bytes.remove_prefix(std::min(script_.piece, bytes.size()))) {
            if (!socket_.try_write(bytes.substr(0, script_.piece))) return false;
        }
        sent_ += count;
        return is_all;
    }
    std::string hear() {
        std::string bytes(4096, '\0');
        const ssize_t size = ::recv(socket_.fileno(), bytes.data(), bytes.size(), 0);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return bytes;
    }

    Raw socket_;
    Script script_;
    std::size_t sent_ = 0;
};

/// Whether a code tells that the peer has hung up, and nothing else.
inline bool is_hang_up(const boost::system::error_code& code) {
    return code == parley::Errc::end_of_file || code == parley::Errc::truncated_message ||
           code == boost::system::errc::connection_reset ||
           code == boost::system::errc::broken_pipe;
}

}  // namespace support

#include "raw_socket.hpp"

#include "raw_handshake.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t header_size = 4;
constexpr std::size_t read_size = 64 * 1024;

void send_all(int socket, iovec* parts, std::size_t count) {
    for (;;) {
        const ssize_t sent = ::writev(socket, parts, static_cast<int>(count));
        // Whoever has measured enough goes.
        if (sent < 0) std::exit(0);
        auto left = static_cast<std::size_t>(sent);
        while (count > 0 && left >= parts->iov_len) {
            left -= parts->iov_len;
            ++parts;
            --count;
        }
        if (count == 0) return;
        parts->iov_base = static_cast<std::byte*>(parts->iov_base) + left;
        parts->iov_len -= left;
    }
}

}  // namespace

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket::~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

SocketName::SocketName(const std::string& address) {
    if (address.starts_with("unix:")) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        address.copy(name.sun_path, sizeof name.sun_path - 1, 5);
        std::memcpy(&storage, &name, size = sizeof name);
        return;
    }
    const std::size_t colon = address.rfind(':');
    sockaddr_in name{};
    name.sin_family = AF_INET;
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &name.sin_addr);
    name.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    std::memcpy(&storage, &name, size = sizeof name);
}

Socket listen_on(const SocketName& name) {
    Socket socket(::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), name.data(), name.size) != 0) fail("bind");
    if (::listen(socket.get(), SOMAXCONN) != 0) fail("listen");
    return socket;
}

std::string address_of(const Socket& socket, const std::string& asked) {
    if (asked.starts_with("unix:")) return asked;
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size);
    return asked.substr(0, asked.rfind(':') + 1) + std::to_string(ntohs(name.sin_port));
}

void set_no_delay(int socket) {
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void store_length(std::byte* header, std::size_t size) noexcept {
    const std::uint32_t length = htonl(static_cast<std::uint32_t>(size));
    std::memcpy(header, &length, sizeof length);
}

std::size_t load_length(const std::byte* header) noexcept {
    std::uint32_t length = 0;
    std::memcpy(&length, header, sizeof length);
    return ntohl(length);
}

RawChannel::RawChannel(Socket socket, std::size_t payload_size)
    : socket_(std::move(socket)),
      capacity_(header_size + std::max(payload_size + header_size, read_size)) {
    memory_.reset(new std::byte[capacity_]);
}

void RawChannel::send(Payload payload) {
    std::byte header[header_size];
    store_length(header, payload.size());
    iovec parts[2] = {{header, header_size},
                      {const_cast<std::byte*>(payload.data()), payload.size()}};
    send_all(socket_.get(), parts, 2);
}

void RawChannel::send_many(Payload payload, std::uint64_t count) {
    const std::size_t size = header_size + payload.size();
    batch_.resize(std::max(size, read_size / size * size));
    for (std::size_t at = 0; count > 0;) {
        store_length(batch_.data() + at, payload.size());
        std::memcpy(batch_.data() + at + header_size, payload.data(), payload.size());
        at += size;
        if (--count > 0 && at < batch_.size()) continue;
        iovec part{batch_.data(), at};
        send_all(socket_.get(), &part, 1);
        at = 0;
    }
}

bool RawChannel::receive() {
    for (;;) {
        const std::size_t have = end_ - begin_;
        const std::size_t need =
            have < header_size ? header_size : header_size + load_length(&memory_[begin_]);
        if (have >= header_size && have >= need) {
            received_ = {&memory_[begin_ + header_size], need - header_size};
            begin_ += need;
            return true;
        }
        if (have == 0) {
            begin_ = end_ = 0;
        } else if (begin_ + need > capacity_ || end_ == capacity_) {
            std::memmove(&memory_[0], &memory_[begin_], have);
            begin_ = 0;
            end_ = have;
        }
        const ssize_t got = ::read(socket_.get(), &memory_[end_], capacity_ - end_);
        if (got <= 0) return false;
        end_ += static_cast<std::size_t>(got);
    }
}

bool RawChannel::echo() {
    if (!receive()) return false;
    send(received_);
    return true;
}

RawLibrary::Server::Server(const Task& task)
    : asked_(task.address),
      listening_(listen_on(SocketName(task.address))),
      task_(task),
      is_tcp_(SocketName(task.address).is_tcp()) {}

RawChannel RawLibrary::Server::accept() {
    Socket socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() < 0) fail("accept4");
    if (is_tcp_) set_no_delay(socket.get());
    RawChannel channel(std::move(socket), task_.size);
    if (task_.has_key()) prove_as_listener(channel);
    return channel;
}

RawChannel RawLibrary::connect(const Task& task) {
    const SocketName name(task.address);
    Socket socket(::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), name.data(), name.size) != 0) fail("connect");
    if (name.is_tcp()) set_no_delay(socket.get());
    RawChannel channel(std::move(socket), task.size);
    if (task.has_key()) prove_as_client(channel);
    return channel;
}

}  // namespace bench

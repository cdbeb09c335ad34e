// The same frames on bare sockets, as well as it can be done by hand: one writev for header and
// payload, one read per message, memory that is reused. What parley is measured against.
#pragma once

#include "workload.hpp"

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace bench {

class Socket {
public:
    explicit Socket(int descriptor = -1) noexcept : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&&) = delete;
    ~Socket();
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

/// Of `HOST:PORT`, the host in digits, or `unix:PATH`.
struct SocketName {
    explicit SocketName(const std::string& address);
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* data() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] bool is_tcp() const noexcept { return storage.ss_family == AF_INET; }
};

[[nodiscard]] Socket listen_on(const SocketName& name);
/// Where a listening socket is, with the port that the system chose.
[[nodiscard]] std::string address_of(const Socket& socket, const std::string& asked);
void set_no_delay(int socket);

void store_length(std::byte* header, std::size_t size) noexcept;
[[nodiscard]] std::size_t load_length(const std::byte* header) noexcept;

class RawChannel {
public:
    RawChannel(Socket socket, std::size_t payload_size);

    void send(Payload payload);
    void send_many(Payload payload, std::uint64_t count);
    bool receive();
    bool echo();
    [[nodiscard]] Payload received() const noexcept { return received_; }

private:
    Socket socket_;
    std::unique_ptr<std::byte[]> memory_;
    std::size_t capacity_;
    std::size_t begin_ = 0;  // of what was read and not consumed
    std::size_t end_ = 0;
    Payload received_;
    std::vector<std::byte> batch_;
};

struct RawLibrary {
    class Server {
    public:
        explicit Server(const Task& task);
        [[nodiscard]] std::string address() const { return address_of(listening_, asked_); }
        [[nodiscard]] RawChannel accept();

    private:
        std::string asked_;
        Socket listening_;
        Task task_;
        bool is_tcp_;
    };

    [[nodiscard]] static RawChannel connect(const Task& task);
};

}  // namespace bench

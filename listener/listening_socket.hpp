// A bound socket that listens, and the file of a Unix one.
#pragma once

#include "descriptor.hpp"
#include "transport.hpp"

#include <parley/address.hpp>
#include <parley/error.hpp>

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace parley {

/// A Unix socket's file, removed with its owner: only if it is still the one that was made, and not
/// by a forked child.
class SocketFile {
public:
    SocketFile() noexcept = default;
    /// Remembers which file is at the path now. The directory is removed too where it is ours.
    SocketFile(std::string path, bool owns_directory);
    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&& other) noexcept;
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile() { remove(); }

    void remove() noexcept;

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    pid_t owner_ = 0;
    bool owns_directory_ = false;
};

/// The sockets of one address: a host name may have several.
struct ListeningSockets {
    std::vector<Descriptor> sockets;
    Address address;  ///< With the port or path that was chosen.
    Medium medium;
    SocketFile file;
};

/// Binds and listens. The sockets do not block. Fails with the system's code, bad_address or
/// host_not_found.
[[nodiscard]] Result<ListeningSockets> listen_on(const Address& address, int backlog, mode_t mode);

}  // namespace parley

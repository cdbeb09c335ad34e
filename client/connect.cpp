#include "connect.hpp"

#include "socket_address.hpp"
#include "system_failure.hpp"
#include "wait_list.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace parley {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{5};
constexpr milliseconds longest_pause{500};

void pause(milliseconds time, Deadline deadline) {
    static_cast<void>(poll_until(nullptr, 0, Deadline::earlier(Deadline(time), deadline)));
}

/// Waits for a connect under way; 0 or the errno.
int finish_connect(const Descriptor& socket, Deadline deadline) {
    pollfd entry{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    if (poll_until(&entry, 1, deadline) == 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

/// A port of the ephemeral range where nobody listens can be connected to itself: no listener.
bool is_connected_to_itself(const Descriptor& socket) {
    SocketAddress here;
    SocketAddress there;
    if (::getsockname(socket.get(), here.data(), here.size_pointer()) != 0 ||
        ::getpeername(socket.get(), there.data(), there.size_pointer()) != 0) {
        return false;
    }
    return here.size() == there.size() && std::memcmp(here.data(), there.data(), here.size()) == 0;
}

/// 0 or the errno. Unix sockets have EAGAIN for a full backlog, and no way to wait for room in it.
int connect_socket(const Descriptor& socket, const SocketAddress& address, Deadline deadline) {
    for (milliseconds time = first_pause;; time = std::min(2 * time, longest_pause)) {
        if (::connect(socket.get(), address.data(), address.size()) == 0) return 0;
        if (errno == EINPROGRESS || errno == EINTR) return finish_connect(socket, deadline);
        if (errno != EAGAIN || address.family() != AF_UNIX) return errno;
        if (deadline.has_passed()) return ETIMEDOUT;
        pause(time, deadline);
    }
}

int bind_local(const Descriptor& socket, const Address& local, int family) {
    const Result<std::vector<SocketAddress>> addresses = SocketAddress::resolve(local, true);
    if (!addresses) return EADDRNOTAVAIL;
    for (const SocketAddress& address : *addresses) {
        if (address.family() != family) continue;
        return ::bind(socket.get(), address.data(), address.size()) == 0 ? 0 : errno;
    }
    return EADDRNOTAVAIL;
}

Result<Transport> connect_to(const SocketAddress& address, const ClientOptions& options,
                             Deadline deadline) {
    const auto fail = [&](int error) {
        return system_failure(error, address.to_address().to_string());
    };
    Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return fail(errno);
    const bool is_tcp = address.family() != AF_UNIX;
    if (is_tcp && options.bind) {
        if (const int error = bind_local(socket, *options.bind, address.family())) {
            return fail(error);
        }
    }
    if (is_tcp && options.keepalive) {
        const int yes = 1;
        ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    }
    if (const int error = connect_socket(socket, address, deadline)) return fail(error);
    if (is_tcp && is_connected_to_itself(socket)) return fail(ECONNREFUSED);
    // The engine lets patient calls wait in the kernel.
    ::fcntl(socket.get(), F_SETFL, O_RDWR);
    return Transport(std::move(socket), is_tcp ? Medium::tcp : Medium::unix_socket);
}

Result<std::vector<SocketAddress>> addresses_of(const Address& address) {
    if (address.family() == Address::Family::tcp) return SocketAddress::resolve(address, false);
    const Result<SocketAddress> name = SocketAddress::of_unix(address);
    if (!name) return name.error();
    return std::vector{*name};
}

/// Each address in turn; the failure names them all.
Result<Transport> connect_to_any(const std::vector<SocketAddress>& addresses,
                                 const ClientOptions& options, Deadline deadline) {
    Failure failure;
    for (const SocketAddress& address : addresses) {
        Result<Transport> transport = connect_to(address, options, deadline);
        if (transport) return transport;
        if (failure.code.failed())
            failure.detail += "; " + transport.error().message();
        else
            failure = transport.error();
    }
    return failure;
}

bool may_come_up(const Failure& failure) {
    namespace errc = boost::system::errc;
    return failure.code == errc::connection_refused ||
           failure.code == errc::no_such_file_or_directory ||
           failure.code == errc::connection_reset;
}

}  // namespace

Result<Transport> connect(const Address& address, const ClientOptions& options) {
    const Deadline deadline(options.timeout);
    const Deadline retry_until =
        Deadline::earlier(deadline, Deadline(options.retry.value_or(milliseconds::zero())));
    const Result<std::vector<SocketAddress>> addresses = addresses_of(address);
    if (!addresses) return addresses.error();
    for (milliseconds time = first_pause;; time = std::min(2 * time, longest_pause)) {
        Result<Transport> transport = connect_to_any(*addresses, options, deadline);
        if (transport) return transport;
        if (deadline.has_passed()) return Failure(Errc::timeout, transport.error().message());
        if (!may_come_up(transport.error()) || retry_until.has_passed()) return transport.error();
        pause(time, retry_until);
    }
}

}  // namespace parley

#include "connect.hpp"

#include "connecting.hpp"
#include "wait_list.hpp"

#include <poll.h>

#include <utility>

namespace parley {
namespace {

Result<std::vector<SocketAddress>> addresses_of(const Address& address) {
    Result<std::vector<SocketAddress>> addresses = addresses_at_once(address);
    if (addresses.has_error() || !addresses->empty()) return addresses;
    return SocketAddress::resolve(address, false);
}

}  // namespace

Result<Transport> connect(const Address& address, const ClientOptions& options) {
    const Deadline deadline(options.timeout);
    Result<std::vector<SocketAddress>> addresses = addresses_of(address);
    if (!addresses) return addresses.error();
    Connecting connecting(std::move(*addresses), options, deadline, !options.timeout);
    for (;;) {
        Connecting::Next next = connecting.resume();
        if (const auto* writable = std::get_if<UntilWritable>(&next)) {
            pollfd entry{.fd = writable->descriptor, .events = POLLOUT, .revents = 0};
            static_cast<void>(poll_until(&entry, 1, writable->until));
        } else if (const auto* time = std::get_if<UntilTime>(&next)) {
            static_cast<void>(poll_until(nullptr, 0, time->until));
        } else if (auto* failure = std::get_if<Failure>(&next)) {
            return std::move(*failure);
        } else {
            return std::get<Transport>(std::move(next));
        }
    }
}

}  // namespace parley

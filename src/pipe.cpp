#include "descriptor.hpp"
#include "system_failure.hpp"

#include <parley/pipe.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace parley {

std::pair<Connection, Connection> Pipe(bool duplex) {
    int ends[2];
    const int result = duplex ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
                              : ::pipe2(ends, O_CLOEXEC);
    if (result != 0) throw_failure(system_failure(errno, duplex ? "socketpair" : "pipe"));
    Descriptor first(ends[0]);
    Descriptor second(ends[1]);
    Connection receiver(first.get(), duplex ? Direction::both : Direction::read_only);
    static_cast<void>(first.release());
    Connection sender(second.get(), duplex ? Direction::both : Direction::write_only);
    static_cast<void>(second.release());
    return {std::move(receiver), std::move(sender)};
}

}  // namespace parley

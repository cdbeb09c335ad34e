#include "system_failure.hpp"

#include <parley/stop_event.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace parley {

StopEvent::StopEvent() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw_failure(system_failure(errno, "eventfd"));
}

StopEvent::~StopEvent() {
    ::close(descriptor_);
}

void StopEvent::set() const noexcept {
    const int error = errno;
    const std::uint64_t one = 1;
    // A counter that is full cannot be added to, and is set all the same.
    while (::write(descriptor_, &one, sizeof one) < 0 && errno == EINTR) {
    }
    errno = error;
}

bool StopEvent::is_set() const noexcept {
    pollfd entry{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) == 1;
}

}  // namespace parley

// A thread's word to the one that waits.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace parley::tools {

/// Something to wait for that another thread sets, once and for all. `set` is thread-safe.
class StopEvent {
public:
    StopEvent() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {
        if (descriptor_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
    }
    StopEvent(const StopEvent&) = delete;
    StopEvent& operator=(const StopEvent&) = delete;
    ~StopEvent() { ::close(descriptor_); }

    void set() const noexcept { ::eventfd_write(descriptor_, 1); }
    /// Readable once it is set.
    [[nodiscard]] int fileno() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace parley::tools

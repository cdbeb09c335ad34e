#include "wait_list.hpp"

#include "descriptor.hpp"
#include "pooled_mutex.hpp"
#include "system_failure.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>

namespace parley {

int wakeup_descriptor() noexcept {
    thread_local Descriptor descriptor;
    thread_local pid_t owner = 0;
    if (owner != ::getpid() || !descriptor.is_open()) {
        descriptor = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        owner = ::getpid();
    }
    return descriptor.get();
}

void drain_wakeup(int eventfd) noexcept {
    std::uint64_t count = 0;
    while (::read(eventfd, &count, sizeof count) < 0 && errno == EINTR) {
    }
}

int poll_until(pollfd* entries, std::size_t count, Deadline deadline) {
    for (;;) {
        const int events = ::poll(entries, count, deadline.poll_timeout());
        if (events > 0) return events;
        if (events < 0 && errno != EINTR) throw_failure(system_failure(errno, "poll"));
        if (events == 0 && deadline.has_passed()) return 0;
    }
}

WaitList::Enlistment::Enlistment(WaitList& list, int eventfd) : list_(list), eventfd_(eventfd) {
    if (eventfd_ < 0) return;
    const std::lock_guard lock(pooled_mutex(&list_));
    list_.enlisted_.push_back(*this);
}

WaitList::Enlistment::~Enlistment() {
    if (eventfd_ < 0) return;
    const std::lock_guard lock(pooled_mutex(&list_));
    list_.enlisted_.erase(list_.enlisted_.iterator_to(*this));
}

WaitList::Outcome WaitList::wait(int descriptor, short events, Deadline deadline, Epoch since) {
    const int eventfd = wakeup_descriptor();
    std::array<pollfd, 2> entries{{{.fd = descriptor, .events = events, .revents = 0},
                                   {.fd = eventfd, .events = POLLIN, .revents = 0}}};
    const Enlistment enlistment(*this, eventfd);
    for (;;) {
        if (epoch() != since) return Outcome::woken;
        const Deadline look_up(eventfd < 0 ? TimeLimit(unwakeable_time) : TimeLimit());
        const int count =
            poll_until(entries.data(), entries.size(), Deadline::earlier(deadline, look_up));
        if (entries[1].revents != 0) drain_wakeup(eventfd);
        if (epoch() != since) return Outcome::woken;
        if (count > 0) return Outcome::ready;
        if (eventfd >= 0 || deadline.has_passed()) return Outcome::timed_out;
    }
}

void WaitList::wake_all() noexcept {
    const std::lock_guard lock(pooled_mutex(this));
    epoch_.fetch_add(1, std::memory_order_release);
    const std::uint64_t one = 1;
    for (const Enlistment& enlisted : enlisted_) {
        while (::write(enlisted.eventfd_, &one, sizeof one) < 0 && errno == EINTR) {
        }
    }
}

}  // namespace parley

// The threads that wait in poll(2) on behalf of one object, and how others wake them.
#pragma once

#include "deadline.hpp"

#include <boost/intrusive/list.hpp>

#include <poll.h>

#include <atomic>
#include <cstdint>

namespace parley {

/// The eventfd by which others wake this thread, -1 where descriptors have run out. A forked child
/// makes its own: the counter would be shared with the parent.
[[nodiscard]] int wakeup_descriptor() noexcept;
/// Where nobody can wake this thread, it looks up so often to see whether somebody wanted to.
inline constexpr std::chrono::milliseconds unwakeable_time{50};
/// Takes back what woke this thread.
void drain_wakeup(int eventfd) noexcept;
/// poll(2) until there are events or the deadline passes; the number of entries with events. Throws
/// `Error` with the system's code.
int poll_until(pollfd* entries, std::size_t count, Deadline deadline);

/// Lets `wake_all` end every wait under way. Each waiting thread brings an eventfd of its own, made
/// the first time it has to wait, so an object costs no descriptor for being wakeable. Thread-safe.
class WaitList {
public:
    enum class Outcome { ready, timed_out, woken };

    /// A moment to compare with: a `wake_all` after it ends the wait that is given it.
    using Epoch = std::uint64_t;

    [[nodiscard]] Epoch epoch() const noexcept { return epoch_.load(std::memory_order_acquire); }

    /// Waits until the descriptor has one of the events, the deadline passes, or somebody has woken
    /// all since `since`.
    [[nodiscard]] Outcome wait(int descriptor, short events, Deadline deadline, Epoch since);

    void wake_all() noexcept;

    /// From construction to destruction, `wake_all` writes to the eventfd.
    class Enlistment : public boost::intrusive::list_base_hook<> {
    public:
        Enlistment(WaitList& list, int eventfd);
        Enlistment(const Enlistment&) = delete;
        Enlistment& operator=(const Enlistment&) = delete;
        ~Enlistment();

    private:
        friend class WaitList;

        WaitList& list_;
        int eventfd_;
    };

private:
    // Guarded by the pooled mutex.
    boost::intrusive::list<Enlistment, boost::intrusive::constant_time_size<false>> enlisted_;
    std::atomic<Epoch> epoch_{0};
};

}  // namespace parley

// Whose turn it is among threads that want the same thing of one object.
#pragma once

#include "deadline.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <condition_variable>

namespace parley {

/// A mutex that can be waited for until a deadline, and costs one atomic operation each way while
/// nobody else wants it. Thread-safe.
class Turn {
public:
    /// False where the deadline passed first; otherwise `give` must follow, from any thread.
    [[nodiscard]] bool take(Deadline deadline) {
        int expected = free;
        if (state_.compare_exchange_strong(expected, taken, std::memory_order_acquire)) return true;
        return take_after_others(deadline);
    }
    void give() noexcept {
        if (state_.exchange(free, std::memory_order_release) == wanted) wake_first();
    }

private:
    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int wanted = 2;  // taken, and others may be waiting

    /// A thread that waits, on its own stack.
    struct Waiter : boost::intrusive::list_base_hook<> {
        std::condition_variable woken;
    };

    bool take_after_others(Deadline deadline);
    void wake_first() noexcept;

    std::atomic<int> state_{free};
    // Guarded by the pooled mutex.
    boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
};

}  // namespace parley

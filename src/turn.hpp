// Whose turn it is among threads that want the same thing of one object.
#pragma once

#include "deadline.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

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
        if (state_.exchange(free, std::memory_order_release) != wanted) return;
        const std::lock_guard lock(mutex_);
        given_.notify_one();
    }

private:
    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int wanted = 2;  // taken, and others may be waiting

    bool take_after_others(Deadline deadline) {
        std::unique_lock lock(mutex_);
        while (state_.exchange(wanted, std::memory_order_acquire) != free) {
            const TimeLimit left = deadline.left();
            if (!left) {
                given_.wait(lock);
            } else if (*left == left->zero()) {
                return false;
            } else {
                given_.wait_for(lock, *left);
            }
        }
        return true;
    }

    std::atomic<int> state_{free};
    std::mutex mutex_;
    std::condition_variable given_;
};

}  // namespace parley

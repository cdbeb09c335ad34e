#include "turn.hpp"

#include "pooled_mutex.hpp"

#include <mutex>

namespace parley {

bool Turn::take_after_others(Deadline deadline) {
    std::unique_lock lock(pooled_mutex(this));
    while (state_.exchange(wanted, std::memory_order_acquire) != free) {
        Waiter self;
        waiters_.push_back(self);
        const auto is_woken = [&self] { return !self.is_linked(); };
        if (const TimeLimit left = deadline.left()) {
            if (!self.woken.wait_for(lock, *left, is_woken)) {
                waiters_.erase(waiters_.iterator_to(self));
                return false;
            }
        } else {
            self.woken.wait(lock, is_woken);
        }
    }
    return true;
}

void Turn::wake_first() noexcept {
    const std::lock_guard lock(pooled_mutex(this));
    if (waiters_.empty()) return;
    // Under the lock, since the waiter is gone once it has seen that it is not linked.
    Waiter& first = waiters_.front();
    waiters_.pop_front();
    first.woken.notify_one();
}

}  // namespace parley

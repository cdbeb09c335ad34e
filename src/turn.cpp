#include "turn.hpp"

#include "pooled_mutex.hpp"

#include <mutex>

namespace parley {

Turn::Outcome Turn::take_after_others(Deadline deadline) {
    std::unique_lock lock(pooled_mutex(this));
    for (;;) {
        if (const auto outcome = take_or_want()) return *outcome;
        Waiter self;
        waiters_.push_back(self);
        const auto is_woken = [&self] { return !self.is_linked(); };
        if (const TimeLimit left = deadline.left()) {
            if (!self.woken.wait_for(lock, *left, is_woken)) {
                waiters_.erase(waiters_.iterator_to(self));
                return Outcome::timed_out;
            }
        } else {
            self.woken.wait(lock, is_woken);
        }
    }
}

std::optional<Turn::Outcome> Turn::take_or_want() noexcept {
    for (int seen = state_.load(std::memory_order_relaxed);;) {
        if (seen == wanted) return std::nullopt;
        if (seen == asynchronous) {
            // Nobody wakes the others when the asynchronous calls are through.
            wake_first_locked();
            return Outcome::asynchronous;
        }
        // Others may be waiting in either case.
        if (!state_.compare_exchange_weak(seen, wanted, std::memory_order_acquire)) continue;
        if (seen == free) return Outcome::taken;
        return std::nullopt;
    }
}

void Turn::wake_first() noexcept {
    const std::lock_guard lock(pooled_mutex(this));
    wake_first_locked();
}

void Turn::wake_first_locked() noexcept {
    if (waiters_.empty()) return;
    // Under the lock, since the waiter is gone once it has seen that it is not linked.
    Waiter& first = waiters_.front();
    waiters_.pop_front();
    first.woken.notify_one();
}

}  // namespace parley

// Whose turn it is among threads that want the same thing of one object.
#pragma once

#include "deadline.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <optional>

namespace parley {

/// A mutex that can be waited for until a deadline, and costs one atomic operation each way while
/// nobody else wants it. The asynchronous calls together may have it too: whoever would wait for
/// them is turned away, since they may take for ever. Thread-safe.
class Turn {
public:
    enum class Outcome : std::uint8_t { taken, timed_out, asynchronous };

    /// Where the turn is taken, `give` must follow, from any thread.
    [[nodiscard]] Outcome take(Deadline deadline) {
        int expected = free;
        if (state_.compare_exchange_strong(expected, taken, std::memory_order_acquire))
            return Outcome::taken;
        return take_after_others(deadline);
    }
    void give() noexcept {
        if (state_.exchange(free, std::memory_order_release) == wanted) wake_first();
    }

    /// Takes the turn for the asynchronous calls, whose lock is held; false where a thread has it.
    [[nodiscard]] bool take_asynchronous() noexcept {
        int expected = free;
        return state_.compare_exchange_strong(expected, asynchronous, std::memory_order_acquire);
    }
    /// Gives it up, under the same lock, where the asynchronous calls have it.
    void give_asynchronous() noexcept {
        if (state_.load(std::memory_order_relaxed) == asynchronous)
            state_.store(free, std::memory_order_release);
    }

private:
    static constexpr int free = 0;
    static constexpr int taken = 1;
    static constexpr int wanted = 2;  // taken, and others may be waiting
    static constexpr int asynchronous = 3;

    /// A thread that waits, on its own stack.
    struct Waiter : boost::intrusive::list_base_hook<> {
        std::condition_variable woken;
    };

    Outcome take_after_others(Deadline deadline);
    /// Taken, turned away, or none where there is somebody to be waited for.
    std::optional<Outcome> take_or_want() noexcept;
    void wake_first() noexcept;
    void wake_first_locked() noexcept;

    std::atomic<int> state_{free};
    // Guarded by the pooled mutex.
    boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
};

}  // namespace parley

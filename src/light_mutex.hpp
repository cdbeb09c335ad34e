// A mutex that costs next to nothing while nobody else wants it.
#pragma once

#include <atomic>

namespace parley {

/// For what is locked several times for each message: where std::mutex calls a function each way
/// and takes 40 bytes, this is one atomic operation each way, and 4 bytes. Whoever has to wait
/// sleeps. Whoever has locked it may destroy it, though `unlock` have not returned elsewhere: that
/// looks at nothing but the address by then, as std::mutex does. Lockable, not recursive.
/// Thread-safe.
class LightMutex {
public:
    LightMutex() noexcept = default;
    LightMutex(const LightMutex&) = delete;
    LightMutex& operator=(const LightMutex&) = delete;

    void lock() noexcept {
        if (!try_lock()) wait_for_it();
    }
    [[nodiscard]] bool try_lock() noexcept {
        int expected = open;
        return state_.compare_exchange_strong(expected, locked, std::memory_order_acquire,
                                              std::memory_order_relaxed);
    }
    void unlock() noexcept {
        if (state_.exchange(open, std::memory_order_release) == wanted) state_.notify_one();
    }

private:
    static constexpr int open = 0;
    static constexpr int locked = 1;
    static constexpr int wanted = 2;  // locked, and others may be waiting

    void wait_for_it() noexcept {
        while (state_.exchange(wanted, std::memory_order_acquire) != open)
            state_.wait(wanted, std::memory_order_relaxed);
    }

    std::atomic<int> state_{open};
};

}  // namespace parley

// How many bytes, or messages, went one way: counted by whoever transfers them, looked at by any
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parley {

class StreamCount {
public:
    StreamCount() = default;
    StreamCount(StreamCount&& other) noexcept : bytes_(other.get()) {}
    StreamCount& operator=(StreamCount&& other) noexcept {
        bytes_.store(other.get(), std::memory_order_relaxed);
        return *this;
    }

    /// One thread at a time.
    void add(std::size_t bytes) noexcept { bytes_.store(get() + bytes, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const noexcept {
        return bytes_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace parley

// A point in monotonic time by which a call must have ended.
#pragma once

#include <parley/time_limit.hpp>

#include <algorithm>
#include <chrono>
#include <climits>
#include <optional>

namespace parley {

/// A moment of the monotonic clock, or never. The clock is not read for never.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    Deadline() noexcept = default;
    explicit Deadline(TimeLimit limit) noexcept {
        if (!limit) return;
        const auto now = Clock::now();
        // Limits beyond the clock's range never come.
        if (*limit < Clock::time_point::max() - now) at_ = now + *limit;
    }

    [[nodiscard]] bool is_never() const noexcept { return !at_; }
    [[nodiscard]] bool has_passed() const noexcept { return at_ && Clock::now() >= *at_; }
    [[nodiscard]] TimeLimit left() const noexcept {
        if (!at_) return std::nullopt;
        return std::max(std::chrono::nanoseconds::zero(), *at_ - Clock::now());
    }
    /// What poll(2) is to be told: milliseconds, rounded up, -1 for never.
    [[nodiscard]] int poll_timeout() const noexcept {
        const TimeLimit rest = left();
        if (!rest) return -1;
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*rest).count();
        return static_cast<int>(std::min<std::chrono::milliseconds::rep>(milliseconds, INT_MAX));
    }
    [[nodiscard]] static Deadline earlier(Deadline a, Deadline b) noexcept {
        if (!a.at_) return b;
        if (!b.at_) return a;
        return *a.at_ < *b.at_ ? a : b;
    }

private:
    std::optional<Clock::time_point> at_;
};

}  // namespace parley

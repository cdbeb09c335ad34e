// Text with an upper bound: where repr() writes. What does not fit is dropped and remembered.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace parley::pickle {

/// Collects text up to a limit. Writers of long texts ask `full()` now and then and stop early, so
/// that the time spent is bounded by the limit as well; work that leads to no text is told to
/// `spend`.
class ReprSink {
public:
    explicit ReprSink(std::optional<std::size_t> limit) noexcept
        : limit_(limit.value_or(std::numeric_limits<std::size_t>::max())) {}

    [[nodiscard]] bool full() const noexcept { return text_.size() > limit_ || spent_ > limit_; }
    /// So many things were looked at.
    void spend(std::size_t count) noexcept { spent_ += count; }
    void put(char character) {
        if (!full()) text_ += character;
    }
    void put(std::string_view text) {
        if (!full()) text_ += text;
    }

    /// The text, or the part of it within the limit with "..." behind it.
    [[nodiscard]] std::string finish() &&;

private:
    std::string text_;
    std::size_t limit_;
    std::size_t spent_ = 0;
};

}  // namespace parley::pickle

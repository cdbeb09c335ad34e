#include "progress.hpp"

#include "standard_streams.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace parley::tools {
namespace {

constexpr std::chrono::milliseconds first_after{500};
constexpr std::chrono::milliseconds then_each{100};
constexpr std::string_view erase_line = "\r\x1b[K";

std::mutex& terminal() {
    static std::mutex mutex;
    return mutex;
}

std::string size_text(double bytes) {
    constexpr std::array units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < units.size(); ++unit)
        bytes /= 1024;
    return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

std::string bar(double part) {
    constexpr double width = 30;
    const auto filled = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * width);
    return fmt::format("[{:<30}] {:3.0f} %", std::string(filled, '#'), 100 * part);
}

}  // namespace

Progress::Progress(std::string doing, std::function<std::uint64_t()> done,
                   std::optional<std::uint64_t> total)
    : doing_(std::move(doing)), done_(std::move(done)), total_(total) {
    if (!can_draw(STDERR_FILENO)) return;
    terminal_ = std::unique_lock(terminal(), std::try_to_lock);
    if (terminal_) thread_ = std::thread([this] { run(); });
}

Progress::~Progress() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    ended_.notify_all();
    thread_.join();
}

void Progress::run() {
    const Clock::time_point begin = Clock::now();
    std::unique_lock lock(mutex_);
    bool is_drawn = false;
    while (
        !ended_.wait_for(lock, is_drawn ? then_each : first_after, [this] { return is_over_; })) {
        draw(std::string(erase_line) + line(Clock::now() - begin));
        is_drawn = true;
    }
    if (is_drawn) draw(erase_line);
}

std::string Progress::line(Clock::duration since_begin) const {
    const auto done = static_cast<double>(done_());
    const double seconds = std::chrono::duration<double>(since_begin).count();
    std::string text = fmt::format("{} {}", doing_, size_text(done));
    if (total_ && *total_ > 0) {
        const auto total = static_cast<double>(*total_);
        text += fmt::format(" of {} {}", size_text(total), bar(std::min(done / total, 1.0)));
    }
    return text + fmt::format(" {}/s", size_text(done / seconds));
}

}  // namespace parley::tools

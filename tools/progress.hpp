// How far a transfer is, drawn on standard error while it lasts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace parley::tools {

/// Draws a line again and again, in a thread of its own, and takes it away at the end. Does nothing
/// where standard error is no terminal or another Progress draws already, and nothing about
/// transfers that are over in a moment.
class Progress {
public:
    /// `done` says how many bytes went so far, from any thread; `total`, where it is known, how
    /// many there will be.
    Progress(std::string doing, std::function<std::uint64_t()> done,
             std::optional<std::uint64_t> total = std::nullopt);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

private:
    using Clock = std::chrono::steady_clock;

    void run();
    [[nodiscard]] std::string line(Clock::duration since_begin) const;

    std::unique_lock<std::mutex> terminal_;
    std::string doing_;
    std::function<std::uint64_t()> done_;
    std::optional<std::uint64_t> total_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace parley::tools

// Threads of a test, and how to tell that one of them waits.
#pragma once

#include <parley/error.hpp>

#include <dirent.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace support {

using namespace std::chrono_literals;

/// Long enough for anything that is to happen, however busy the machine: it only ends hangs.
inline constexpr std::chrono::seconds patience{60};
/// Long enough to wait for what does not come.
inline constexpr std::chrono::milliseconds moment{20};

/// The code that a call fails with; none where it does not.
template <typename Call>
boost::system::error_code failure_of(Call call) {
    try {
        static_cast<void>(call());
        return {};
    } catch (const parley::Error& error) {
        return error.code();
    }
}

/// What a call throws, in words; empty where it throws nothing.
template <typename Call>
std::string words_of(Call call) {
    try {
        static_cast<void>(call());
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

/// A thread that runs a call; `failure` joins it and tells the call's code.
class Worker {
public:
    template <typename Call>
    explicit Worker(Call call)
        : thread_([this, call = std::move(call)]() mutable {
              id_.store(::gettid());
              failure_ = failure_of(std::move(call));
          }) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        if (thread_.joinable()) thread_.join();
    }

    boost::system::error_code failure() {
        thread_.join();
        return failure_;
    }
    pid_t id() const {
        while (id_.load() == 0)
            std::this_thread::yield();
        return id_.load();
    }
    std::thread::native_handle_type handle() { return thread_.native_handle(); }

    /// Returns once the thread sleeps in a system call, or has ended.
    void until_asleep() const {
        while (state() == 'R')
            std::this_thread::yield();
    }

private:
    char state() const {
        std::ifstream stat("/proc/self/task/" + std::to_string(id()) + "/stat");
        std::string text;
        if (!std::getline(stat, text)) return 'X';
        return text[text.rfind(')') + 2];
    }

    std::atomic<pid_t> id_{0};
    boost::system::error_code failure_;
    std::thread thread_;  // the last to come and the first to go
};

/// How many descriptors this process has open.
inline int open_descriptors() {
    int count = 0;
    DIR* folder = ::opendir("/proc/self/fd");
    while (::readdir(folder) != nullptr)
        ++count;
    ::closedir(folder);
    return count;
}

}  // namespace support

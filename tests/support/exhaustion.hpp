// A process without a descriptor to spare.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace support {

/// From construction to destruction no descriptor can be opened, but those that `free` gives back.
class Exhaustion {
public:
    Exhaustion() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 256;
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int number = open(); number >= 0; number = open())
            fillers_.push_back(number);
    }
    Exhaustion(const Exhaustion&) = delete;
    Exhaustion& operator=(const Exhaustion&) = delete;
    ~Exhaustion() {
        free(fillers_.size());
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

    void free(std::size_t count) {
        for (; count > 0; --count) {
            ::close(fillers_.back());
            fillers_.pop_back();
        }
    }

private:
    static int open() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

    rlimit before_{};
    std::vector<int> fillers_;
};

}  // namespace support

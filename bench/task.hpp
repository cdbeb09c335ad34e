// What one end of a measurement is told to do, and how it takes times. Every peer program speaks
// the same command line, so that bench/run.py can set any two of them against each other:
//   PEER serve VARIANT WORKLOAD SIZE SECONDS ADDRESS    prints the address once bound
//   PEER call  VARIANT WORKLOAD SIZE SECONDS ADDRESS
// Whoever measures prints the seconds that one message, round trip or connection took.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace bench {

enum class Workload {
    round_trip,  // the caller sends, the server sends back; the caller measures
    stream,      // the caller sends one message a call; the server measures
    batch,       // the same, many messages to a system call
    connect,     // the caller connects, proves the key, closes, and measures
    visit,       // the same with a round trip before the close
};

struct Task {
    bool serves = false;
    std::string variant;
    Workload workload = Workload::round_trip;
    std::size_t size = 0;
    double seconds = 0;
    /// As parley writes them: HOST:PORT or unix:PATH.
    std::string address;

    [[nodiscard]] bool has_key() const noexcept {
        return workload == Workload::connect || workload == Workload::visit;
    }
    [[nodiscard]] bool is_one_way() const noexcept {
        return workload == Workload::stream || workload == Workload::batch;
    }
};

/// The key of the workloads that have one.
inline constexpr const char* key = "a key of the benchmarks";

/// Ends the program with a line of explanation where the words make no task.
[[nodiscard]] Task parse_task(int argc, char** argv);

/// The median seconds of one operation, `run(n)` doing n of them: in batches of some milliseconds,
/// until the time is over.
[[nodiscard]] double seconds_each(double seconds, const std::function<void(std::uint64_t)>& run);

/// The mean seconds of one operation over the time, after a while to warm up. For streams: what
/// lies in the kernel's buffers makes some batches look faster than the stream is.
[[nodiscard]] double seconds_on_average(double seconds,
                                        const std::function<void(std::uint64_t)>& run);

void print_address(const std::string& address);
void print_seconds(double seconds);

/// Ends the program with errno's words.
[[noreturn]] void fail(const char* what);

}  // namespace bench

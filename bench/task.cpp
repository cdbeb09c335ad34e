#include "task.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

// Short enough that what else runs on the machine spoils few of them, long enough for the clock.
constexpr double batch_seconds = 0.004;

double timed(const std::function<void(std::uint64_t)>& run, std::uint64_t count) {
    const auto begin = Clock::now();
    run(count);
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// How many operations take so long; they are done, which warms everything up.
std::uint64_t batch_size(const std::function<void(std::uint64_t)>& run, double at_least) {
    std::uint64_t count = 1;
    while (timed(run, count) < at_least)
        count *= 2;
    return count;
}

const std::map<std::string, Workload> workloads{
    {"round_trip", Workload::round_trip}, {"stream", Workload::stream}, {"batch", Workload::batch},
    {"connect", Workload::connect},       {"visit", Workload::visit},
};

[[noreturn]] void usage(const char* program) {
    std::fprintf(stderr, "usage: %s serve|call VARIANT WORKLOAD SIZE SECONDS ADDRESS\n", program);
    std::exit(2);
}

}  // namespace

Task parse_task(int argc, char** argv) {
    if (argc != 7) usage(argv[0]);
    const std::string side = argv[1];
    const auto workload = workloads.find(argv[3]);
    if ((side != "serve" && side != "call") || workload == workloads.end()) usage(argv[0]);
    return {side == "serve",
            argv[2],
            workload->second,
            std::strtoul(argv[4], nullptr, 10),
            std::strtod(argv[5], nullptr),
            argv[6]};
}

double seconds_each(double seconds, const std::function<void(std::uint64_t)>& run) {
    const std::uint64_t count = batch_size(run, batch_seconds);
    std::vector<double> each;
    for (double total = 0; total < seconds || each.size() < 5;) {
        const double taken = timed(run, count);
        each.push_back(taken / static_cast<double>(count));
        total += taken;
    }
    const auto middle = each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2);
    std::nth_element(each.begin(), middle, each.end());
    return *middle;
}

double seconds_on_average(double seconds, const std::function<void(std::uint64_t)>& run) {
    const std::uint64_t count = batch_size(run, 5 * batch_seconds);
    double total = 0;
    std::uint64_t batches = 0;
    for (; total < seconds || batches < 2; ++batches)
        total += timed(run, count);
    return total / static_cast<double>(batches * count);
}

void print_address(const std::string& address) {
    std::printf("%s\n", address.c_str());
    std::fflush(stdout);
}

void print_seconds(double seconds) {
    std::printf("%.12g\n", seconds);
    std::fflush(stdout);
}

void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

}  // namespace bench

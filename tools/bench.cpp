// parley bench: how fast the other side answers.
#include "client_option.hpp"
#include "exit_status.hpp"
#include "options.hpp"
#include "percentiles.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <parley/client.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace parley::tools {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

struct Bench {
    ClientOption client;
    std::size_t size = 64;
    std::size_t big_size = 1 << 20;
    std::optional<double> seconds = 3.0;
    unsigned clients = 1;
    bool raw = false;

    void run() const;
    void measure(std::vector<Client>& connections, std::size_t message_size) const;
    void measure_one(Client& connection, std::size_t message_size, Clock::time_point end,
                     std::vector<nanoseconds>& times) const;
    [[nodiscard]] std::function<std::size_t(Client&)> exchange(std::size_t message_size) const;
};

/// One message there and its reply back; how long the reply was.
std::function<std::size_t(Client&)> Bench::exchange(std::size_t message_size) const {
    const TimeLimit limit = client.timeout();
    const auto payload = std::make_shared<Buffer>(message_size);
    std::fill(payload->begin(), payload->end(), std::byte{'x'});
    const auto reply = std::make_shared<Buffer>();
    if (raw) {
        return [=](Client& connection) {
            connection.send_bytes(ConstBytes(payload->data(), payload->size()), limit);
            connection.recv_bytes_into(*reply, limit);
            return reply->size();
        };
    }
    const Value message = bytes(std::span<const std::byte>(*payload));
    return [=](Client& connection) {
        connection.send(message, limit);
        const Value answer = connection.recv(limit);
        const auto content = answer.if_bytes();
        return content ? content->size() : 0;
    };
}

void Bench::measure_one(Client& connection, std::size_t message_size, Clock::time_point end,
                        std::vector<nanoseconds>& times) const {
    const auto once = exchange(message_size);
    if (once(connection) != message_size) {
        throw Trouble(ExitStatus::peer,
                      "the other side does not send back what it gets: bench needs an echo");
    }
    auto begin = Clock::now();
    do {  // one at least, however slow
        once(connection);
        const auto now = Clock::now();
        times.push_back(now - begin);
        begin = now;
    } while (begin < end);
}

void Bench::measure(std::vector<Client>& connections, std::size_t message_size) const {
    const auto length = to_time_limit(seconds).value();
    std::vector<std::vector<nanoseconds>> times(connections.size());
    std::vector<std::exception_ptr> failures(connections.size());
    std::vector<std::thread> threads;
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < connections.size(); ++i) {
        threads.emplace_back([&, i] {
            try {
                measure_one(connections[i], message_size, begin + length, times[i]);
            } catch (...) {
                failures[i] = std::current_exception();
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    const std::chrono::duration<double> taken = Clock::now() - begin;
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
    const Percentiles all(times);
    const double rate = static_cast<double>(all.count()) / taken.count();
    write_line(fmt::format("{:>9}  {:>11.0f}  {:>9.1f}  {}", message_size, rate,
                           2 * rate * static_cast<double>(message_size) / (1 << 20),
                           all.to_string()));
}

void Bench::run() const {
    std::vector<Client> connections;
    for (unsigned i = 0; i < clients; ++i)
        connections.push_back(client.connect());
    write_line(fmt::format("{}, {} at once, {} for each line", raw ? "bytes" : "objects", clients,
                           fmt::format("{:g} s", *seconds)));
    write_line(fmt::format("{:>9}  {:>11}  {:>9}  {}", "size", "round trips", "MiB/s",
                           Percentiles::title()));
    measure(connections, size);
    if (big_size > size) measure(connections, big_size);
}

constexpr const char* bench_examples = R"(
Sends messages to a listener that sends them back, one at a time on each connection. MiB/s counts
both ways; times are microseconds.

Examples:
  parley bench localhost:8888 --authkey-file key
  parley bench unix:/tmp/echo --raw --clients 4 --seconds 10)";

}  // namespace

void add_bench(CLI::App& program) {
    CLI::App& verb = *program.add_subcommand("bench", "Measure round trips to an echo.");
    const auto bench = std::make_shared<Bench>();
    bench->client.add_to(verb);
    const auto sizes = CLI::Range(std::size_t{0}, std::size_t{1} << 30U).description("");
    verb.add_option("--size", bench->size, "The bytes in a small message")
        ->type_name("BYTES")
        ->check(sizes)
        ->capture_default_str();
    verb.add_option("--big-size", bench->big_size, "The bytes in a big message; 0 for none")
        ->type_name("BYTES")
        ->check(sizes)
        ->capture_default_str();
    add_seconds(verb, "--seconds", bench->seconds, "How long for each size");
    verb.add_option("--clients", bench->clients, "Connections, each in a thread of its own")
        ->type_name("N")
        ->check(CLI::Range(1, 10000).description(""))
        ->capture_default_str();
    verb.add_flag("--raw", bench->raw, "Messages are bytes, not objects");
    verb.footer(bench_examples);
    verb.callback([bench] { bench->run(); });
}

}  // namespace parley::tools

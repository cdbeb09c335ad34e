// The two ends of every workload, for a Library that has
//   Library::Server(task), with address() and accept(), which gives a Channel
//   Library::connect(task), which gives a Channel
// and a Channel that has
//   send(payload)       one message, one call
//   send_many(payload, count)   the same message many times, as cheaply as the library can
//   receive()           one message, into memory of the channel; false at the end of the stream
//   echo()              receives one message and sends it back; false at the end of the stream
#pragma once

#include "task.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace bench {

using Payload = std::span<const std::byte>;

template <typename Library>
void serve(const Task& task) {
    typename Library::Server server(task);
    print_address(server.address());
    while (!task.is_one_way()) {
        auto channel = server.accept();
        while (channel.echo()) {
        }
    }
    auto channel = server.accept();
    print_seconds(seconds_on_average(task.seconds, [&](std::uint64_t count) {
        while (count-- > 0)
            channel.receive();
    }));
}

template <typename Channel>
void round_trips(Channel& channel, Payload payload, std::uint64_t count) {
    while (count-- > 0) {
        channel.send(payload);
        channel.receive();
    }
}

template <typename Library>
void call(const Task& task) {
    const std::vector<std::byte> bytes(task.size, std::byte{'x'});
    const Payload payload(bytes);
    if (task.has_key()) {
        print_seconds(seconds_each(task.seconds, [&](std::uint64_t count) {
            while (count-- > 0) {
                auto channel = Library::connect(task);
                if (task.workload == Workload::visit) round_trips(channel, payload, 1);
            }
        }));
        return;
    }
    auto channel = Library::connect(task);
    if (!task.is_one_way()) {
        print_seconds(seconds_each(
            task.seconds, [&](std::uint64_t count) { round_trips(channel, payload, count); }));
    }
    // A stream ends when the server has measured enough: it goes, or this program is ended.
    while (task.is_one_way()) {
        if (task.workload == Workload::stream)
            channel.send(payload);
        else
            channel.send_many(payload, 1000);
    }
}

template <typename Library>
void run(const Task& task) {
    task.serves ? serve<Library>(task) : call<Library>(task);
}

}  // namespace bench

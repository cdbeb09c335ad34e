#include "client_threads.hpp"

#include "about_peer.hpp"
#include "heap.hpp"
#include "log.hpp"

#include <parley/error.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace parley::tools {
namespace {

// After so many bytes from a client, what it took of the heap is given back.
constexpr std::uint64_t big = std::uint64_t{64} << 10U;

}  // namespace

ClientThreads::~ClientThreads() {
    std::unique_lock lock(mutex_);
    for (Connection& connection : connections_)
        connection.close();
    all_gone_.wait(lock, [this] { return connections_.empty(); });
}

void ClientThreads::start(Connection connection) {
    const std::lock_guard lock(mutex_);
    const auto client = connections_.insert(connections_.end(), std::move(connection));
    try {
        std::thread([this, client] { run(client); }).detach();
    } catch (const std::system_error& error) {
        log_failure(fmt::format("{}: no thread for it: {}", client->peer(), error.what()));
        connections_.erase(client);
    }
}

void ClientThreads::run(Client client) {
    log_detail(client->peer() + ": connected");
    try {
        serve_(*client);
    } catch (const EndOfFile&) {
        log_detail(client->peer() + ": done");
    } catch (const std::exception& error) {
        const bool is_our_doing = client->closed();
        if (!is_our_doing) log_failure(about_peer(client->peer(), error.what()));
    }
    const bool was_big = client->counters().bytes_received > big;
    {
        const std::lock_guard lock(mutex_);
        connections_.erase(client);
        if (connections_.empty()) all_gone_.notify_all();
    }
    if (was_big) trim_heap();
}

}  // namespace parley::tools

#include "service.hpp"

#include "system_failure.hpp"
#include "wait_list.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace parley {
namespace {

// How long a thread without a client stays, for the next one.
constexpr std::chrono::seconds idle_time{1};

/// Ends what a client says; what has arrived can still be received.
void end_receiving(ConnectionState& client) noexcept {
    if (client.occupancy.enter()) static_cast<void>(client.transport.shutdown(SHUT_RD));
    client.leave();
}

}  // namespace

Service::Service(const ServeHandler& handler, const ServeOptions& options)
    : handler_(handler), options_(options), room_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!room_.is_open()) throw_failure(system_failure(errno, "eventfd"));
}

Service::~Service() {
    finish(Deadline(TimeLimit(0)));
}

bool Service::has_room() {
    drain_wakeup(room_.get());
    const std::lock_guard lock(mutex_);
    return clients_.size() + waiting_.size() < std::max<std::size_t>(options_.max_connections, 1);
}

void Service::take(Connection client) {
    Threads ended;
    std::unique_lock lock(mutex_);
    ended.swap(ended_);
    waiting_.push_back(std::move(client));
    if (idle_ >= waiting_.size()) {
        changed_.notify_all();
    } else {
        const auto self = threads_.emplace(threads_.end());
        try {
            *self = std::thread([this, self] { work(self); });
        } catch (const std::system_error& error) {
            threads_.erase(self);
            const Connection without_thread = std::move(waiting_.back());
            waiting_.pop_back();
            lock.unlock();
            report(without_thread.peer(), error);
        }
    }
    if (lock.owns_lock()) lock.unlock();
    for (std::thread& thread : ended)
        thread.join();
}

void Service::work(Threads::iterator self) {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait_for(lock, idle_time,
                          [this] { return phase_ != Phase::serving || !waiting_.empty(); });
        --idle_;
        if (waiting_.empty()) break;
        Connection client = std::move(waiting_.front());
        waiting_.pop_front();
        const auto place = clients_.insert(clients_.end(), client.state());
        if (phase_ == Phase::ending) end_receiving(**place);
        if (phase_ == Phase::over) (*place)->close();
        lock.unlock();
        handle(std::move(client));
        lock.lock();
        leave(place);
    }
    ended_.splice(ended_.end(), threads_, self);
    changed_.notify_all();
}

void Service::handle(Connection client) {
    const std::string peer = client.peer();
    try {
        handler_(client);
    } catch (const EndOfFile&) {
    } catch (const Error& error) {
        bool is_our_doing = false;
        {
            const std::lock_guard lock(mutex_);
            is_our_doing = phase_ != Phase::serving;
        }
        if (!is_our_doing) report(peer, error);
    } catch (const std::exception& error) {
        report(peer, error);
    } catch (...) {
        report(peer, std::runtime_error("an exception of no known type"));
    }
}

void Service::report(const std::string& peer, const std::exception& error) {
    const std::lock_guard lock(report_mutex_);
    if (options_.on_failed) options_.on_failed(peer, error);
}

void Service::leave(Clients::iterator place) {
    clients_.erase(place);
    ::eventfd_write(room_.get(), 1);
    changed_.notify_all();
}

bool Service::all_gone(std::unique_lock<std::mutex>& lock, Deadline deadline) {
    const auto are_gone = [this] { return threads_.empty(); };
    const TimeLimit left = deadline.left();
    if (left) return changed_.wait_for(lock, *left, are_gone);
    changed_.wait(lock, are_gone);
    return true;
}

void Service::finish(Deadline deadline) {
    std::unique_lock lock(mutex_);
    phase_ = Phase::ending;
    changed_.notify_all();
    for (const Client& client : clients_)
        end_receiving(*client);
    if (!all_gone(lock, deadline)) {
        phase_ = Phase::over;
        for (const Client& client : clients_)
            client->close();
        static_cast<void>(all_gone(lock, Deadline()));
    }
    Threads ended;
    ended.swap(ended_);
    lock.unlock();
    for (std::thread& thread : ended)
        thread.join();
}

}  // namespace parley

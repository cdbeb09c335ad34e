#include "connection_state.hpp"
#include "deadline.hpp"
#include "system_failure.hpp"
#include "wait_list.hpp"

#include <parley/wait.hpp>

#include <poll.h>

#include <deque>

namespace parley {
namespace {

class DescriptorWatch final : public Watch {
public:
    explicit DescriptorWatch(int descriptor) noexcept : descriptor_(descriptor) {}

    bool is_ready() override { return false; }
    int fileno() const noexcept override { return descriptor_; }
    bool on_events(short events) override {
        if ((events & POLLNVAL) != 0) {
            throw_failure({Errc::closed, "descriptor " + std::to_string(descriptor_)});
        }
        return events != 0;
    }

private:
    int descriptor_;
};

class ConnectionWatch final : public Watch {
public:
    explicit ConnectionWatch(const std::shared_ptr<ConnectionState>& state) : reception_(state) {}

    WaitList* waits() noexcept override { return &reception_->waits; }
    std::uint64_t since() const noexcept override { return reception_.since(); }
    bool is_ready() override {
        const Result<bool> ready = reception_->reader.ready();
        return ready.has_error() || *ready;
    }
    int fileno() const noexcept override { return reception_->transport.fileno(); }
    bool on_events(short events) override { return events != 0; }

private:
    Reception reception_;
};

/// The objects of one call, and this thread where all of them can wake it.
class Watches {
public:
    explicit Watches(const std::vector<Waitable>& objects)
        : eventfd_(wakeup_descriptor()), entries_(objects.size() + 1) {
        watches_.reserve(objects.size());
        for (const Waitable& object : objects) {
            watches_.push_back(object.watch());
            if (WaitList* list = watches_.back()->waits()) {
                seen_.push_back({list, watches_.back()->since()});
                enlistments_.emplace_back(*list, eventfd_);
            }
        }
    }

    /// One round: looks at every object, and sleeps until the deadline where none is ready at once.
    std::vector<std::size_t> look(Deadline deadline) {
        std::vector<bool> ready(watches_.size());
        bool any_ready = false;
        for (std::size_t i = 0; i < watches_.size(); ++i) {
            ready[i] = watches_[i]->is_ready();
            any_ready = any_ready || ready[i];
            entries_[i] = {.fd = watches_[i]->fileno(), .events = POLLIN, .revents = 0};
            deadline = Deadline::earlier(deadline, Deadline(watches_[i]->attention_within()));
        }
        // With something ready already, the others are only asked, not waited for.
        if (any_ready) deadline = Deadline(TimeLimit(0));
        if (eventfd_ < 0) deadline = Deadline::earlier(deadline, Deadline(unwakeable_time));
        sleep(deadline);
        std::vector<std::size_t> indexes;
        for (std::size_t i = 0; i < watches_.size(); ++i) {
            const bool has_events = watches_[i]->on_events(entries_[i].revents);
            if (ready[i] || has_events) indexes.push_back(i);
        }
        return indexes;
    }

private:
    struct Seen {
        WaitList* list;
        WaitList::Epoch epoch;
    };

    void sleep(Deadline deadline) {
        entries_.back() = {.fd = eventfd_, .events = POLLIN, .revents = 0};
        static_cast<void>(poll_until(entries_.data(), entries_.size(), deadline));
        if (entries_.back().revents != 0) drain_wakeup(eventfd_);
        for (const Seen& seen : seen_) {
            if (seen.list->epoch() != seen.epoch) throw_failure(canceled());
        }
    }

    int eventfd_;
    std::vector<std::unique_ptr<Watch>> watches_;
    std::vector<pollfd> entries_;
    std::vector<Seen> seen_;
    std::deque<WaitList::Enlistment> enlistments_;
};

}  // namespace

Waitable::Waitable(const ConnectionBase& connection)
    : make_watch_(
          [state = connection.state()] { return std::make_unique<ConnectionWatch>(state); }) {}

Waitable::Waitable(int descriptor)
    : make_watch_([descriptor] { return std::make_unique<DescriptorWatch>(descriptor); }) {}

std::vector<std::size_t> wait(const std::vector<Waitable>& objects, TimeLimit timeout) {
    const Deadline deadline(timeout);
    Watches watches(objects);
    for (;;) {
        std::vector<std::size_t> ready = watches.look(deadline);
        if (!ready.empty() || deadline.has_passed()) return ready;
    }
}

}  // namespace parley

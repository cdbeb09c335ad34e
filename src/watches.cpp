#include "watches.hpp"

#include "system_failure.hpp"

namespace parley {

Watches::Watches(const std::vector<Waitable>& objects, int eventfd)
    : eventfd_(eventfd), entries_(objects.size() + 1) {
    watches_.reserve(objects.size());
    for (const Waitable& object : objects) {
        watches_.push_back(object.watch());
        if (WaitList* list = watches_.back()->waits()) {
            seen_.push_back({list, watches_.back()->since()});
            enlistments_.emplace_back(*list, eventfd_);
        }
    }
}

std::vector<std::size_t> Watches::look(Deadline deadline) {
    std::vector<bool> ready(watches_.size());
    bool any_ready = false;
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        ready[i] = watches_[i]->is_ready();
        any_ready = any_ready || ready[i];
        entries_[i] = {.fd = watches_[i]->fileno(), .events = POLLIN, .revents = 0};
    }
    // With something ready already, the others are only asked, not waited for.
    deadline = any_ready ? Deadline(TimeLimit(0)) : Deadline::earlier(deadline, attention());
    if (eventfd_ < 0) deadline = Deadline::earlier(deadline, Deadline(unwakeable_time));
    sleep(deadline);
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        const bool has_events = watches_[i]->on_events(entries_[i].revents);
        if (ready[i] || has_events) indexes.push_back(i);
    }
    return indexes;
}

Deadline Watches::attention() {
    Deadline earliest;
    for (const auto& watch : watches_)
        earliest = Deadline::earlier(earliest, Deadline(watch->attention_within()));
    return earliest;
}

std::vector<int> Watches::descriptors() const {
    std::vector<int> all;
    for (const auto& watch : watches_)
        all.push_back(watch->fileno());
    return all;
}

void Watches::sleep(Deadline deadline) {
    entries_.back() = {.fd = eventfd_, .events = POLLIN, .revents = 0};
    // Who closed or cancelled before we were enlisted has not written to the eventfd.
    check_epochs();
    static_cast<void>(poll_until(entries_.data(), entries_.size(), deadline));
    if (entries_.back().revents != 0) drain_wakeup(eventfd_);
    check_epochs();
}

void Watches::check_epochs() const {
    for (const Seen& seen : seen_) {
        if (seen.list->epoch() != seen.epoch) throw_failure(canceled());
    }
}

}  // namespace parley

#include "listener_state.hpp"
#include "system_failure.hpp"

#include <parley/listener.hpp>

#include <utility>

namespace parley {
namespace {

/// Moves on what is under way, and tells who was dropped.
void progress(ListenerState& listener, Deadline until = Deadline(TimeLimit(0))) {
    listener.progress(until);
    while (const auto rejection = listener.take_rejection())
        listener.tell(*rejection);
}

class ListenerWatch final : public Watch {
public:
    explicit ListenerWatch(const std::shared_ptr<ListenerState>& state) : listener_(state) {}

    WaitList* waits() noexcept override { return &listener_->waits; }
    std::uint64_t since() const noexcept override { return listener_.since(); }
    bool is_ready() override {
        if (!listener_->has_accepted()) progress(*listener_);
        return listener_->has_accepted();
    }
    int fileno() const noexcept override { return listener_->fileno(); }
    TimeLimit attention_within() override { return listener_->attention_within(); }
    bool on_events(short) override { return is_ready(); }

private:
    Attendance listener_;
};

}  // namespace

ListenerBase::ListenerBase(const Address& address, ListenerOptions options)
    : state_(std::make_shared<ListenerState>(address, std::move(options))) {}

ListenerBase::ListenerBase(ListenerBase&&) noexcept = default;

ListenerBase& ListenerBase::operator=(ListenerBase&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

ListenerBase::~ListenerBase() {
    close();
}

std::shared_ptr<ConnectionState> ListenerBase::accept_state(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Attendance listener(state_);
    for (;;) {
        // As long as there are clients to be taken out, no more are let in.
        if (listener->has_accepted()) return listener->take_accepted();
        if (listener->waits.epoch() != listener.since()) throw_failure(canceled());
        const bool is_last_look = deadline.has_passed();
        progress(*listener, Deadline::earlier(deadline, Deadline(listener->attention_within())));
        if (is_last_look && !listener->has_accepted()) {
            throw_failure({Errc::timeout, "no client came"});
        }
    }
}

const Address& ListenerBase::address() const {
    if (!state_) throw_failure({Errc::closed, "listener"});
    return state_->address();
}

std::optional<std::string> ListenerBase::last_accepted() const {
    if (!state_) return std::nullopt;
    return state_->last_accepted();
}

void ListenerBase::close() noexcept {
    if (state_) state_->close();
}

bool ListenerBase::closed() const noexcept {
    return !state_ || state_->occupancy.is_closed();
}

void ListenerBase::cancel() noexcept {
    if (state_) state_->cancel();
}

std::function<std::unique_ptr<Watch>()> ListenerBase::make_watch() const {
    return [state = state_] { return std::make_unique<ListenerWatch>(state); };
}

}  // namespace parley

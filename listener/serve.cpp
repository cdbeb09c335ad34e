#include "listener_state.hpp"
#include "service.hpp"

#include <parley/serve.hpp>
#include <parley/wait.hpp>

#include <memory>
#include <utility>

namespace parley {
namespace {

/// Ends a wait when the listener is closed or cancelled, and leaves it alone otherwise.
class ClosingWatch final : public Watch {
public:
    explicit ClosingWatch(std::shared_ptr<ListenerState> listener)
        : listener_(std::move(listener)), since_(listener_->waits.epoch()) {
        if (listener_->occupancy.is_closed()) throw_failure({Errc::closed, "listener"});
    }

    WaitList* waits() noexcept override { return &listener_->waits; }
    std::uint64_t since() const noexcept override { return since_; }
    bool is_ready() override { return false; }
    int fileno() const noexcept override { return -1; }
    bool on_events(short) override { return false; }

private:
    std::shared_ptr<ListenerState> listener_;
    WaitList::Epoch since_;
};

struct Closing {
    const Listener& listener;
    [[nodiscard]] std::function<std::unique_ptr<Watch>()> make_watch() const {
        return [state = listener.state()] { return std::make_unique<ClosingWatch>(state); };
    }
};

/// Accepts clients until one of the descriptors to stop at can be read.
void accept_until_stopped(Listener& listener, Service& service, const std::vector<int>& stop) {
    std::vector<Waitable> open(stop.begin(), stop.end());
    std::vector<Waitable> full = open;
    open.emplace_back(listener);
    full.emplace_back(Closing{listener});
    full.emplace_back(service.fileno());
    for (;;) {
        const bool has_room = service.has_room();
        if (wait(has_room ? open : full).front() < stop.size()) return;
        if (has_room) service.take(listener.accept());
    }
}

bool is_stopped_by(const Listener& listener, const Error& error) {
    return error.code() == Errc::closed ? listener.closed()
                                        : dynamic_cast<const Canceled*>(&error) != nullptr;
}

}  // namespace

void serve(Listener& listener, const ServeHandler& handler, const ServeOptions& options) {
    if (listener.closed()) throw_failure({Errc::closed, "listener"});
    Service service(handler, options);
    try {
        accept_until_stopped(listener, service, options.stop);
    } catch (const Error& error) {
        if (!is_stopped_by(listener, error)) throw;
    }
    listener.close();
    if (options.on_stop) options.on_stop();
    service.finish(Deadline(options.grace));
}

}  // namespace parley

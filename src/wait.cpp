#include "connection_state.hpp"
#include "deadline.hpp"
#include "system_failure.hpp"
#include "wait_list.hpp"
#include "watches.hpp"

#include <parley/wait.hpp>

#include <poll.h>

namespace parley {
namespace {

class DescriptorWatch final : public Watch {
public:
    // poll(2) passes over negative numbers, and would wait for ever.
    explicit DescriptorWatch(int descriptor) : descriptor_(descriptor) {
        if (descriptor < 0) refuse();
    }

    bool is_ready() override { return false; }
    int fileno() const noexcept override { return descriptor_; }
    bool on_events(short events) override {
        if ((events & POLLNVAL) != 0) refuse();
        return events != 0;
    }

private:
    [[noreturn]] void refuse() const {
        throw_failure({Errc::closed, "descriptor " + std::to_string(descriptor_)});
    }

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

}  // namespace

Waitable::Waitable(const ConnectionBase& connection)
    : make_watch_(
          [state = connection.state()] { return std::make_unique<ConnectionWatch>(state); }) {}

Waitable::Waitable(int descriptor)
    : make_watch_([descriptor] { return std::make_unique<DescriptorWatch>(descriptor); }) {}

std::vector<std::size_t> wait(const std::vector<Waitable>& objects, TimeLimit timeout) {
    const Deadline deadline(timeout);
    Watches watches(objects, wakeup_descriptor());
    for (;;) {
        std::vector<std::size_t> ready = watches.look(deadline);
        if (!ready.empty() || deadline.has_passed()) return ready;
    }
}

}  // namespace parley

#include "engine.hpp"

#include "system_failure.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace parley {
namespace {

constexpr std::size_t scratch_size = std::size_t{64} * 1024;
constexpr std::size_t short_header_size = 4;

/// Where a thread reads to when the algorithm does not mind: a read buffer belongs to whoever
/// reads, not to a connection that waits.
MutableBytes scratch() {
    thread_local const std::unique_ptr<std::byte[]> bytes(new std::byte[scratch_size]);
    return {bytes.get(), scratch_size};
}

/// An algorithm that knows where the payload of a frame may go before its header is in.
template <typename Machine>
concept LooksAhead = requires(Machine& machine) {
    machine.ahead();
};

/// One system call for a step; the errno, or 0.
template <typename Machine>
int carry_out(Transport& transport, Machine& algorithm, const Send& send, Patience patience) {
    const Transfer transfer = transport.write(send.parts, patience);
    transport.bytes_written.add(transfer.size);
    if (send.farewell && transfer.error != 0) {
        algorithm.sent(size_of(send.parts));  // what the algorithm fails with says more
        return 0;
    }
    if (transfer.error == 0) algorithm.sent(transfer.size);
    return transfer.error;
}

template <LooksAhead Machine>
int read_ahead(Transport& transport, Machine& algorithm, MutableBytes ahead, Patience patience) {
    std::array<std::byte, short_header_size> header;
    const std::array parts{MutableBytes(header), ahead};
    const Transfer transfer = transport.read(parts, patience);
    transport.bytes_read.add(transfer.size);
    if (transfer.error == 0 && transfer.size == 0) algorithm.received({});
    std::size_t left = transfer.size;
    for (auto part = parts.begin(); left > 0; ++part) {
        const std::size_t count = std::min(left, part->size());
        algorithm.received(part->first(count));
        left -= count;
    }
    if (transfer.error != 0) algorithm.nothing_came();
    return transfer.error;
}

template <typename Machine>
int carry_out(Transport& transport, Machine& algorithm, const Receive& receive, Patience patience) {
    // A peer that writes its header and body apart, with Nagle on, sends the body only once the
    // header is acknowledged.
    if (receive.inside_message) transport.acknowledge_now();
    if (patience == Patience::readiness && transport.is_drained()) return EAGAIN;
    if constexpr (LooksAhead<Machine>) {
        const MutableBytes ahead = receive.into.empty() ? algorithm.ahead() : MutableBytes();
        if (!ahead.empty()) return read_ahead(transport, algorithm, ahead, patience);
    }
    const MutableBytes into = receive.into.empty() ? scratch() : receive.into;
    const Transfer transfer = transport.read(into, patience);
    transport.bytes_read.add(transfer.size);
    if (transfer.error == 0) algorithm.received(into.first(transfer.size));
    return transfer.error;
}

/// What a Send or Receive waits for; nothing where it could be made.
template <typename Machine>
Result<Wants> carry_out(Transport& transport, Machine& algorithm, const Step& step,
                        Patience patience) {
    const auto* receive = std::get_if<Receive>(&step);
    const int error = receive != nullptr
                          ? carry_out(transport, algorithm, *receive, patience)
                          : carry_out(transport, algorithm, std::get<Send>(step), patience);
    if (error == EAGAIN) return receive != nullptr ? Wants::to_read : Wants::to_write;
    if (error != 0) return system_failure(error);
    return Wants::nothing;
}

/// A call's time, and whether somebody has ended it. A call without any time tries all the same.
class Patient {
public:
    Patient(WaitList& waits, Deadline deadline, WaitList::Epoch since)
        : waits_(waits), deadline_(deadline), since_(since), left_(deadline.left()) {}

    [[nodiscard]] Patience patience() const noexcept { return patience_within(left_); }
    /// To be asked between two steps: a peer that keeps the socket busy must not keep us from it.
    [[nodiscard]] Result<void> go_on() {
        if (waits_.epoch() != since_) return canceled();
        const bool had_time = !left_ || *left_ > left_->zero();
        left_ = deadline_.left();
        if (had_time && left_ && *left_ == left_->zero()) return Failure(Errc::timeout);
        return {};
    }
    [[nodiscard]] Result<void> wait(int descriptor, Wants wants) {
        const short events = wants == Wants::to_read ? POLLIN : POLLOUT;
        switch (waits_.wait(descriptor, events, deadline_, since_)) {
            case WaitList::Outcome::ready:
                return {};
            case WaitList::Outcome::timed_out:
                return Failure(Errc::timeout);
            case WaitList::Outcome::woken:
                break;
        }
        return canceled();
    }

private:
    WaitList& waits_;
    Deadline deadline_;
    WaitList::Epoch since_;
    TimeLimit left_;
};

template <typename Machine>
Result<Wants> advance_any(Transport& transport, Machine& algorithm, Patience patience) {
    for (;;) {
        Step step = algorithm.step();
        if (auto* failure = std::get_if<Failure>(&step)) return std::move(*failure);
        if (std::holds_alternative<Done>(step)) return Wants::nothing;
        Result<Wants> wants = carry_out(transport, algorithm, step, patience);
        if (wants.has_error() || *wants != Wants::nothing) return wants;
    }
}

template <typename Machine>
Result<void> run_any(Transport& transport, Machine& algorithm, WaitList& waits, Deadline deadline,
                     WaitList::Epoch since) {
    Patient call(waits, deadline, since);
    for (bool is_first = true;; is_first = false) {
        Step step = algorithm.step();
        if (auto* failure = std::get_if<Failure>(&step)) return std::move(*failure);
        if (std::holds_alternative<Done>(step)) return {};
        if (!is_first) {
            if (Result<void> may_go_on = call.go_on(); !may_go_on) return may_go_on;
        }
        Result<Wants> wants = carry_out(transport, algorithm, step, call.patience());
        if (wants.has_error()) return std::move(wants).error();
        if (*wants == Wants::nothing) continue;
        if (Result<void> waited = call.wait(transport.fileno(), *wants); !waited) return waited;
    }
}

}  // namespace

Result<Wants> advance(Transport& transport, Algorithm& algorithm, Patience patience) {
    return advance_any(transport, algorithm, patience);
}

Result<Wants> advance(Transport& transport, ReceiveFrame& algorithm, Patience patience) {
    return advance_any(transport, algorithm, patience);
}

Result<void> run(Transport& transport, Algorithm& algorithm, WaitList& waits, Deadline deadline,
                 WaitList::Epoch since) {
    return run_any(transport, algorithm, waits, deadline, since);
}

[[gnu::flatten]] Result<void> run(Transport& transport, ReceiveFrame& algorithm, WaitList& waits,
                                  Deadline deadline, WaitList::Epoch since) {
    return run_any(transport, algorithm, waits, deadline, since);
}

}  // namespace parley

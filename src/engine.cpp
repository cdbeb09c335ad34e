#include "engine.hpp"

#include "system_failure.hpp"

#include <poll.h>

#include <cerrno>
#include <memory>

namespace parley {
namespace {

constexpr std::size_t scratch_size = 64 * 1024;

/// Where a thread reads to when the algorithm does not mind: a read buffer belongs to whoever
/// reads, not to a connection that waits.
MutableBytes scratch() {
    thread_local const std::unique_ptr<std::byte[]> bytes(new std::byte[scratch_size]);
    return {bytes.get(), scratch_size};
}

/// One system call for a step; the errno, or 0.
int carry_out(Transport& transport, Algorithm& algorithm, const Send& send, Patience patience) {
    const Transfer transfer = transport.write(send.parts, patience);
    transport.bytes_written.add(transfer.size);
    if (transfer.error == 0) algorithm.sent(transfer.size);
    return transfer.error;
}

int carry_out(Transport& transport, Algorithm& algorithm, const Receive& receive,
              Patience patience) {
    // A peer that writes its header and body apart, with Nagle on, sends the body only once the
    // header is acknowledged.
    if (receive.inside_message) transport.acknowledge_now();
    if (patience == Patience::readiness && transport.is_drained()) return EAGAIN;
    const MutableBytes into = receive.into.empty() ? scratch() : receive.into;
    const Transfer transfer = transport.read(into, patience);
    transport.bytes_read.add(transfer.size);
    if (transfer.error == 0) algorithm.received(into.first(transfer.size));
    return transfer.error;
}

}  // namespace

Result<Wants> advance(Transport& transport, Algorithm& algorithm, Patience patience) {
    for (;;) {
        Step step = algorithm.step();
        int error = 0;
        Wants wants = Wants::nothing;
        if (auto* receive = std::get_if<Receive>(&step)) {
            error = carry_out(transport, algorithm, *receive, patience);
            wants = Wants::to_read;
        } else if (auto* send = std::get_if<Send>(&step)) {
            error = carry_out(transport, algorithm, *send, patience);
            wants = Wants::to_write;
        } else if (auto* failure = std::get_if<Failure>(&step)) {
            return std::move(*failure);
        } else {
            return Wants::nothing;
        }
        if (error == EAGAIN) return wants;
        if (error != 0) return system_failure(error);
    }
}

Result<void> run(Transport& transport, Algorithm& algorithm, WaitList& waits, Deadline deadline,
                 WaitList::Epoch since) {
    for (;;) {
        const TimeLimit left = deadline.left();
        const Patience patience =
            !left || *left > Transport::patience_time ? Patience::some : Patience::none;
        Result<Wants> wants = advance(transport, algorithm, patience);
        if (wants.has_error()) return std::move(wants).error();
        if (*wants == Wants::nothing) return {};
        const short events = *wants == Wants::to_read ? POLLIN : POLLOUT;
        switch (waits.wait(transport.fileno(), events, deadline, since)) {
            case WaitList::Outcome::ready:
                break;
            case WaitList::Outcome::timed_out:
                return Failure(Errc::timeout);
            case WaitList::Outcome::woken:
                return canceled();
        }
    }
}

}  // namespace parley

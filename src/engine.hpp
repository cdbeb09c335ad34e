// Runs an algorithm against a transport. Knows no protocol: it carries out Send and Receive steps,
// blocking (`run`) or until the socket would have to wait (`advance`), which is what asynchronous
// calls, accept and wait are made of.
#pragma once

#include "deadline.hpp"
#include "receive_frame.hpp"
#include "single_threaded.hpp"
#include "transport.hpp"
#include "wait_list.hpp"

#include <parley/step.hpp>

namespace parley {

/// What the algorithm waits for once the socket has nothing more to give or take.
enum class Wants { nothing, to_read, to_write };

/// The patience of a call that has so much time left. Where the process has one thread, nobody is
/// there to end a call that waits without a limit.
[[nodiscard]] inline Patience patience_within(const TimeLimit& left) noexcept {
    if (!left) return is_single_threaded() ? Patience::endless : Patience::some;
    return *left > Transport::patience_time ? Patience::some : Patience::none;
}

/// Carries out steps until the algorithm is done (`nothing`) or the socket would have to wait.
/// A patient call may wait in the kernel for a moment before it says so.
[[nodiscard]] Result<Wants> advance(Transport& transport, Algorithm& algorithm,
                                    Patience patience = Patience::none);

/// The same for the algorithm of every message, whose long payloads go straight to where they stay.
[[nodiscard]] Result<Wants> advance(Transport& transport, ReceiveFrame& algorithm,
                                    Patience patience = Patience::none);

/// Carries out steps to the end. Fails with timeout, operation_canceled (woken since `since`), the
/// algorithm's own failure, or the system's.
[[nodiscard]] Result<void> run(Transport& transport, Algorithm& algorithm, WaitList& waits,
                               Deadline deadline, WaitList::Epoch since);
[[nodiscard]] Result<void> run(Transport& transport, ReceiveFrame& algorithm, WaitList& waits,
                               Deadline deadline, WaitList::Epoch since);

}  // namespace parley

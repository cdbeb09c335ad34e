// What a connection has for its asynchronous calls: its place in the reactor, and who waits there.
#pragma once

#include "send_queue.hpp"
#include "watched_descriptor.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace parley {

/// The executor's next turn of a connection that has sent, where its reactor is ours.
class SendTurn final : public ReactorOperation {
public:
    void complete() override;
    void destroy() noexcept override;

    std::shared_ptr<ConnectionState> connection;
    asynchronous::Handler<> first;
};

/// Guarded by the connection's `async_mutex`.
class AsyncSide : public WatchedDescriptor {
public:
    using WatchedDescriptor::WatchedDescriptor;

    /// A call begins to receive, the only one now: its number.
    [[nodiscard]] std::uint64_t begin_receive() noexcept {
        receive_outcome_.reset();
        return ++receive_number_;
    }
    /// Ends the receiving call with this number, if it is still there: its wait, and any later one.
    void end_receive(std::uint64_t number, boost::system::error_code outcome) noexcept {
        if (number != receive_number_ || receive_outcome_) return;
        receive_outcome_ = outcome;
        end_waits();
    }
    /// What the receiving call was ended with; none where it was not.
    [[nodiscard]] const std::optional<boost::system::error_code>& receive_outcome() const noexcept {
        return receive_outcome_;
    }

    /// For the receiving call that waits.
    alignas(std::max_align_t) std::array<std::byte, 128> receive_memory;
    SendQueue sends;
    bool waits_to_write = false;
    /// Whether something has gone out since the executor last had its turn: what is sent meanwhile
    /// stays in the queue, to go out together.
    bool awaits_turn = false;
    SendTurn turn;
    CompletedSends completed;  ///< To be told so in the next turn.

private:
    std::uint64_t receive_number_ = 0;
    std::optional<boost::system::error_code> receive_outcome_;
};

}  // namespace parley

// What a connection has for its asynchronous calls: its place in the reactor, and who waits there.
#pragma once

#include "send_queue.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace parley {

/// Guarded by the connection's `async_mutex`. The descriptor stays the transport's; it is in the
/// reactor from the first wait to `leave_reactor`.
class AsyncSide {
public:
    using WaitType = boost::asio::posix::descriptor_base::wait_type;

    explicit AsyncSide(const boost::asio::any_io_executor& executor)
        : watched_(executor), home_(executor) {}
    AsyncSide(const AsyncSide&) = delete;
    AsyncSide& operator=(const AsyncSide&) = delete;
    ~AsyncSide() { leave_reactor(); }

    [[nodiscard]] boost::asio::any_io_executor executor() { return watched_.get_executor(); }

    /// The same as what a handler's own executor is compared with: made once, since making it takes
    /// memory.
    [[nodiscard]] const boost::asio::any_completion_executor& home() const noexcept {
        return home_;
    }

    /// Calls the handler once the descriptor can be read or written, or the wait is cancelled.
    template <typename WaitHandler>
    void wait(int descriptor, WaitType type, WaitHandler handler) {
        if (!watched_.is_open()) watched_.assign(descriptor);
        watched_.async_wait(type, std::move(handler));
    }
    /// Ends all waits now, with operation_aborted.
    void end_waits() noexcept;
    /// The same, for good: before the descriptor is closed.
    void leave_reactor() noexcept;

    /// A call begins to receive, the only one now: its number.
    [[nodiscard]] std::uint64_t begin_receive() noexcept {
        receive_outcome_.reset();
        return ++receive_number_;
    }
    template <typename WaitHandler>
    void wait_to_receive(int descriptor, WaitHandler handler) {
        wait(descriptor, WaitType::wait_read, std::move(handler));
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

    SendQueue sends;
    bool waits_to_write = false;
    /// Whether something has gone out since the executor last had its turn: what is sent meanwhile
    /// stays in the queue, to go out together.
    bool awaits_turn = false;
    CompletedSends completed;  ///< To be told so in the next turn.

private:
    boost::asio::posix::stream_descriptor watched_;
    boost::asio::any_completion_executor home_;
    std::uint64_t receive_number_ = 0;
    std::optional<boost::system::error_code> receive_outcome_;
};

}  // namespace parley

// The asynchronous sends of one connection that are not through yet, in the order of their calls.
#pragma once

#include "engine.hpp"
#include "frame_writer.hpp"
#include "gathered_sends.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <cstdint>
#include <memory>

namespace parley {

/// A call that waits for its turn, or for its bytes to go out. Lives in memory of its handler's
/// allocator.
class QueuedSend : public boost::intrusive::list_base_hook<> {
public:
    using Handler = asynchronous::Handler<>;
    using List = boost::intrusive::list<QueuedSend, boost::intrusive::constant_time_size<false>>;
    enum class Kind : std::uint8_t { frame, value, handle, flush, shutdown };

    /// Where that throws, the handler is still the caller's, who may hold a lock.
    static QueuedSend* make(Handler&& handler);
    /// Frees the memory and gives back the handler, which may be called then.
    static Handler take_handler(QueuedSend* send);
    [[nodiscard]] const Handler& handler() const noexcept { return handler_; }
    /// Whether it is a message, and goes through the writer.
    [[nodiscard]] bool is_frame() const noexcept {
        return kind == Kind::frame || kind == Kind::value;
    }

    Kind kind = Kind::frame;
    bool admitted = false;   ///< Its frame is the writer's already.
    bool is_at_home = true;  ///< Its handler has no executor but the connection's.
    int descriptor = -1;
    std::uint64_t number = 0;
    ConstBytes payload;  ///< The caller's, or `pickle`.
    Buffer pickle;
    Value value;
    FrameWriter::Position begin = 0;
    FrameWriter::Position end = 0;
    std::unique_ptr<boost::asio::steady_timer> timer;
    /// The handler's executor and its context's work, where it is not the connection's own.
    boost::asio::any_completion_executor elsewhere;
    boost::system::error_code outcome;

private:
    explicit QueuedSend(Handler&& handler) : handler_(std::move(handler)) {}
    ~QueuedSend() = default;

    Handler handler_;
};

/// Sends that are through, until their handlers are called or destroyed.
class CompletedSends {
public:
    CompletedSends() = default;
    CompletedSends(const CompletedSends&) = delete;
    CompletedSends& operator=(const CompletedSends&) = delete;
    /// Destroys the handlers that have not been posted.
    ~CompletedSends();

    void add(QueuedSend& send, boost::system::error_code outcome) noexcept;
    /// Those come before all others. After `reserve_gathered`, `add` throws nothing.
    void reserve_gathered();
    void add(GatheredSends::Send send) noexcept;
    void add(std::unique_ptr<GatheredSends> sends);
    /// Takes over what the other one has, where nothing is here.
    void take(CompletedSends& other) noexcept {
        gathered_ = std::move(other.gathered_);
        sends_.swap(other.sends_);
    }
    /// Adds what another one has, the last first.
    void add_reversed(CompletedSends& other) noexcept {
        other.sends_.reverse();
        sends_.splice(sends_.end(), other.sends_);
    }
    /// Whether what is added as gathered now keeps its place in the order of the calls.
    [[nodiscard]] bool has_gathered_alone() const noexcept { return sends_.empty(); }
    /// Has every handler called with its outcome, by way of the executor. Not under any lock.
    void post_all(const boost::asio::any_io_executor& executor);
    /// The same from within a function that runs on the executor: handlers that have no executor of
    /// their own are called here, after the first, which went out before them. What such a handler
    /// throws comes out; the others are then posted.
    void call_all(const boost::asio::any_io_executor& executor, QueuedSend::Handler first);
    [[nodiscard]] bool empty() const noexcept { return !has_gathered() && sends_.empty(); }

private:
    [[nodiscard]] bool has_gathered() const noexcept { return gathered_ && !gathered_->empty(); }
    void complete_first(const boost::asio::any_io_executor& executor, bool is_executor_here);

    std::unique_ptr<GatheredSends> gathered_;
    QueuedSend::List sends_;
};

/// The queue. Guarded by the connection's `async_mutex`.
class SendQueue {
public:
    SendQueue() = default;
    SendQueue(const SendQueue&) = delete;
    SendQueue& operator=(const SendQueue&) = delete;
    ~SendQueue();

    [[nodiscard]] bool empty() const noexcept { return sends_.empty() && !has_gathered(); }
    /// Whether a message may be gathered, with none before it that was not.
    [[nodiscard]] bool may_gather() const noexcept { return sends_.empty(); }
    /// Takes a call in whose payload the writer takes at once. Where that throws, nothing is taken.
    void gather(ConnectionState& connection, QueuedSend::Handler&& handler, ConstBytes payload);
    /// Whether the call that was added last is still here.
    [[nodiscard]] bool has(std::uint64_t number) const noexcept {
        return !sends_.empty() && sends_.back().number == number;
    }
    /// Takes the call in; its number is the one to cancel it by.
    std::uint64_t add(QueuedSend& send) noexcept;

    /// Writes as much as the socket takes; `to_write` where it would have to wait.
    [[nodiscard]] Wants progress(ConnectionState& connection, CompletedSends& completed);
    /// Ends one call, by its number, with this outcome. What has begun goes out all the same; with
    /// `total` it is then not ended at all.
    void cancel(ConnectionState& connection, std::uint64_t number,
                boost::asio::cancellation_type type, boost::system::error_code outcome,
                CompletedSends& completed);
    /// Ends the call that was added last, for want of memory. Without memory for what of it has
    /// begun, nothing can be sent any more.
    void end_last(ConnectionState& connection, CompletedSends& completed);
    /// Ends every call with this outcome, as a terminal cancellation does.
    void cancel_all(ConnectionState& connection, boost::system::error_code outcome,
                    CompletedSends& completed);
    /// Ends every call with this outcome, and leaves the writer alone.
    void complete_all(boost::system::error_code outcome, CompletedSends& completed) noexcept;

private:
    using List = QueuedSend::List;

    void admit(ConnectionState& connection, CompletedSends& completed);
    void admit(ConnectionState& connection, QueuedSend& send, CompletedSends& completed);
    [[nodiscard]] bool gather_all(const ConnectionState& connection) const;
    void settle(ConnectionState& connection, CompletedSends& completed);
    [[nodiscard]] int carry_out(ConnectionState& connection, QueuedSend& send);
    List::iterator complete(const List::iterator& send, boost::system::error_code outcome,
                            CompletedSends& completed);

    [[nodiscard]] bool has_gathered() const noexcept { return gathered_ && !gathered_->empty(); }
    void settle_gathered(ConnectionState& connection, CompletedSends& completed);
    void withdraw_gathered(ConnectionState& connection);

    std::unique_ptr<GatheredSends> gathered_;  ///< Before the others.
    List sends_;
    std::uint64_t last_number_ = 0;
};

}  // namespace parley

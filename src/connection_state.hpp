// What a Connection is made of: the transport, the frames in and out, and who is using them.
#pragma once

#include "deadline.hpp"
#include "engine.hpp"
#include "frame_writer.hpp"
#include "light_mutex.hpp"
#include "transport.hpp"
#include "turn.hpp"
#include "wait_list.hpp"

#include <parley/connection_base.hpp>
#include <parley/frame.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>

namespace parley {

/// The calls that are inside a connection, which of them receives, and whether it is closed. The
/// descriptor is closed by whoever leaves last, so that its number is never used again under a call
/// that still waits. All of it is one word: each change of one is what small messages feel.
class Occupancy {
public:
    enum class Entry : std::uint8_t { open, closed, receiving };

    /// False once closed; `leave` must follow in any case.
    [[nodiscard]] bool enter() noexcept {
        return (word_.fetch_add(1, std::memory_order_acquire) & closed_bit) == 0;
    }
    /// Enters as the one call that receives; unless the answer is `open`, nobody has entered.
    [[nodiscard]] Entry enter_to_receive() noexcept {
        std::uint32_t seen = word_.load(std::memory_order_relaxed);
        do {
            if ((seen & closed_bit) != 0) return Entry::closed;
            if ((seen & receiving_bit) != 0) return Entry::receiving;
        } while (!word_.compare_exchange_weak(seen, seen + 1 + receiving_bit,
                                              std::memory_order_acquire));
        return Entry::open;
    }
    /// Whether this was the last one of a closed connection. That is said once: calls that come too
    /// late enter and leave, too.
    [[nodiscard]] bool leave() noexcept { return leave_with(1); }
    [[nodiscard]] bool leave_receiving() noexcept { return leave_with(1 + receiving_bit); }

    /// Becomes the one call that receives, without being inside; false where another is.
    [[nodiscard]] bool claim_receiving() noexcept {
        return (word_.fetch_or(receiving_bit, std::memory_order_acquire) & receiving_bit) == 0;
    }
    void give_up_receiving() noexcept {
        word_.fetch_and(~receiving_bit, std::memory_order_release);
    }

    /// Whether this call closed it; `leave` must follow in any case.
    [[nodiscard]] bool close() noexcept {
        word_.fetch_add(1, std::memory_order_acquire);
        return (word_.fetch_or(closed_bit, std::memory_order_acq_rel) & closed_bit) == 0;
    }
    [[nodiscard]] bool is_closed() const noexcept {
        return (word_.load(std::memory_order_acquire) & closed_bit) != 0;
    }

private:
    static constexpr std::uint32_t closed_bit = 0x80000000U;
    static constexpr std::uint32_t gone_bit = 0x40000000U;
    static constexpr std::uint32_t receiving_bit = 0x20000000U;

    bool leave_with(std::uint32_t part) noexcept {
        const std::uint32_t left = word_.fetch_sub(part, std::memory_order_acq_rel) - part;
        if ((left & ~receiving_bit) != closed_bit) return false;
        return (word_.fetch_or(gone_bit, std::memory_order_acq_rel) & gone_bit) == 0;
    }

    // The bits, and below them the number of calls.
    std::atomic<std::uint32_t> word_{0};
};

class AsyncSide;

/// The state of one connection. The sending half belongs to whoever holds `sending_turn`; the
/// receiving half to the one call that `occupancy` has for it.
class ConnectionState : public std::enable_shared_from_this<ConnectionState> {
public:
    ConnectionState(Transport transport, const MessageOptions& options);
    ConnectionState(Transport transport, const SocketAddress& peer, const MessageOptions& options);
    ConnectionState(const ConnectionState&) = delete;
    ConnectionState& operator=(const ConnectionState&) = delete;
    ~ConnectionState();

    /// Sets what applies from the next message on.
    void set_options(const MessageOptions& options);

    // Sending; the caller is the one who sends.

    /// Sends or gathers one frame.
    [[nodiscard]] Result<void> send_frame(ConstBytes payload, Deadline deadline,
                                          WaitList::Epoch since);
    /// Sends one frame by one system call, where nothing is before it: how much of it has gone out.
    /// Most go out whole, and need no queue; the rest of another must be pushed.
    [[nodiscard]] Result<std::size_t> send_at_once(ConstBytes payload, Patience patience);
    /// Queues a frame of which so much has gone out; the payload must stay. Where that throws, and
    /// some has, nothing can be sent any more.
    void push_rest(ConstBytes payload, std::size_t gone);
    /// After a frame that ends too soon, nothing can be sent any more. The peer of a socket
    /// learns of it now, that of a pipe at the end.
    void close_writing() noexcept;
    [[nodiscard]] Result<void> flush(Deadline deadline, WaitList::Epoch since);
    /// Queues one frame: a small payload is copied, a big one must stay.
    void add_frame(ConstBytes payload);
    /// Whether the frame is one to be gathered, and not sent yet.
    [[nodiscard]] bool gathers(ConstBytes payload) const noexcept;
    /// Whether the queue may take another message from its caller.
    [[nodiscard]] bool has_room() const noexcept {
        return writer.empty() || writer.pending() < send_queue_;
    }
    /// Whether the frame is one to be copied while others are on their way.
    [[nodiscard]] bool may_gather(ConstBytes payload) const noexcept {
        return !corked && payload.size() <= gather_limit && has_room();
    }
    /// Whether what has gathered is to stay for now.
    [[nodiscard]] bool keeps_gathering() const noexcept;
    void count_sent(std::size_t payload_size) noexcept;
    [[nodiscard]] Result<void> send_handle(int descriptor, Deadline deadline,
                                           WaitList::Epoch since);

    // Receiving; the caller is the one who receives.

    /// The longest message from now on, within what the options allow; `frame_limit` for just that.
    void limit_message(std::uint64_t limit) noexcept;
    /// Makes a whole frame current in the reader.
    [[nodiscard]] Result<void> receive_frame(Deadline deadline, WaitList::Epoch since);
    /// Reads on until a frame is current (true) or the socket has no more (false).
    [[nodiscard]] Result<bool> advance_frame();
    /// Reads the byte that a descriptor travels with (true), if it is there.
    [[nodiscard]] Result<bool> advance_byte();
    /// Whether a frame is current that came with an earlier one, so that nothing need be read.
    [[nodiscard]] bool has_frame() const noexcept {
        return reader.has_frame() && !expects_no_challenge;
    }
    /// Whether there is nothing to receive before the descriptor becomes readable.
    [[nodiscard]] bool is_drained() const noexcept {
        return transport.is_drained() && !reader.has_bytes();
    }
    /// At the end of each call: a frame that was not taken is kept from the memory that it was
    /// read into, which is another connection's next. Without memory for that, the stream ends.
    void keep_frame() noexcept {
        if (reader.is_borrowed()) keep_borrowed();
    }
    /// The reader writes to the memory of no call any more. Without memory for what lies there, the
    /// stream ends.
    void stop_directing() noexcept;
    void count_received(std::size_t payload_size) noexcept {
        messages_received.add(1);
        bytes_received.add(payload_size);
    }
    /// The message that is the frame which is current.
    [[nodiscard]] Buffer take_message();
    [[nodiscard]] Result<Descriptor> recv_handle(Deadline deadline, WaitList::Epoch since);
    /// Descriptors pass over Unix sockets alone.
    [[nodiscard]] Result<void> check_handles() const;
    /// The descriptor that came beside the byte just received.
    [[nodiscard]] Result<Descriptor> take_handle();
    /// Turns the frame that is current into a Value and consumes it.
    [[nodiscard]] Result<Value> take_value();
    /// Turns the frame that is current into an object and consumes it.
    [[nodiscard]] Result<void> take_decoded(void* object, pickle::Decode decode);
    /// Turns a message that was taken from the reader into an object.
    [[nodiscard]] Result<void> decode(Buffer message, void* object, pickle::Decode decode);
    /// Moves the frame that is current into the buffer, unless it has arrived there, and consumes
    /// it; its size. Fails with buffer_too_short, and the frame stays current.
    [[nodiscard]] Result<std::size_t> take_into(MutableBytes buffer) {
        if (reader.payload().size() > buffer.size()) return buffer_too_short(buffer.size());
        return copy_out(buffer.data());
    }
    /// Lets the next frame arrive in the buffer; `take_directed` makes it the buffer's content.
    void direct_into(Buffer& buffer);
    void take_directed(Buffer& buffer);
    /// Makes the frame that is current, and has not been directed, the buffer's content.
    void take_into(Buffer& buffer) {
        const std::size_t size = reader.payload().size();
        if (size > buffer.capacity()) {
            buffer = take_message();
        } else {
            buffer.resize(size);
            copy_out(buffer.data());
        }
    }
    /// After a broken frame the stream cannot be read on: `_bad_message_length` of CPython.
    void close_reading() noexcept;
    /// Notes the pickle protocol that the peer writes.
    void note_protocol(int protocol) noexcept;

    [[nodiscard]] bool is_readable() const noexcept { return readable.load(); }
    [[nodiscard]] int protocol() const noexcept;
    /// The failure with the peer's name in its words.
    [[nodiscard]] Failure from_peer(Failure failure) const;

    /// The asynchronous half, made by the first call. Under `async_mutex`.
    [[nodiscard]] AsyncSide& async_side(const boost::asio::any_io_executor& executor);
    /// Keeps the words for `last_failure`; the code. Thread-safe.
    boost::system::error_code note_failure(const Failure& failure);
    [[nodiscard]] Failure last_failure() const;

    void cancel() noexcept;
    void close() noexcept;
    void leave() noexcept {
        if (occupancy.leave()) transport.close();
    }
    void leave_receiving() noexcept {
        if (occupancy.leave_receiving()) transport.close();
    }

    Transport transport;
    FrameReader reader;
    FrameWriter writer;
    WaitList waits;
    Occupancy occupancy;
    Turn sending_turn;
    LightMutex async_mutex;
    std::unique_ptr<AsyncSide> async;
    std::atomic<bool> readable{true};
    std::atomic<bool> writable{true};
    bool corked = false;
    /// We have no key: a challenge as the first message means that the peer wants one.
    bool expects_no_challenge = false;
    /// Kept at connect and accept time: a descriptor can no longer tell once the peer is gone.
    std::string peer;

    // Counted by whoever sends, and by whoever receives.
    StreamCount messages_sent;
    StreamCount messages_received;
    StreamCount bytes_sent;
    StreamCount bytes_received;

private:
    // A longer payload is not copied to be gathered: it is written from where it is.
    static constexpr std::size_t gather_limit = std::size_t{16} * 1024;

    /// Moves the frame that is current to where there is room for it, and consumes it; its size.
    std::size_t copy_out(std::byte* to) {
        const ConstBytes payload = reader.payload();
        count_received(payload.size());
        if (payload.data() != to && !payload.empty())
            std::memcpy(to, payload.data(), payload.size());
        reader.consume();
        return payload.size();
    }
    void keep_borrowed() noexcept;
    [[nodiscard]] Failure buffer_too_short(std::size_t room) const;
    [[nodiscard]] Failure frame_failure(const Failure& failure);
    /// Whether the frame that is current may be one.
    [[nodiscard]] Result<void> check_frame() {
        return expects_no_challenge ? check_first_frame() : Result<void>();
    }
    [[nodiscard]] Result<void> check_first_frame();
    void end_async(bool for_good) noexcept;

    std::uint64_t max_message_ = frame_limit;
    std::size_t send_queue_ = 0;
    int protocol_ = 0;
    std::atomic<int> peer_protocol_{-1};
    std::unique_ptr<const Failure> last_failure_;
};

/// A call inside a connection. Throws UsageError where it is closed.
class Visit {
public:
    explicit Visit(const std::shared_ptr<ConnectionState>& state);
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { receives_ ? state_.leave_receiving() : state_.leave(); }

    [[nodiscard]] ConnectionState* operator->() const noexcept { return &state_; }
    [[nodiscard]] ConnectionState& operator*() const noexcept { return state_; }
    /// Ends with Canceled where the connection was closed or cancelled since the call came in.
    [[nodiscard]] WaitList::Epoch since() const noexcept { return since_; }

protected:
    /// What the receiving side needs beside being open.
    enum class Receiving : std::uint8_t { if_readable, always };

    /// Throws UsageError also where another call is receiving, or nothing can be received.
    Visit(const std::shared_ptr<ConnectionState>& state, Receiving receiving);

private:
    ConnectionState& state_;
    WaitList::Epoch since_;
    bool receives_;
};

/// A Visit that receives: the only one at a time. Throws UsageError where the connection is not
/// readable or is being read.
class Reception : public Visit {
public:
    explicit Reception(const std::shared_ptr<ConnectionState>& state)
        : Visit(state, Receiving::if_readable) {}
    Reception(const Reception&) = delete;
    Reception& operator=(const Reception&) = delete;
    ~Reception() { (**this).keep_frame(); }
};

/// A Visit that sends, alone; others wait for their turn. Throws UsageError where the connection is
/// not writable or asynchronous sends are under way, Timeout where the turn does not come in time,
/// Canceled where it comes too late.
class Sending : public Visit {
public:
    Sending(const std::shared_ptr<ConnectionState>& state, Deadline deadline);
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    ~Sending();
};

/// A Visit that has both directions to itself, whichever of them are open.
class Possession : public Visit {
public:
    explicit Possession(const std::shared_ptr<ConnectionState>& state);
    Possession(const Possession&) = delete;
    Possession& operator=(const Possession&) = delete;
    ~Possession();
};

}  // namespace parley

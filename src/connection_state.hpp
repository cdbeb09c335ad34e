// What a Connection is made of: the transport, the frames in and out, and who is using them.
#pragma once

#include "deadline.hpp"
#include "engine.hpp"
#include "frame_writer.hpp"
#include "transport.hpp"
#include "wait_list.hpp"

#include <parley/connection_base.hpp>
#include <parley/frame.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace parley {

/// The calls that are inside a connection, and whether it is closed. The descriptor is closed by
/// whoever leaves last, so that its number is never used again under a call that still waits.
class Occupancy {
public:
    /// False once closed; otherwise `leave` must follow.
    [[nodiscard]] bool enter() noexcept {
        if ((count_.fetch_add(1, std::memory_order_acquire) & closed_bit) == 0) return true;
        return false;
    }
    /// Whether this was the last one of a closed connection.
    [[nodiscard]] bool leave() noexcept {
        return count_.fetch_sub(1, std::memory_order_acq_rel) == (closed_bit | 1U);
    }
    /// Whether this call closed it; `leave` must follow in any case.
    [[nodiscard]] bool close() noexcept {
        count_.fetch_add(1, std::memory_order_acquire);
        return (count_.fetch_or(closed_bit, std::memory_order_acq_rel) & closed_bit) == 0;
    }
    [[nodiscard]] bool is_closed() const noexcept {
        return (count_.load(std::memory_order_acquire) & closed_bit) != 0;
    }

private:
    static constexpr std::uint32_t closed_bit = 0x80000000U;
    std::atomic<std::uint32_t> count_{0};
};

/// The state of one connection. The sending half is guarded by `send_mutex`; the receiving half
/// belongs to the one call that holds `receiving`.
class ConnectionState {
public:
    ConnectionState(Transport transport, MessageOptions options);
    ConnectionState(const ConnectionState&) = delete;
    ConnectionState& operator=(const ConnectionState&) = delete;
    ~ConnectionState();

    /// Sets what applies from the next message on.
    void set_options(const MessageOptions& options);

    // Sending; the caller holds `send_mutex`.

    /// Sends or gathers one frame.
    [[nodiscard]] Result<void> send_frame(ConstBytes payload, Deadline deadline,
                                          WaitList::Epoch since);
    [[nodiscard]] Result<void> flush(Deadline deadline, WaitList::Epoch since);
    [[nodiscard]] Result<void> send_handle(int descriptor, Deadline deadline,
                                           WaitList::Epoch since);

    // Receiving; the caller holds `receiving`.

    /// Makes a whole frame current in the reader.
    [[nodiscard]] Result<void> receive_frame(Deadline deadline, WaitList::Epoch since);
    /// What follows once a frame is current: the first message is no challenge, and it counts.
    [[nodiscard]] Result<void> accept_frame();
    [[nodiscard]] Result<Descriptor> recv_handle(Deadline deadline, WaitList::Epoch since);
    /// Turns the frame that is current into a Value and consumes it.
    [[nodiscard]] Result<Value> take_value();
    /// Turns the frame that is current into an object and consumes it.
    [[nodiscard]] Result<void> take_decoded(void* object, pickle::Decode decode);
    /// After a broken frame the stream cannot be read on: `_bad_message_length` of CPython.
    void close_reading() noexcept;
    /// Notes the pickle protocol that the peer writes.
    void note_protocol(int protocol) noexcept;

    [[nodiscard]] bool is_readable() const noexcept { return readable.load(); }
    [[nodiscard]] int protocol() const noexcept;
    /// The failure with the peer's name in its words.
    [[nodiscard]] Failure from_peer(Failure failure) const;

    void close() noexcept;
    void leave() noexcept;

    Transport transport;
    FrameReader reader;
    FrameWriter writer;
    WaitList waits;
    Occupancy occupancy;
    std::mutex send_mutex;
    std::atomic<bool> receiving{false};
    std::atomic<bool> readable{true};
    std::atomic<bool> writable{true};
    bool corked = false;
    /// We have no key: a challenge as the first message means that the peer wants one.
    bool expects_no_challenge = false;
    MessageOptions options;
    Buffer pickled;
    /// Kept at connect and accept time: a descriptor can no longer tell once the peer is gone.
    std::string peer;

    std::atomic<std::uint64_t> messages_sent{0};
    std::atomic<std::uint64_t> messages_received{0};
    std::atomic<std::uint64_t> bytes_sent{0};
    std::atomic<std::uint64_t> bytes_received{0};

private:
    std::atomic<int> peer_protocol_{-1};
};

/// A call inside a connection. Throws UsageError where it is closed.
class Visit {
public:
    explicit Visit(const std::shared_ptr<ConnectionState>& state);
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { state_.leave(); }

    [[nodiscard]] ConnectionState* operator->() const noexcept { return &state_; }
    [[nodiscard]] ConnectionState& operator*() const noexcept { return state_; }
    /// Ends with Canceled where the connection was closed or cancelled since the call came in.
    [[nodiscard]] WaitList::Epoch since() const noexcept { return since_; }

private:
    ConnectionState& state_;
    WaitList::Epoch since_;
};

/// A Visit that receives: the only one at a time. Throws UsageError where the connection is not
/// readable or is being read.
class Reception : public Visit {
public:
    explicit Reception(const std::shared_ptr<ConnectionState>& state);
    Reception(const Reception&) = delete;
    Reception& operator=(const Reception&) = delete;
    ~Reception() { (**this).receiving.store(false, std::memory_order_release); }
};

/// A Visit that sends, alone. Throws UsageError where the connection is not writable.
class Sending : public Visit {
public:
    explicit Sending(const std::shared_ptr<ConnectionState>& state);

private:
    std::unique_lock<std::mutex> lock_;
};

}  // namespace parley

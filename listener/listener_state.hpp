// What a Listener is made of: the listening sockets, the clients in their handshake, and those that
// are through. One epoll descriptor stands for them all, so that whoever waits for a listener waits
// for one descriptor.
#pragma once

#include "async_accepts.hpp"
#include "connection_state.hpp"
#include "listening_socket.hpp"
#include "wait_list.hpp"

#include <parley/handshake.hpp>
#include <parley/listener.hpp>

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace parley {

/// Time that passes only while somebody attends to the listener, so that a program that is busy
/// elsewhere lets no client's handshake run out.
class AttendedClock {
public:
    using Duration = std::chrono::nanoseconds;

    void start() noexcept { since_ = Deadline::Clock::now(); }
    void stop() noexcept {
        passed_ = now();
        since_.reset();
    }
    [[nodiscard]] Duration now() const noexcept {
        return since_ ? passed_ + (Deadline::Clock::now() - *since_) : passed_;
    }

private:
    Duration passed_{0};
    std::optional<Deadline::Clock::time_point> since_;
};

/// The state of one listener. Everything but `close`, `cancel` and `address` belongs to the one
/// call that attends to it; the asynchronous accepts together are one, guarded by `async_mutex`.
class ListenerState {
public:
    /// A client that was dropped in its handshake.
    struct Rejection {
        std::string peer;
        Failure failure;
    };

    ListenerState(const Address& address, ListenerOptions options);
    ListenerState(const ListenerState&) = delete;
    ListenerState& operator=(const ListenerState&) = delete;
    ~ListenerState();

    /// Readable when `progress` has something to do.
    [[nodiscard]] int fileno() const noexcept { return epoll_.get(); }
    [[nodiscard]] const Address& address() const noexcept { return listening_.address; }

    /// Accepts who has come and moves the handshakes on as far as they go; waits until then for
    /// something to do, or for `waits` to be woken.
    void progress(Deadline until = Deadline(TimeLimit(0)));
    [[nodiscard]] bool has_accepted() const noexcept { return !accepted_.empty(); }
    /// The next client that has proven the key.
    [[nodiscard]] std::shared_ptr<ConnectionState> take_accepted();
    /// How long nothing needs doing, if nothing comes.
    [[nodiscard]] TimeLimit attention_within() const noexcept;
    [[nodiscard]] std::optional<std::string> last_accepted() const;
    /// The next one to tell of; none where all are told.
    [[nodiscard]] std::optional<Rejection> take_rejection();
    /// Calls `on_rejected`, which may throw, and call the listener: not under `async_mutex`.
    void tell(const Rejection& rejection) const {
        options_.on_rejected(rejection.peer, rejection.failure);
    }

    void cancel() noexcept;
    void close() noexcept;
    void leave() noexcept;
    /// The asynchronous accepts have an end: others may attend.
    void stop_attending() noexcept;

    WaitList waits;
    Occupancy occupancy;
    std::atomic<bool> attended{false};
    AttendedClock clock;
    std::mutex async_mutex;
    std::unique_ptr<AsyncAccepts> async;

private:
    void end_async(bool for_good) noexcept;

    struct HalfOpen;
    using HalfOpens = std::list<HalfOpen>;

    /// Accepts one client, or all where they come in a crowd: to learn that no other is there costs
    /// as much as to accept one. How many they were.
    std::size_t accept_from(int socket);
    void greet(Descriptor descriptor, const SocketAddress& address);
    void move_on(HalfOpens::iterator peer);
    void drop(HalfOpens::iterator peer, const Failure& failure);
    void drop_overdue();
    /// After EMFILE and its like: makes room, or lets the sockets rest for a while.
    void recover_from(int error);
    void rest(bool resting) noexcept;
    void reject(std::string peer, Failure failure);
    [[nodiscard]] Result<void> check_user(const Transport& transport) const;

    ListenerOptions options_;
    ListeningSockets listening_;
    Descriptor epoll_;
    /// In epoll, too, so that who waits there is woken with all others.
    Descriptor wakeup_;
    std::optional<WaitList::Enlistment> enlistment_;
    HalfOpens half_open_;
    std::deque<std::shared_ptr<ConnectionState>> accepted_;
    std::deque<Rejection> rejections_;
    std::optional<AttendedClock::Duration> rests_until_;
    bool is_exhausted_ = false;  ///< And that has been told.
    bool is_crowded_ = false;    ///< Clients had come the last time, and may come many at once.
    mutable std::mutex last_accepted_mutex_;
    std::optional<std::string> last_accepted_;
};

/// The one call that attends to a listener; time runs for its clients meanwhile. Throws UsageError
/// where the listener is closed or somebody attends to it already.
class Attendance {
public:
    explicit Attendance(const std::shared_ptr<ListenerState>& state);
    Attendance(const Attendance&) = delete;
    Attendance& operator=(const Attendance&) = delete;
    ~Attendance();

    [[nodiscard]] ListenerState* operator->() const noexcept { return &state_; }
    [[nodiscard]] ListenerState& operator*() const noexcept { return state_; }
    [[nodiscard]] WaitList::Epoch since() const noexcept { return since_; }

private:
    ListenerState& state_;
    WaitList::Epoch since_;
};

}  // namespace parley

#include "listener_state.hpp"

#include "nonce.hpp"
#include "socket_address.hpp"
#include "system_failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace parley {
namespace {

// How long the listening sockets rest when descriptors have run out and none can be freed.
constexpr std::chrono::milliseconds rest_time{100};

int watch(int epoll, int operation, int descriptor, std::uint32_t events, void* who) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = who;
    return ::epoll_ctl(epoll, operation, descriptor, &event);
}

std::uint32_t events_of(Wants wants) noexcept {
    return wants == Wants::to_write ? EPOLLOUT : EPOLLIN;
}

/// Whether somebody waits to be accepted.
bool has_come(int socket) noexcept {
    pollfd entry{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) > 0;
}

bool is_out_of_resources(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

/// A client in its handshake.
struct ListenerState::HalfOpen {
    HalfOpen(std::shared_ptr<ConnectionState> state, const ListenerOptions& options,
             AttendedClock::Duration expiry)
        : connection(std::move(state)),
          handshake(Role::listener, *options.authkey, make_nonce(), {.digests = options.digests},
                    connection->reader),
          expires(expiry) {}

    std::shared_ptr<ConnectionState> connection;
    Handshake handshake;
    AttendedClock::Duration expires;
    Wants wants = Wants::nothing;
    HalfOpens::iterator self;
};

ListenerState::ListenerState(const Address& address, ListenerOptions options)
    : options_(std::move(options)),
      listening_(listen_on(address, options_.backlog.value_or(SOMAXCONN), options_.mode).value()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!epoll_.is_open() || !wakeup_.is_open() ||
        watch(epoll_.get(), EPOLL_CTL_ADD, wakeup_.get(), EPOLLIN, &wakeup_) != 0) {
        throw_failure(system_failure(errno, "epoll"));
    }
    enlistment_.emplace(waits, wakeup_.get());
    for (Descriptor& socket : listening_.sockets) {
        if (watch(epoll_.get(), EPOLL_CTL_ADD, socket.get(), EPOLLIN, &socket) != 0) {
            throw_failure(system_failure(errno, "epoll_ctl"));
        }
    }
}

ListenerState::~ListenerState() = default;

void ListenerState::progress(Deadline until) {
    if (rests_until_ && clock.now() >= *rests_until_) rest(false);
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   until.poll_timeout());
    const auto is_listening = [this](const void* who) {
        const std::less_equal<const void*> less_equal;
        const auto& sockets = listening_.sockets;
        return less_equal(sockets.data(), who) && !less_equal(sockets.data() + sockets.size(), who);
    };
    // Handshakes first: it is they who have been waiting, and each one through makes room.
    for (int i = 0; i < count; ++i) {
        void* who = events[static_cast<std::size_t>(i)].data.ptr;
        if (who == &wakeup_) drain_wakeup(wakeup_.get());
        if (who == &wakeup_ || is_listening(who)) continue;
        HalfOpen& peer = *static_cast<HalfOpen*>(who);
        peer.connection->transport.expect_bytes();
        move_on(peer.self);
    }
    std::size_t accepted = 0;
    for (int i = 0; i < count; ++i) {
        void* who = events[static_cast<std::size_t>(i)].data.ptr;
        if (is_listening(who)) accepted += accept_from(static_cast<Descriptor*>(who)->get());
    }
    is_crowded_ = accepted > (is_crowded_ ? 1 : 0);
    drop_overdue();
}

std::size_t ListenerState::accept_from(int socket) {
    const std::size_t most = is_crowded_ ? 64 : 1;
    std::size_t accepted = 0;
    for (std::size_t tried = 0; tried < most; ++tried) {
        SocketAddress peer;
        Descriptor descriptor(::accept4(socket, peer.data(), peer.size_pointer(), SOCK_CLOEXEC));
        if (descriptor.is_open()) {
            is_exhausted_ = false;
            greet(std::move(descriptor), peer);
            ++accepted;
            continue;
        }
        const int error = errno;
        // accept(2) says so even where nobody waits to be accepted.
        if (is_out_of_resources(error) && has_come(socket)) recover_from(error);
        if (error == EAGAIN || error == EWOULDBLOCK || is_out_of_resources(error)) break;
        // Any other error is of that one client: it is gone before it was accepted.
    }
    return accepted;
}

void ListenerState::greet(Descriptor descriptor, const SocketAddress& address) {
    auto connection = std::make_shared<ConnectionState>(
        Transport(std::move(descriptor), listening_.medium), address, options_.messages);
    if (const Result<void> allowed = check_user(connection->transport); !allowed) {
        reject(connection->peer, allowed.error());
        return;
    }
    if (!options_.authkey) {
        connection->expects_no_challenge = true;
        accepted_.push_back(std::move(connection));
        return;
    }
    if (half_open_.size() >= options_.max_handshakes && !half_open_.empty()) {
        drop(half_open_.begin(), {Errc::too_many_handshakes,
                                  std::to_string(half_open_.size()) + " under way, the limit"});
    }
    const auto never = AttendedClock::Duration::max();
    const auto now = clock.now();
    const auto limit = options_.handshake_timeout;
    const auto expires = limit && *limit < never - now ? now + *limit : never;
    half_open_.emplace_back(std::move(connection), options_, expires);
    const auto peer = std::prev(half_open_.end());
    peer->self = peer;
    // It says nothing before it has got its challenge, and then is heard of by epoll.
    peer->connection->transport.expect_no_bytes();
    move_on(peer);
}

void ListenerState::move_on(HalfOpens::iterator peer) {
    Transport& transport = peer->connection->transport;
    const Result<Wants> wants = advance(transport, peer->handshake, Patience::readiness);
    if (!wants) return drop(peer, wants.error());
    if (*wants == Wants::nothing) {
        // A CPython client writes its #WELCOME# and then its first message, which would wait for
        // our delayed acknowledgement.
        transport.acknowledge_now();
        if (peer->wants != Wants::nothing) {
            watch(epoll_.get(), EPOLL_CTL_DEL, transport.fileno(), 0, nullptr);
        }
        peer->connection->reader.limit(options_.messages.max_message);
        accepted_.push_back(std::move(peer->connection));
        half_open_.erase(peer);
        return;
    }
    if (*wants == peer->wants) return;
    const int operation = peer->wants == Wants::nothing ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (watch(epoll_.get(), operation, transport.fileno(), events_of(*wants), &*peer) != 0) {
        return drop(peer, system_failure(errno, "epoll_ctl"));
    }
    peer->wants = *wants;
}

void ListenerState::drop(HalfOpens::iterator peer, const Failure& failure) {
    std::string name = peer->connection->peer;
    half_open_.erase(peer);
    reject(std::move(name), failure);
}

void ListenerState::drop_overdue() {
    const auto now = clock.now();
    while (!half_open_.empty() && half_open_.front().expires <= now) {
        drop(half_open_.begin(), Errc::handshake_timeout);
    }
}

void ListenerState::recover_from(int error) {
    if (half_open_.empty()) {
        rest(true);
        if (!std::exchange(is_exhausted_, true)) {
            reject("a client still to be accepted", system_failure(error));
        }
    } else {
        drop(half_open_.begin(), system_failure(error, "dropped to make room for another client"));
    }
}

void ListenerState::rest(bool resting) noexcept {
    rests_until_.reset();
    if (resting) rests_until_ = clock.now() + rest_time;
    for (Descriptor& socket : listening_.sockets) {
        watch(epoll_.get(), EPOLL_CTL_MOD, socket.get(),
              resting ? std::uint32_t{0} : std::uint32_t{EPOLLIN}, &socket);
    }
}

void ListenerState::reject(std::string peer, Failure failure) {
    if (options_.on_rejected) rejections_.push_back({std::move(peer), std::move(failure)});
}

std::optional<ListenerState::Rejection> ListenerState::take_rejection() {
    if (rejections_.empty()) return std::nullopt;
    Rejection rejection = std::move(rejections_.front());
    rejections_.pop_front();
    return rejection;
}

Result<void> ListenerState::check_user(const Transport& transport) const {
    if (!options_.allowed_users || transport.medium() != Medium::unix_socket) return {};
    const auto credentials = transport.peer_credentials();
    const auto& allowed = *options_.allowed_users;
    if (credentials &&
        std::find(allowed.begin(), allowed.end(), credentials->uid) != allowed.end()) {
        return {};
    }
    return Failure(Errc::peer_not_allowed,
                   credentials ? "got user " + std::to_string(credentials->uid) : "got no user");
}

std::shared_ptr<ConnectionState> ListenerState::take_accepted() {
    auto connection = std::move(accepted_.front());
    accepted_.pop_front();
    const std::lock_guard lock(last_accepted_mutex_);
    last_accepted_ = connection->peer;
    return connection;
}

TimeLimit ListenerState::attention_within() const noexcept {
    const auto never = AttendedClock::Duration::max();
    auto at = rests_until_.value_or(never);
    if (!half_open_.empty()) at = std::min(at, half_open_.front().expires);
    if (at == never) return std::nullopt;
    return std::max(AttendedClock::Duration::zero(), at - clock.now());
}

std::optional<std::string> ListenerState::last_accepted() const {
    const std::lock_guard lock(last_accepted_mutex_);
    return last_accepted_;
}

void ListenerState::cancel() noexcept {
    waits.wake_all();
    end_async(false);
}

void ListenerState::close() noexcept {
    if (occupancy.close()) {
        waits.wake_all();
        end_async(true);
    }
    leave();
}

void ListenerState::leave() noexcept {
    if (!occupancy.leave()) return;
    half_open_.clear();
    accepted_.clear();
    listening_.file.remove();
    listening_.sockets.clear();
    enlistment_.reset();
    wakeup_.reset();
    epoll_.reset();
}

namespace {

ListenerState& existing(const std::shared_ptr<ListenerState>& state) {
    if (!state) throw_failure({Errc::closed, "listener"});
    return *state;
}

}  // namespace

Attendance::Attendance(const std::shared_ptr<ListenerState>& state)
    : state_(existing(state)), since_(state_.waits.epoch()) {
    if (!state_.occupancy.enter()) {
        state_.leave();
        throw_failure({Errc::closed, "listener"});
    }
    if (state_.attended.exchange(true, std::memory_order_acquire)) {
        state_.leave();
        throw_failure({Errc::busy, "another call is accepting"});
    }
    state_.clock.start();
}

Attendance::~Attendance() {
    state_.clock.stop();
    state_.attended.store(false, std::memory_order_release);
    state_.leave();
}

}  // namespace parley

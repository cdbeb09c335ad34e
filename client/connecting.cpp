#include "connecting.hpp"

#include "system_failure.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace parley {
namespace {

namespace errc = boost::system::errc;
using std::chrono::milliseconds;

constexpr milliseconds first_pause{5};
constexpr milliseconds longest_pause{500};

/// The pause to make now; the next one is longer.
Deadline pause(milliseconds& time) {
    const Deadline until{TimeLimit(time)};
    time = std::min(2 * time, longest_pause);
    return until;
}

bool may_come_up(const boost::system::error_code& code) {
    return code == errc::connection_refused || code == errc::no_such_file_or_directory ||
           code == errc::connection_reset;
}

/// What this machine lacks says less than what the other one answers.
bool is_no_way(const boost::system::error_code& code) {
    return code == errc::network_unreachable || code == errc::address_not_available ||
           code == errc::address_family_not_supported;
}

/// Which of two addresses' codes is the telling one.
boost::system::error_code more_telling(const boost::system::error_code& a,
                                       const boost::system::error_code& b) {
    if (may_come_up(a) || may_come_up(b)) return may_come_up(a) ? a : b;
    return is_no_way(a) ? b : a;
}

/// The time for the first of so many addresses, so that a silent one leaves some to the others.
Deadline share_of(Deadline deadline, std::size_t addresses) {
    const TimeLimit left = deadline.left();
    if (!left || addresses < 2) return deadline;
    return Deadline(*left / static_cast<std::chrono::nanoseconds::rep>(addresses));
}

/// Begins to connect, or looks after it: 0 once connected, EALREADY or EINPROGRESS before.
int connect_or_look(const Descriptor& socket, const SocketAddress& address) {
    if (::connect(socket.get(), address.data(), address.size()) == 0 || errno == EISCONN) return 0;
    // Interrupted, it goes on by itself.
    return errno == EINTR ? EINPROGRESS : errno;
}

/// A port of the ephemeral range where nobody listens can be connected to itself: no listener.
bool is_connected_to_itself(const Descriptor& socket, const SocketAddress& address) {
    SocketAddress here;
    SocketAddress there;
    if (::getsockname(socket.get(), here.data(), here.size_pointer()) != 0 ||
        here.port() != address.port() ||
        ::getpeername(socket.get(), there.data(), there.size_pointer()) != 0) {
        return false;
    }
    return here.size() == there.size() && std::memcmp(here.data(), there.data(), here.size()) == 0;
}

}  // namespace

Connecting::Connecting(std::vector<SocketAddress> addresses, const ClientOptions& options,
                       Deadline deadline, bool may_block)
    : addresses_(std::move(addresses)),
      bind_(options.bind),
      keepalive_(options.keepalive),
      deadline_(deadline),
      may_block_(may_block),
      retry_until_(
          Deadline::earlier(deadline, Deadline(options.retry.value_or(milliseconds::zero())))),
      pause_(first_pause),
      backlog_pause_(first_pause) {}

bool Connecting::is_tcp() const noexcept {
    return addresses_[index_].family() != AF_UNIX;
}

Connecting::Next Connecting::resume() {
    while (index_ < addresses_.size()) {
        int error = 0;
        if (state_ == State::opening) {
            share_ = share_of(deadline_, addresses_.size() - index_);
            error = open();
            state_ = State::connecting;
        }
        if (error == 0) error = connect_or_look(socket_, addresses_[index_]);
        if (error == 0) {
            if (!is_tcp() || !is_connected_to_itself(socket_, addresses_[index_])) {
                return established();
            }
            error = ECONNREFUSED;
        }
        const bool is_under_way = error == EINPROGRESS || error == EALREADY;
        // Unix sockets have EAGAIN for a full backlog, and no way to wait for room in it.
        const bool is_backlog_full = error == EAGAIN && !is_tcp();
        if (is_under_way || is_backlog_full) {
            if (!share_.has_passed()) {
                if (is_under_way) return UntilWritable{socket_.get(), share_};
                return UntilTime{Deadline::earlier(pause(backlog_pause_), share_)};
            }
            error = ETIMEDOUT;
        }
        fail_address(error);
    }
    return next_round();
}

int Connecting::open() {
    const int family = addresses_[index_].family();
    const int type = SOCK_STREAM | SOCK_CLOEXEC | (may_block_ ? 0 : SOCK_NONBLOCK);
    socket_ = Descriptor(::socket(family, type, 0));
    if (!socket_.is_open()) return errno;
    if (!is_tcp()) return 0;
    if (keepalive_) {
        const int yes = 1;
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    }
    return bind_ ? bind_local() : 0;
}

int Connecting::bind_local() const {
    const Result<std::vector<SocketAddress>> addresses = SocketAddress::resolve(*bind_, true);
    if (!addresses) return EADDRNOTAVAIL;
    for (const SocketAddress& address : *addresses) {
        if (address.family() != addresses_[index_].family()) continue;
        return ::bind(socket_.get(), address.data(), address.size()) == 0 ? 0 : errno;
    }
    return EADDRNOTAVAIL;
}

Connecting::Next Connecting::established() {
    // The engine lets patient calls wait in the kernel.
    if (!may_block_) ::fcntl(socket_.get(), F_SETFL, O_RDWR);
    Transport transport(std::move(socket_), is_tcp() ? Medium::tcp : Medium::unix_socket);
    transport.disable_nagle();
    return transport;
}

/// The failure of a whole round names every address.
void Connecting::fail_address(int error) {
    const Failure latest = system_failure(error, addresses_[index_].to_string());
    all_failures_ +=
        (all_failures_.empty() ? "" : "; ") + latest.detail + ": " + latest.code.message();
    failure_ =
        index_ == 0 ? latest : Failure(more_telling(failure_.code, latest.code), all_failures_);
    socket_.reset();
    state_ = State::opening;
    backlog_pause_ = first_pause;
    ++index_;
}

Connecting::Next Connecting::next_round() {
    if (deadline_.has_passed()) return Failure(Errc::timeout, failure_.message());
    if (!may_come_up(failure_.code) || retry_until_.has_passed()) return failure_;
    index_ = 0;
    all_failures_.clear();
    return UntilTime{Deadline::earlier(pause(pause_), retry_until_)};
}

Result<std::vector<SocketAddress>> addresses_at_once(const Address& address) {
    if (address.family() == Address::Family::tcp) return SocketAddress::numeric(address);
    if (address.path().empty())
        return Failure(Errc::bad_address, "'unix:': a client needs the path that the listener has");
    return std::vector{SocketAddress::of_unix(address)};
}

}  // namespace parley

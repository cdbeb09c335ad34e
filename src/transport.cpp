#include "transport.hpp"

#include "socket_address.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace parley {
namespace {

Transfer transfer(ssize_t result) noexcept {
    if (result >= 0) return {.size = static_cast<std::size_t>(result)};
    return {.error = errno == EWOULDBLOCK ? EAGAIN : errno};
}

/// Calls again when a signal handler has interrupted. Not a call that waits: each signal would
/// begin its wait anew, and poll(2), to which it goes on instead, sees that time has passed, or
/// that the handler has ended it.
template <typename Call>
Transfer uninterrupted(Call call, Patience patience = Patience::none) noexcept {
    for (;;) {
        const Transfer result = transfer(call());
        if (result.error != EINTR) return result;
        if (waits_in_kernel(patience)) return {.error = EAGAIN};
    }
}

/// SIGPIPE blocked in this thread while a pipe is written, and one that it caused taken away.
class SigpipeBlock {
public:
    SigpipeBlock() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        if (!was_pending_) pthread_sigmask(SIG_BLOCK, &sigpipe_, &old_mask_);
    }
    SigpipeBlock(const SigpipeBlock&) = delete;
    SigpipeBlock& operator=(const SigpipeBlock&) = delete;
    ~SigpipeBlock() {
        if (was_pending_) return;
        const timespec at_once{};
        while (sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) {
        }
        pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
    }

private:
    sigset_t sigpipe_{};
    sigset_t old_mask_{};
    bool was_pending_ = false;
};

struct IoVectors {
    template <typename Bytes>
    explicit IoVectors(std::span<const Bytes> parts) noexcept {
        for (const Bytes part : parts.first(std::min(parts.size(), entries.size()))) {
            entries[count++] = {const_cast<std::byte*>(part.data()), part.size()};  // NOLINT
        }
    }
    [[nodiscard]] std::span<iovec> used() noexcept { return std::span(entries).first(count); }
    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t size = 0;
        for (const iovec& entry : std::span(entries).first(count))
            size += entry.iov_len;
        return size;
    }
    /// Leaves out what is beyond so many bytes.
    void limit(std::size_t most) noexcept {
        for (iovec& entry : used()) {
            entry.iov_len = std::min(entry.iov_len, most);
            most -= entry.iov_len;
        }
    }
    std::array<iovec, 16> entries;
    std::size_t count = 0;
};

// Up to this many bytes, copying the parts together costs less than having the kernel gather them.
constexpr std::size_t flat_size = std::size_t{4} * 1024;

// From this size on, BBR's pacing costs more than finding out whether it has to be.
constexpr std::size_t paced_size = std::size_t{64} * 1024;
constexpr std::string_view bbr = "bbr";

/// The parts one behind the other: where they are if there is but one, else in `memory`. Nothing
/// where they are too long for that.
ConstBytes flattened(std::span<const ConstBytes> parts, std::span<std::byte, flat_size> memory) {
    if (parts.size() == 1) return parts.front();
    std::size_t size = 0;
    for (const ConstBytes part : parts) {
        if (part.size() > memory.size() - size) return {};
        if (!part.empty()) std::memcpy(memory.data() + size, part.data(), part.size());
        size += part.size();
    }
    return memory.first(size);
}

/// One of the socket's own options; none where it is no socket.
std::optional<int> get_option(int socket, int name) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(socket, SOL_SOCKET, name, &value, &size) != 0) return std::nullopt;
    return value;
}

int set_option(int socket, int level, int name, int value) noexcept {
    return ::setsockopt(socket, level, name, &value, sizeof value);
}

}  // namespace

Transport::Transport(Descriptor descriptor, Medium medium)
    : descriptor_(std::move(descriptor)),
      medium_(medium),
      is_stream_socket_(medium == Medium::tcp || medium == Medium::unix_socket) {
    if (medium_ == Medium::pipe) {
        const int flags = ::fcntl(fileno(), F_GETFL);
        if ((flags & O_NONBLOCK) == 0) {
            made_non_blocking_ = ::fcntl(fileno(), F_SETFL, flags | O_NONBLOCK) == 0;
        }
    }
}

Result<Transport> Transport::adopt(Descriptor descriptor) {
    if (::fcntl(descriptor.get(), F_GETFD) < 0) {
        return Failure(boost::system::error_code(errno, boost::system::system_category()),
                       "descriptor " + std::to_string(descriptor.get()));
    }
    const std::optional<int> domain = get_option(descriptor.get(), SO_DOMAIN);
    if (!domain) return Transport(std::move(descriptor), Medium::pipe);
    // A stream of SCTP has messages inside.
    const bool is_stream = get_option(descriptor.get(), SO_TYPE) == SOCK_STREAM &&
                           get_option(descriptor.get(), SO_PROTOCOL) != IPPROTO_SCTP;
    const Medium medium = *domain == AF_INET || *domain == AF_INET6 ? Medium::tcp
                          : *domain == AF_UNIX                      ? Medium::unix_socket
                                                                    : Medium::other_socket;
    Transport transport(std::move(descriptor), medium);
    transport.is_stream_socket_ = transport.is_stream_socket_ && is_stream;
    transport.disable_nagle();
    return transport;
}

void Transport::disable_nagle() noexcept {
    if (medium_ == Medium::tcp) set_option(fileno(), IPPROTO_TCP, TCP_NODELAY, 1);
}

void Transport::limit_patience(int option, Patience patience, bool& is_limited) {
    const bool is_due = patience == Patience::some;
    if (!waits_in_kernel(patience) || is_due == is_limited) return;
    timeval limit{};
    if (is_due) limit.tv_usec = std::chrono::microseconds(patience_time).count();
    ::setsockopt(fileno(), SOL_SOCKET, option, &limit, sizeof limit);
    is_limited = is_due;
}

/// BBR sends no faster than it has seen the peer receive. Within one host, where nothing is
/// congested, that is only time spent with timers: up to half of a message of 1 MiB.
void Transport::stop_pacing() noexcept {
    is_pacing_decided_ = true;
    std::array<char, 16> control{};
    socklen_t size = control.size() - 1;
    if (::getsockopt(fileno(), IPPROTO_TCP, TCP_CONGESTION, control.data(), &size) != 0 ||
        std::string_view(control.data()) != bbr) {
        return;
    }
    SocketAddress local;
    SocketAddress peer;
    if (::getsockname(fileno(), local.data(), local.size_pointer()) == 0 &&
        ::getpeername(fileno(), peer.data(), peer.size_pointer()) == 0 &&
        peer.is_same_host(local)) {
        // The one that every kernel has.
        constexpr std::string_view unpaced = "reno";
        has_replaced_bbr_ = true;
        ::setsockopt(fileno(), IPPROTO_TCP, TCP_CONGESTION, unpaced.data(), unpaced.size());
    }
}

[[gnu::flatten]] Transfer Transport::read(std::span<const MutableBytes> parts, Patience patience) {
    IoVectors vectors(parts);
    has_control_ = false;
    const Transfer result = read_some(vectors.used(), patience);
    // The end of the stream stays readable; what comes beside bytes, as a descriptor or the peer's
    // credentials, ends a read though more may be there, even where it could not be taken.
    const bool is_short = result.size > 0 && result.size < vectors.size() && !has_control_;
    is_drained_ = result.error == EAGAIN || is_short;
    return result;
}

Transfer Transport::read_some(std::span<iovec> parts, Patience patience) {
    if (medium_ == Medium::pipe) {
        return uninterrupted(
            [&] { return ::readv(fileno(), parts.data(), static_cast<int>(parts.size())); });
    }
    const int flags = waits_in_kernel(patience) ? 0 : MSG_DONTWAIT;
    limit_patience(SO_RCVTIMEO, patience, is_receive_limited_);
    if (medium_ == Medium::unix_socket || parts.size() > 1) {
        return read_with_descriptors(parts, patience);
    }
    const iovec& into = parts.front();
    return uninterrupted([&] { return ::recv(fileno(), into.iov_base, into.iov_len, flags); },
                         patience);
}

Transfer Transport::read_with_descriptors(std::span<iovec> parts, Patience patience) {
    // There is room for one descriptor: the kernel closes what a peer sends beyond that.
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    message.msg_control = control.data();
    message.msg_controllen = CMSG_LEN(sizeof(int));
    const int flags = MSG_CMSG_CLOEXEC | (waits_in_kernel(patience) ? 0 : MSG_DONTWAIT);
    const Transfer result =
        uninterrupted([&] { return ::recvmsg(fileno(), &message, flags); }, patience);
    if (result.error != 0) return result;
    passed_.reset();
    has_control_ = message.msg_controllen != 0 || (message.msg_flags & MSG_CTRUNC) != 0;
    if (message.msg_controllen != 0) keep_descriptor(message);
    return result;
}

void Transport::keep_descriptor(const msghdr& message) {
    // One is all that send_handle sends; the kernel ends a read with the byte that it comes beside.
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
        return;
    }
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    passed_ = Descriptor(number);
}

Descriptor Transport::take_descriptor() {
    return std::move(passed_);
}

[[gnu::flatten]] Transfer Transport::write(std::span<const ConstBytes> parts, Patience patience) {
    if (medium_ == Medium::tcp && !is_pacing_decided_ && size_of(parts) >= paced_size) {
        stop_pacing();
    }
    if (patience == Patience::some && !is_send_limited_) {
        // Most sockets never have to wait for room, and so need no limit to that.
        const Transfer result = write_some(parts, Patience::none);
        if (result.error != EAGAIN || medium_ == Medium::pipe) return result;
    }
    limit_patience(SO_SNDTIMEO, patience, is_send_limited_);
    return write_some(parts, patience);
}

Transfer Transport::write_some(std::span<const ConstBytes> parts, Patience patience) {
    if (medium_ == Medium::pipe) {
        IoVectors vectors(parts);
        const SigpipeBlock block;
        return uninterrupted([&] {
            return ::writev(fileno(), vectors.entries.data(), static_cast<int>(vectors.count));
        });
    }
    const int flags = MSG_NOSIGNAL | (waits_in_kernel(patience) ? 0 : MSG_DONTWAIT);
    const bool is_limited = patience == Patience::some && medium_ == Medium::unix_socket;
    std::array<std::byte, flat_size> memory;
    if (ConstBytes flat = flattened(parts, memory); !flat.empty()) {
        if (is_limited) flat = flat.first(std::min(flat.size(), patience_size));
        return uninterrupted([&] { return ::send(fileno(), flat.data(), flat.size(), flags); },
                             patience);
    }
    IoVectors vectors(parts);
    if (is_limited) vectors.limit(patience_size);
    msghdr message{};
    message.msg_iov = vectors.entries.data();
    message.msg_iovlen = vectors.count;
    return uninterrupted([&] { return ::sendmsg(fileno(), &message, flags); }, patience);
}

Transfer Transport::write_descriptor(std::byte byte, int descriptor) {
    iovec vector{&byte, 1};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    const Transfer result =
        uninterrupted([&] { return ::sendmsg(fileno(), &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
    bytes_written.add(result.size);
    return result;
}

void Transport::acknowledge_now() noexcept {
    if (medium_ == Medium::tcp) set_option(fileno(), IPPROTO_TCP, TCP_QUICKACK, 1);
}

int Transport::shutdown(int how) noexcept {
    return ::shutdown(fileno(), how) == 0 ? 0 : errno;
}

void Transport::close() noexcept {
    passed_.reset();
    descriptor_.reset();
}

int Transport::release() {
    limit_patience(SO_RCVTIMEO, Patience::endless, is_receive_limited_);
    limit_patience(SO_SNDTIMEO, Patience::endless, is_send_limited_);
    if (has_replaced_bbr_) {
        ::setsockopt(fileno(), IPPROTO_TCP, TCP_CONGESTION, bbr.data(), bbr.size());
    }
    if (made_non_blocking_ || medium_ != Medium::pipe) {
        ::fcntl(fileno(), F_SETFL, ::fcntl(fileno(), F_GETFL) & ~O_NONBLOCK);
    }
    passed_.reset();
    return descriptor_.release();
}

std::optional<PeerCredentials> Transport::peer_credentials() const {
    if (medium_ != Medium::unix_socket) return std::nullopt;
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(fileno(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return std::nullopt;
    }
    return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

std::string Transport::peer() const {
    if (medium_ == Medium::pipe) return "pipe";
    SocketAddress address;
    if (::getpeername(fileno(), address.data(), address.size_pointer()) == 0) return name(address);
    return "unknown";
}

std::string Transport::name(const SocketAddress& peer) const {
    if (std::string text = peer.to_string(); !text.empty()) return text;
    if (const auto credentials = peer_credentials()) {
        return "process " + std::to_string(credentials->pid);
    }
    return "unknown";
}

}  // namespace parley

// A connected descriptor: TCP, Unix socket or pipe behind one type. Moves bytes; knows no frame.
#pragma once

#include "descriptor.hpp"
#include "stream_count.hpp"

#include <parley/connection_base.hpp>
#include <parley/step.hpp>

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

struct msghdr;

namespace parley {

class SocketAddress;

/// What kind of descriptor a Transport has; the kinds differ in system calls, not in meaning.
enum class Medium { tcp, unix_socket, other_socket, pipe };

/// Whether a system call may wait in the kernel: `some` for a while, `endless` until it can go on,
/// which nobody can end. A patient call saves the poll(2) before it, an endless one the timer too.
/// With `readiness` somebody watches the descriptor: once a read has come up short, nothing is read
/// until `expect_bytes` says that there is more.
enum class Patience { none, some, endless, readiness };

[[nodiscard]] constexpr bool waits_in_kernel(Patience patience) noexcept {
    return patience == Patience::some || patience == Patience::endless;
}

/// How many bytes the parts have together.
[[nodiscard]] inline std::size_t size_of(std::span<const ConstBytes> parts) noexcept {
    std::size_t size = 0;
    for (const ConstBytes part : parts)
        size += part.size();
    return size;
}

/// What one system call did: so many bytes, or an errno. EAGAIN says that it would have to wait.
struct Transfer {
    std::size_t size = 0;
    int error = 0;
};

/// One thread may read while another writes.
class Transport {
public:
    /// How long a patient call waits in the kernel before it comes back to see whether it was
    /// cancelled; after that the wait goes on in poll(2), where it can be woken.
    static constexpr std::chrono::milliseconds patience_time{50};
    /// How much a patient call writes to a Unix socket before it does so: there the kernel waits
    /// anew for each buffer that the reader empties.
    static constexpr std::size_t patience_size = std::size_t{2} * 1024 * 1024;

    Transport() = default;
    Transport(Descriptor descriptor, Medium medium);

    /// Finds out what the descriptor is, and disables Nagle's algorithm. Fails with
    /// bad_file_descriptor where it is not open.
    static Result<Transport> adopt(Descriptor descriptor);

    [[nodiscard]] int fileno() const noexcept { return descriptor_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_.is_open(); }
    [[nodiscard]] Medium medium() const noexcept { return medium_; }
    [[nodiscard]] bool is_stream_socket() const noexcept { return is_stream_socket_; }

    [[nodiscard]] Transfer read(MutableBytes into, Patience patience) {
        return read({&into, 1}, patience);
    }
    /// One scattered read into at most 16 parts.
    [[nodiscard]] Transfer read(std::span<const MutableBytes> parts, Patience patience);
    /// Whether the last read took all that there was.
    [[nodiscard]] bool is_drained() const noexcept { return is_drained_; }
    /// The descriptor has become readable.
    void expect_bytes() noexcept { is_drained_ = false; }
    /// It will become so, and somebody watches it.
    void expect_no_bytes() noexcept { is_drained_ = true; }
    /// One gathered write of at most 16 parts.
    [[nodiscard]] Transfer write(std::span<const ConstBytes> parts, Patience patience);
    /// Writes one byte with a descriptor beside it (SCM_RIGHTS).
    [[nodiscard]] Transfer write_descriptor(std::byte byte, int descriptor);
    /// The descriptor that came beside the last byte read; none where there is none. One that
    /// nobody takes is closed by the next read.
    [[nodiscard]] Descriptor take_descriptor();

    /// Has the kernel send small messages without waiting for more. TCP only; elsewhere nothing.
    void disable_nagle() noexcept;
    /// Has the kernel acknowledge at once what came. TCP only; elsewhere nothing.
    void acknowledge_now() noexcept;
    /// 0 or the errno.
    int shutdown(int how) noexcept;
    void close() noexcept;
    /// Gives up the descriptor, as it was: blocking, without a timeout or congestion control of
    /// ours.
    [[nodiscard]] int release();

    /// What the engine has read and written here so far.
    StreamCount bytes_read;
    StreamCount bytes_written;

    [[nodiscard]] std::optional<PeerCredentials> peer_credentials() const;
    /// The peer's name, from its address, or from the kernel's word on who it is.
    [[nodiscard]] std::string peer() const;
    [[nodiscard]] std::string name(const SocketAddress& peer) const;

private:
    [[nodiscard]] Transfer read_some(std::span<iovec> parts, Patience patience);
    [[nodiscard]] Transfer read_with_descriptors(std::span<iovec> parts, Patience patience);
    void keep_descriptor(const msghdr& message);
    [[nodiscard]] Transfer write_some(std::span<const ConstBytes> parts, Patience patience);
    /// Has the kernel end a wait for this option's direction in time, or not.
    void limit_patience(int option, Patience patience, bool& is_limited);
    void stop_pacing() noexcept;

    Descriptor descriptor_;
    Medium medium_ = Medium::tcp;
    bool is_stream_socket_ = false;
    bool is_receive_limited_ = false;
    bool is_send_limited_ = false;
    bool is_pacing_decided_ = false;
    bool has_replaced_bbr_ = false;
    bool made_non_blocking_ = false;
    bool is_drained_ = false;
    bool has_control_ = false;
    Descriptor passed_;
};

}  // namespace parley

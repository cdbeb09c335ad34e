// The blocking half of a Connection, which no executor takes part in. docs/parity.md has the table
// of multiprocessing.connection beside this class.
#pragma once

#include <parley/buffer.hpp>
#include <parley/buffer_too_short.hpp>
#include <parley/error.hpp>
#include <parley/pickle/archive.hpp>
#include <parley/step.hpp>
#include <parley/time_limit.hpp>
#include <parley/value.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

class ConnectionState;

/// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
struct PeerCredentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/// What went through a connection so far. Bytes are payload, without frame headers.
struct Counters {
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    /// All bytes of the stream: with headers, the handshake, and messages that are under way.
    std::uint64_t stream_sent = 0;
    std::uint64_t stream_received = 0;
};

/// How a connection treats its messages.
struct MessageOptions {
    /// The longest message that will be received, in bytes; none for 2^63 - 1.
    std::optional<std::uint64_t> max_message = std::nullopt;
    /// The pickle protocol of `send`, 2 to 5. A peer that has shown a lower one gets that, or 2.
    int protocol = 4;
    /// How many bytes of messages that wait for the socket asynchronous sends are taken from their
    /// callers, to go out together; the rest wait where they are. None for no limit.
    std::optional<std::size_t> send_queue = std::size_t{256} << 10U;
};

/// Which directions an adopted descriptor is used in.
enum class Direction { both, read_only, write_only };

/// A two-way stream of whole messages (multiprocessing.connection.Connection).
///
/// Move-only; owns its descriptor. Destruction closes it. One thread may send while another
/// receives; `close` and `cancel` may be called from any thread and end what the others wait for.
/// Two threads that send take turns; two that receive at once are a mistake (Errc::busy). A message
/// either goes out whole or, when a send fails with Timeout or Canceled after its first byte, has
/// its rest sent ahead of the next message, so that the stream stays whole.
///
/// Every waiting call takes a TimeLimit. Errors are exceptions derived from `Error`:
/// - UsageError: closed, not readable or writable, arguments out of range, busy;
/// - EndOfFile: the peer closed between two messages (Python's EOFError);
/// - ProtocolError: a broken frame, a message over `max_message` or `maxlength`, an end of the
///   stream inside a message; the reading side is closed then;
/// - AuthenticationError: the first message is a challenge, and we were given no authkey;
/// - PickleError: the message is no pickle; it is consumed and the connection goes on;
/// - Timeout, Canceled; and `Error` with the system's own code (connection reset, say).
class ConnectionBase {
public:
    /// No connection: `closed()`.
    ConnectionBase() noexcept = default;
    /// Takes over an open descriptor: a connected socket, one of a socketpair, a pipe's end. The
    /// connection owns it from now on. Throws `Error` where it is not open.
    explicit ConnectionBase(int handle, Direction direction = Direction::both);
    ConnectionBase(ConnectionBase&&) noexcept = default;
    ConnectionBase& operator=(ConnectionBase&&) noexcept;
    ConnectionBase(const ConnectionBase&) = delete;
    ConnectionBase& operator=(const ConnectionBase&) = delete;
    ~ConnectionBase();

    /// Sends an object as a pickle. Throws PickleError where the value has none in the protocol.
    void send(const Value& value, TimeLimit timeout = {});
    /// Receives an object. Its strings and bytes are views into the message, which the Value owns.
    [[nodiscard]] Value recv(TimeLimit timeout = {});

    /// Sends an object of any type that Boost.Serialization can serialize; docs/typed.md tells what
    /// Python gets. Throws PickleError, naming the member, for what has no pickle.
    template <pickle::Typed T>
    void send(const T& object, TimeLimit timeout = {}) {
        send_encoded(&object, &pickle::encode<T>, timeout);
    }
    /// Receives straight into an object of such a type. Throws TypeError, naming the member, what
    /// was expected and what came; the message is consumed then, and the connection goes on.
    template <typename T>
    [[nodiscard]] T recv(TimeLimit timeout = {}) {
        T object{};
        recv_decoded(&object, &pickle::decode_fresh<T>, timeout);
        return object;
    }
    /// The same over an object that is there already; on failure it is as it was.
    template <typename T>
    void recv_into(T& object, TimeLimit timeout = {}) {
        recv_decoded(&object, &pickle::decode<T>, timeout);
    }

    /// Sends bytes as one message.
    void send_bytes(ConstBytes buffer, TimeLimit timeout = {});
    void send_bytes(std::string_view buffer, TimeLimit timeout = {});
    /// Sends `size` bytes of the buffer from `offset` on; all the rest where `size` is none. Throws
    /// UsageError for a negative number or a range past the end (ValueError in CPython).
    void send_bytes(ConstBytes buffer, std::int64_t offset,
                    std::optional<std::int64_t> size = std::nullopt, TimeLimit timeout = {});

    /// Receives one message's bytes.
    [[nodiscard]] Buffer recv_bytes(TimeLimit timeout = {});
    /// The same with a limit: a longer message throws ProtocolError (message_too_long) and closes
    /// the reading side, as in CPython. Throws UsageError for a negative limit.
    [[nodiscard]] Buffer recv_bytes(std::int64_t maxlength, TimeLimit timeout = {});
    /// Receives into the buffer and returns the message's length. A message that does not fit
    /// throws BufferTooShort, which carries it.
    std::size_t recv_bytes_into(MutableBytes buffer, TimeLimit timeout = {});
    /// The same from `offset` on. Throws UsageError for an offset outside the buffer.
    std::size_t recv_bytes_into(MutableBytes buffer, std::int64_t offset, TimeLimit timeout = {});
    /// Receives into a buffer that is resized to the message: reuse it to spare fresh memory.
    void recv_bytes_into(Buffer& buffer, TimeLimit timeout = {});

    /// Whether a message, or the end of the stream, can be read within the time; by default at
    /// once. Part of the receiving side: not while another thread receives (Errc::busy).
    [[nodiscard]] bool poll(TimeLimit timeout = std::chrono::nanoseconds::zero());

    /// From now on sends are gathered in memory; they go out together, in few system calls, at
    /// `flush`, at `uncork`, or when 64 KiB have gathered.
    void cork();
    /// Sends what has gathered. Throws as `send_bytes` does.
    void flush(TimeLimit timeout = {});
    /// `flush`, and back to one system call for each message.
    void uncork(TimeLimit timeout = {});

    /// Passes a copy of an open descriptor to the peer (multiprocessing.reduction.send_handle).
    /// Unix sockets only.
    void send_handle(int descriptor, TimeLimit timeout = {});
    /// Receives a descriptor, which the caller owns (multiprocessing.reduction.recv_handle). Throws
    /// Error (descriptor_not_passed) where the peer sent none.
    [[nodiscard]] int recv_handle(TimeLimit timeout = {});

    /// Ends the sending side: the peer reads what was sent, then EndOfFile. Receiving goes on.
    /// Gathered messages are flushed first. Sockets only.
    void shutdown(TimeLimit timeout = {});
    /// Closes the descriptor. Calls that wait in other threads end with Canceled. Messages gathered
    /// by `cork` are dropped. Closing twice is allowed. Thread-safe; never throws.
    void close() noexcept;
    /// Ends every call that waits now, in whatever thread, with Canceled; the connection stays
    /// usable, and nothing is lost. Thread-safe.
    void cancel() noexcept;
    /// Gives up the descriptor, which the caller then owns, in blocking mode. Throws UsageError if
    /// bytes of it are already read ahead, or gathered and not flushed.
    [[nodiscard]] int release();

    /// The descriptor, still owned here. It may look idle while a message is read ahead: use `poll`
    /// or `wait`. Throws UsageError when closed (OSError in CPython).
    [[nodiscard]] int fileno() const;
    [[nodiscard]] bool closed() const noexcept;
    [[nodiscard]] bool readable() const noexcept;
    [[nodiscard]] bool writable() const noexcept;

    /// The other end's address as text; a Unix peer without one is named by its process.
    [[nodiscard]] std::string peer() const;
    /// The other end's process, over Unix sockets; none over TCP and pipes.
    [[nodiscard]] std::optional<PeerCredentials> peer_credentials() const;
    /// What went through so far. Thread-safe.
    [[nodiscard]] Counters counters() const noexcept;
    /// Whether part of a message has arrived, and not all. For whoever receives, between two calls.
    [[nodiscard]] bool inside_message() const noexcept;
    /// The words of the last asynchronous call that failed, which its error_code does not carry; a
    /// failure without a code before the first. Thread-safe.
    [[nodiscard]] Failure last_failure() const;

    /// The pickle protocol of the next `send`.
    [[nodiscard]] int protocol() const;
    /// Changes the options from the next message on; not while another thread uses the connection.
    void set_options(const MessageOptions& options);

    /// For the library: the state behind the connection.
    explicit ConnectionBase(std::shared_ptr<ConnectionState> state) noexcept;
    [[nodiscard]] const std::shared_ptr<ConnectionState>& state() const noexcept { return state_; }

protected:
    std::shared_ptr<ConnectionState> state_;

private:
    void send_encoded(const void* object, pickle::Encode encode, TimeLimit timeout);
    void recv_decoded(void* object, pickle::Decode decode, TimeLimit timeout);
};

}  // namespace parley

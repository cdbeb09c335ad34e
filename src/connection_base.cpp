#include "connection_state.hpp"
#include "system_failure.hpp"

#include <parley/connection_base.hpp>
#include <parley/pickle/writer.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <utility>

namespace parley {
namespace {

// Pickles up to this size are made in memory that is kept from one send to the next.
constexpr std::size_t kept_pickle_capacity = std::size_t{64} * 1024;

[[noreturn]] void refuse(std::string expected, std::int64_t came) {
    throw_failure({Errc::invalid_argument,
                   "expected " + std::move(expected) + ", got " + std::to_string(came)});
}

/// Memory for a pickle, which the thread keeps for the next one. What an object's own functions
/// send while it is pickled gets other memory.
class PickleMemory {
public:
    PickleMemory() noexcept : buffer_(std::move(kept())) { buffer_.clear(); }
    PickleMemory(const PickleMemory&) = delete;
    PickleMemory& operator=(const PickleMemory&) = delete;
    ~PickleMemory() {
        if (buffer_.capacity() <= kept_pickle_capacity) kept() = std::move(buffer_);
    }

    [[nodiscard]] Buffer& buffer() noexcept { return buffer_; }
    [[nodiscard]] ConstBytes bytes() const noexcept { return {buffer_.data(), buffer_.size()}; }

private:
    static Buffer& kept() noexcept {
        thread_local Buffer buffer;
        return buffer;
    }

    Buffer buffer_;
};

/// Makes a frame current. Inline, since the end of a stream is an exception, which each function
/// that it passes makes dearer: this one by a third.
[[gnu::always_inline]] inline void receive_frame(const Reception& reception, Deadline deadline) {
    if (reception->has_frame()) return;
    reception->receive_frame(deadline, reception.since()).value();
}

/// Receives a frame into memory of the caller's, which the reader forgets where that fails.
void receive_directed(const Reception& reception, Deadline deadline) {
    try {
        reception->receive_frame(deadline, reception.since()).value();
    } catch (...) {
        reception->stop_directing();
        throw;
    }
}

/// A limit of one call's own.
class FrameLimit {
public:
    FrameLimit(ConnectionState& connection, std::uint64_t limit) noexcept
        : connection_(connection) {
        connection.limit_message(limit);
    }
    FrameLimit(const FrameLimit&) = delete;
    FrameLimit& operator=(const FrameLimit&) = delete;
    ~FrameLimit() { connection_.limit_message(frame_limit); }

private:
    ConnectionState& connection_;
};

ConstBytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The part of a buffer that send_bytes(buffer, offset, size) means: Connection.send_bytes.
ConstBytes slice(ConstBytes buffer, std::int64_t offset, std::optional<std::int64_t> size) {
    const auto length = static_cast<std::int64_t>(buffer.size());
    if (offset < 0) refuse("an offset of 0 or more", offset);
    if (offset > length) refuse("an offset of at most " + std::to_string(length), offset);
    const std::int64_t count = size.value_or(length - offset);
    if (count < 0) refuse("a size of 0 or more", count);
    if (count > length - offset)
        refuse("a size of at most " + std::to_string(length - offset), count);
    return buffer.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
}

}  // namespace

ConnectionBase::ConnectionBase(std::shared_ptr<ConnectionState> state) noexcept
    : state_(std::move(state)) {}

ConnectionBase::ConnectionBase(int handle, Direction direction) {
    Transport transport = Transport::adopt(Descriptor(handle)).value();
    state_ = std::make_shared<ConnectionState>(std::move(transport), MessageOptions{});
    state_->readable.store(direction != Direction::write_only);
    state_->writable.store(direction != Direction::read_only);
}

ConnectionBase& ConnectionBase::operator=(ConnectionBase&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

ConnectionBase::~ConnectionBase() {
    close();
}

void ConnectionBase::send(const Value& value, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    PickleMemory pickled;
    pickle::dumps(value, pickled.buffer(), {.protocol = sending->protocol()}).value();
    sending->send_frame(pickled.bytes(), deadline, sending.since()).value();
}

void ConnectionBase::send_encoded(const void* object, pickle::Encode encode, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    PickleMemory pickled;
    encode(object, pickled.buffer(), {.protocol = sending->protocol()}).value();
    sending->send_frame(pickled.bytes(), deadline, sending.since()).value();
}

Value ConnectionBase::recv(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    receive_frame(reception, deadline);
    return reception->take_value().value();
}

void ConnectionBase::recv_decoded(void* object, pickle::Decode decode, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    receive_frame(reception, deadline);
    reception->take_decoded(object, decode).value();
}

void ConnectionBase::send_bytes(ConstBytes buffer, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    sending->send_frame(buffer, deadline, sending.since()).value();
}

void ConnectionBase::send_bytes(std::string_view buffer, TimeLimit timeout) {
    send_bytes(as_bytes(buffer), timeout);
}

void ConnectionBase::send_bytes(ConstBytes buffer, std::int64_t offset,
                                std::optional<std::int64_t> size, TimeLimit timeout) {
    send_bytes(slice(buffer, offset, size), timeout);
}

Buffer ConnectionBase::recv_bytes(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    receive_frame(reception, deadline);
    return reception->take_message();
}

Buffer ConnectionBase::recv_bytes(std::int64_t maxlength, TimeLimit timeout) {
    if (maxlength < 0) refuse("a maxlength of 0 or more", maxlength);
    const Deadline deadline(timeout);
    const Reception reception(state_);
    const FrameLimit limit(*reception, static_cast<std::uint64_t>(maxlength));
    receive_frame(reception, deadline);
    return reception->take_message();
}

std::size_t ConnectionBase::recv_bytes_into(MutableBytes buffer, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    FrameReader& reader = reception->reader;
    const bool is_read_now = !reception->has_frame();
    if (is_read_now) {
        reader.direct(buffer);
        receive_directed(reception, deadline);
    }
    Result<std::size_t> size = reception->take_into(buffer);
    if (is_read_now) reader.direct({});
    if (!size) throw BufferTooShort(size.error(), reception->take_message());
    return *size;
}

std::size_t ConnectionBase::recv_bytes_into(MutableBytes buffer, std::int64_t offset,
                                            TimeLimit timeout) {
    const auto length = static_cast<std::int64_t>(buffer.size());
    if (offset < 0) refuse("an offset of 0 or more", offset);
    if (offset > length) refuse("an offset of at most " + std::to_string(length), offset);
    return recv_bytes_into(buffer.subspan(static_cast<std::size_t>(offset)), timeout);
}

void ConnectionBase::recv_bytes_into(Buffer& buffer, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    if (reception->has_frame()) return reception->take_into(buffer);
    reception->direct_into(buffer);
    try {
        receive_directed(reception, deadline);
    } catch (...) {
        buffer.clear();
        throw;
    }
    reception->take_directed(buffer);
}

bool ConnectionBase::poll(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    const Result<bool> ready = reception->reader.ready();
    if (ready.has_error() || *ready) return true;
    const int descriptor = reception->transport.fileno();
    switch (reception->waits.wait(descriptor, POLLIN, deadline, reception.since())) {
        case WaitList::Outcome::ready:
            return true;
        case WaitList::Outcome::timed_out:
            return false;
        case WaitList::Outcome::woken:
            break;
    }
    throw_failure(reception->from_peer(canceled()));
}

void ConnectionBase::cork() {
    Sending(state_, Deadline())->corked = true;
}

void ConnectionBase::flush(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    sending->flush(deadline, sending.since()).value();
}

void ConnectionBase::uncork(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    sending->corked = false;
    sending->flush(deadline, sending.since()).value();
}

void ConnectionBase::send_handle(int descriptor, TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    sending->send_handle(descriptor, deadline, sending.since()).value();
}

int ConnectionBase::recv_handle(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Reception reception(state_);
    return reception->recv_handle(deadline, reception.since()).value().release();
}

void ConnectionBase::shutdown(TimeLimit timeout) {
    const Deadline deadline(timeout);
    const Sending sending(state_, deadline);
    sending->flush(deadline, sending.since()).value();
    if (const int error = sending->transport.shutdown(SHUT_WR)) {
        throw_failure(sending->from_peer(system_failure(error)));
    }
    sending->writable.store(false);
}

void ConnectionBase::close() noexcept {
    if (state_) state_->close();
}

void ConnectionBase::cancel() noexcept {
    if (state_) state_->cancel();
}

int ConnectionBase::release() {
    int descriptor = -1;
    {
        const Possession possession(state_);
        if (possession->reader.has_bytes()) {
            throw_failure({Errc::invalid_argument, "bytes of the stream are already read ahead"});
        }
        if (!possession->writer.empty()) {
            throw_failure({Errc::invalid_argument, "bytes of the stream are not sent yet"});
        }
        descriptor = possession->transport.release();
    }
    close();
    return descriptor;
}

int ConnectionBase::fileno() const {
    return Visit(state_)->transport.fileno();
}

bool ConnectionBase::closed() const noexcept {
    return !state_ || state_->occupancy.is_closed();
}

bool ConnectionBase::readable() const noexcept {
    return state_ && state_->readable.load();
}

bool ConnectionBase::writable() const noexcept {
    return state_ && state_->writable.load();
}

std::string ConnectionBase::peer() const {
    return state_ ? state_->peer : std::string();
}

std::optional<PeerCredentials> ConnectionBase::peer_credentials() const {
    return Visit(state_)->transport.peer_credentials();
}

Counters ConnectionBase::counters() const noexcept {
    if (!state_) return {};
    return {.messages_sent = state_->messages_sent.get(),
            .messages_received = state_->messages_received.get(),
            .bytes_sent = state_->bytes_sent.get(),
            .bytes_received = state_->bytes_received.get(),
            .stream_sent = state_->transport.bytes_written.get(),
            .stream_received = state_->transport.bytes_read.get()};
}

bool ConnectionBase::inside_message() const noexcept {
    return state_ && state_->reader.inside_frame();
}

Failure ConnectionBase::last_failure() const {
    return state_ ? state_->last_failure() : Failure();
}

int ConnectionBase::protocol() const {
    return Visit(state_)->protocol();
}

void ConnectionBase::set_options(const MessageOptions& options) {
    Visit(state_)->set_options(options);
}

}  // namespace parley

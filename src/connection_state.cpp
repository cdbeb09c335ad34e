#include "connection_state.hpp"

#include "async_side.hpp"
#include "receive_frame.hpp"
#include "system_failure.hpp"

#include <parley/handshake.hpp>
#include <parley/pickle/reader.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>
#include <string>

namespace parley {
namespace {

// Gathered frames go out when so much of them has come together.
constexpr std::size_t cork_size = std::size_t{64} * 1024;

// Failures are rare: one mutex for the words of all connections.
std::mutex failure_mutex;

}  // namespace

ConnectionState::ConnectionState(Transport open_transport, const MessageOptions& options)
    : transport(std::move(open_transport)), peer(transport.peer()) {
    set_options(options);
}

ConnectionState::ConnectionState(Transport open_transport, const SocketAddress& peer_address,
                                 const MessageOptions& options)
    : transport(std::move(open_transport)), peer(transport.name(peer_address)) {
    set_options(options);
}

ConnectionState::~ConnectionState() {
    transport.close();
}

void ConnectionState::set_options(const MessageOptions& options) {
    max_message_ = options.max_message.value_or(frame_limit);
    send_queue_ = options.send_queue.value_or(std::numeric_limits<std::size_t>::max());
    protocol_ = options.protocol;
    limit_message(frame_limit);
}

void ConnectionState::limit_message(std::uint64_t limit) noexcept {
    reader.limit(std::min(limit, max_message_));
}

[[gnu::flatten]] Result<void> ConnectionState::send_frame(ConstBytes payload, Deadline deadline,
                                                          WaitList::Epoch since) {
    const FrameWriter::Position begin = writer.end();
    const bool is_gathered = gathers(payload);
    if (is_gathered) {
        writer.gather(payload);
    } else {
        const Result<std::size_t> gone = send_at_once(payload, patience_within(deadline.left()));
        if (!gone) return from_peer(gone.error());
        if (*gone == FrameWriter::frame_size(payload.size())) return {};
        push_rest(payload, *gone);
    }
    if (!is_gathered || writer.pending() >= cork_size) {
        const Result<void> sent = run(transport, writer, waits, deadline, since);
        if (!sent) {
            // What has begun must end, or the stream breaks; what has not is taken back.
            if (writer.withdraw(begin, writer.end())) return from_peer(sent.error());
            writer.keep();
            count_sent(payload.size());
            return from_peer(sent.error());
        }
    }
    count_sent(payload.size());
    return {};
}

Result<std::size_t> ConnectionState::send_at_once(ConstBytes payload, Patience patience) {
    if (!writer.empty()) return 0;
    const FrameHeader header(payload.size());
    const std::array parts{header.bytes(), payload};
    const Transfer transfer = transport.write(parts, patience);
    if (transfer.error != 0 && transfer.error != EAGAIN) return system_failure(transfer.error);
    transport.bytes_written.add(transfer.size);
    if (transfer.size == header.size() + payload.size()) count_sent(payload.size());
    return transfer.size;
}

void ConnectionState::push_rest(ConstBytes payload, std::size_t gone) {
    try {
        writer.push(payload);
    } catch (...) {
        if (gone > 0) close_writing();
        throw;
    }
    writer.sent(gone);
}

void ConnectionState::close_writing() noexcept {
    writable.store(false);
    transport.shutdown(SHUT_WR);
}

bool ConnectionState::gathers(ConstBytes payload) const noexcept {
    return corked && payload.size() <= gather_limit;
}

bool ConnectionState::keeps_gathering() const noexcept {
    return corked && writer.pending() < cork_size;
}

void ConnectionState::add_frame(ConstBytes payload) {
    if (payload.size() <= gather_limit && (corked || !writer.empty()))
        writer.gather(payload);
    else
        writer.push(payload);
}

void ConnectionState::count_sent(std::size_t payload_size) noexcept {
    messages_sent.add(1);
    bytes_sent.add(payload_size);
}

Result<void> ConnectionState::flush(Deadline deadline, WaitList::Epoch since) {
    const Result<void> sent = run(transport, writer, waits, deadline, since);
    if (!sent) return from_peer(sent.error());
    return {};
}

Result<void> ConnectionState::send_handle(int descriptor, Deadline deadline,
                                          WaitList::Epoch since) {
    if (Result<void> able = check_handles(); !able) return able;
    if (Result<void> flushed = flush(deadline, since); !flushed) return flushed;
    for (;;) {
        // reduction.sendfds: one byte, the number of descriptors, and the descriptor beside it.
        const Transfer transfer = transport.write_descriptor(std::byte{1}, descriptor);
        if (transfer.error == 0) return {};
        if (transfer.error != EAGAIN) return from_peer(system_failure(transfer.error));
        switch (waits.wait(transport.fileno(), POLLOUT, deadline, since)) {
            case WaitList::Outcome::ready:
                break;
            case WaitList::Outcome::timed_out:
                return from_peer(Errc::timeout);
            case WaitList::Outcome::woken:
                return from_peer(canceled());
        }
    }
}

Result<void> ConnectionState::check_handles() const {
    if (transport.medium() == Medium::unix_socket) return {};
    return from_peer({Errc::invalid_argument, "descriptors pass over Unix sockets alone"});
}

Result<void> ConnectionState::receive_frame(Deadline deadline, WaitList::Epoch since) {
    if (!reader.has_frame()) {
        ReceiveFrame algorithm(reader);
        const Result<void> received = run(transport, algorithm, waits, deadline, since);
        if (!received) return frame_failure(received.error());
    }
    return check_frame();
}

Result<bool> ConnectionState::advance_frame() {
    ReceiveFrame algorithm(reader);
    const Result<Wants> wants = advance(transport, algorithm, Patience::readiness);
    if (wants.has_error()) return frame_failure(wants.error());
    if (*wants != Wants::nothing) return false;
    const Result<void> checked = check_frame();
    if (!checked) return checked.error();
    return true;
}

Failure ConnectionState::frame_failure(const Failure& failure) {
    if (failure.code == Errc::bad_frame_length || failure.code == Errc::message_too_long ||
        failure.code == Errc::truncated_message) {
        close_reading();
    }
    return from_peer(failure);
}

Result<void> ConnectionState::check_first_frame() {
    expects_no_challenge = false;
    if (!looks_like_challenge(reader.payload())) return {};
    close_reading();
    return from_peer(Failure(Errc::challenged_without_key,
                             "its first message is a challenge, and no authkey was given"));
}

namespace {

/// Reads the one byte that a descriptor travels with: just that, unless it is read ahead already.
class ReceiveByte final : public Algorithm {
public:
    explicit ReceiveByte(FrameReader& reader) noexcept : reader_(reader) {}

    Step step() override {
        if (reader_.has_bytes())
            reader_.take_byte();
        else if (at_end_)
            return reader_.end_of_stream();
        else if (!is_done_)
            return Receive{{&byte_, 1}};
        is_done_ = true;
        return Done{};
    }
    void sent(std::size_t) override {}
    void received(ConstBytes bytes) override { (bytes.empty() ? at_end_ : is_done_) = true; }

private:
    FrameReader& reader_;
    std::byte byte_{};
    bool is_done_ = false;
    bool at_end_ = false;
};

}  // namespace

Result<bool> ConnectionState::advance_byte() {
    ReceiveByte algorithm(reader);
    const Result<Wants> wants = advance(transport, algorithm, Patience::readiness);
    if (wants.has_error()) return from_peer(wants.error());
    return *wants == Wants::nothing;
}

Result<Descriptor> ConnectionState::recv_handle(Deadline deadline, WaitList::Epoch since) {
    if (Result<void> able = check_handles(); !able) return able.error();
    ReceiveByte algorithm(reader);
    const Result<void> received = run(transport, algorithm, waits, deadline, since);
    if (!received) return from_peer(received.error());
    return take_handle();
}

Result<Descriptor> ConnectionState::take_handle() {
    // A descriptor comes beside the last byte that was read: another's, where more is read ahead.
    Descriptor descriptor = reader.has_bytes() ? Descriptor() : transport.take_descriptor();
    if (!descriptor.is_open()) return from_peer(Failure(Errc::descriptor_not_passed));
    return descriptor;
}

Buffer ConnectionState::take_message() {
    Buffer message = reader.take();
    count_received(message.size());
    return message;
}

void ConnectionState::keep_borrowed() noexcept {
    try {
        reader.keep();
    } catch (const std::bad_alloc&) {
        reader.consume();
        close_reading();
    }
}

void ConnectionState::stop_directing() noexcept {
    try {
        reader.direct({});
    } catch (const std::bad_alloc&) {
        close_reading();
    }
}

Result<Value> ConnectionState::take_value() {
    Result<Value> value = pickle::loads(take_message());
    if (!value) return from_peer(std::move(value).error());
    if (const std::optional<int> shown = value->protocol()) note_protocol(*shown);
    return value;
}

Result<void> ConnectionState::take_decoded(void* object, pickle::Decode decode_message) {
    return decode(take_message(), object, decode_message);
}

Result<void> ConnectionState::decode(Buffer message, void* object, pickle::Decode decode_message) {
    // PROTO, and no protocol below 2 has it.
    const bool has_proto = message.size() > 1 && message.data()[0] == std::byte{0x80};
    const int shown = has_proto ? std::to_integer<int>(message.data()[1]) : 0;
    if (Result<void> decoded = decode_message(object, std::move(message), {}); !decoded) {
        return from_peer(std::move(decoded).error());
    }
    note_protocol(shown);
    return {};
}

Failure ConnectionState::buffer_too_short(std::size_t room) const {
    return {Errc::buffer_too_short, "expected at most " + std::to_string(room) + " bytes, got " +
                                        std::to_string(reader.payload().size())};
}

void ConnectionState::direct_into(Buffer& buffer) {
    // All the memory that the buffer has may be read into, whatever its size is now.
    buffer.resize(buffer.capacity());
    reader.direct({buffer.data(), buffer.size()}, true);
}

void ConnectionState::take_directed(Buffer& buffer) {
    if (reader.payload().size() <= buffer.capacity()) {
        take_into(buffer);
        return reader.direct({});
    }
    // Before anything that throws: the buffer is the caller's again then.
    reader.direct({});
    buffer = take_message();
}

void ConnectionState::note_protocol(int protocol) noexcept {
    if (protocol > peer_protocol_.load(std::memory_order_relaxed)) {
        peer_protocol_.store(protocol, std::memory_order_relaxed);
    }
}

int ConnectionState::protocol() const noexcept {
    const int shown = peer_protocol_.load(std::memory_order_relaxed);
    // Whoever writes protocol 0 or 1 reads 2 as well: every CPython from 2.3 on does.
    return shown < 0 ? protocol_ : std::min(protocol_, std::max(shown, 2));
}

void ConnectionState::close_reading() noexcept {
    readable.store(false);
    if (!writable.load()) close();
}

Failure ConnectionState::from_peer(Failure failure) const {
    if (!failure.detail.empty()) failure.detail += ", ";
    failure.detail += "peer " + peer;
    return failure;
}

AsyncSide& ConnectionState::async_side(const boost::asio::any_io_executor& executor) {
    if (!async) async = std::make_unique<AsyncSide>(executor);
    return *async;
}

boost::system::error_code ConnectionState::note_failure(const Failure& failure) {
    auto kept = std::make_unique<const Failure>(failure);
    const std::lock_guard lock(failure_mutex);
    last_failure_ = std::move(kept);
    return failure.code;
}

Failure ConnectionState::last_failure() const {
    const std::lock_guard lock(failure_mutex);
    return last_failure_ ? *last_failure_ : Failure();
}

void ConnectionState::end_async(bool for_good) noexcept {
    CompletedSends completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(async_mutex);
        if (!async) return;
        const boost::system::error_code outcome = canceled().code;
        if (!async->sends.empty()) {
            executor = async->executor();
            async->sends.cancel_all(*this, outcome, completed);
            sending_turn.give_asynchronous();
        }
        if (for_good)
            async->leave_reactor();
        else
            async->end_waits();
    }
    completed.post_all(executor);
}

void ConnectionState::cancel() noexcept {
    waits.wake_all();
    end_async(false);
}

void ConnectionState::close() noexcept {
    if (occupancy.close()) {
        waits.wake_all();
        end_async(true);
    }
    leave();
}

namespace {

ConnectionState& existing(const std::shared_ptr<ConnectionState>& state) {
    if (!state) throw_failure(Errc::closed);
    return *state;
}

}  // namespace

Visit::Visit(const std::shared_ptr<ConnectionState>& state)
    : state_(existing(state)), since_(state_.waits.epoch()), receives_(false) {
    if (state_.occupancy.enter()) return;
    state_.leave();
    throw_failure(Errc::closed);
}

Visit::Visit(const std::shared_ptr<ConnectionState>& state, Receiving receiving)
    : state_(existing(state)), since_(state_.waits.epoch()), receives_(true) {
    if (receiving == Receiving::if_readable && !state_.readable.load()) {
        throw_failure(state_.occupancy.is_closed() ? Errc::closed : Errc::not_readable);
    }
    switch (state_.occupancy.enter_to_receive()) {
        case Occupancy::Entry::open:
            return;
        case Occupancy::Entry::closed:
            throw_failure(Errc::closed);
        case Occupancy::Entry::receiving:
            throw_failure({Errc::busy, "another call is receiving"});
    }
}

Sending::Sending(const std::shared_ptr<ConnectionState>& state, Deadline deadline) : Visit(state) {
    ConnectionState& connection = **this;
    if (!connection.writable.load()) throw_failure(Errc::not_writable);
    switch (connection.sending_turn.take(deadline)) {
        case Turn::Outcome::taken:
            break;
        case Turn::Outcome::timed_out:
            throw_failure(connection.from_peer({Errc::timeout, "another call is sending"}));
        case Turn::Outcome::asynchronous:
            throw_failure({Errc::busy, "asynchronous calls are sending"});
    }
    if (connection.waits.epoch() == since()) return;
    connection.sending_turn.give();
    throw_failure(connection.from_peer(canceled()));
}

Sending::~Sending() {
    (**this).sending_turn.give();
}

Possession::Possession(const std::shared_ptr<ConnectionState>& state)
    : Visit(state, Receiving::always) {
    if ((**this).sending_turn.take(Deadline(TimeLimit(0))) == Turn::Outcome::taken) return;
    throw_failure({Errc::busy, "another call is sending"});
}

Possession::~Possession() {
    (**this).sending_turn.give();
}

}  // namespace parley

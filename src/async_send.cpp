// The asynchronous calls of the sending side: each takes its place in the queue, which is written
// at once where the socket takes it.
#include "async_side.hpp"
#include "completion.hpp"
#include "connection_state.hpp"
#include "system_failure.hpp"

#include <parley/asynchronous/call.hpp>
#include <parley/asynchronous/handler_memory.hpp>

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace parley::asynchronous {
namespace {

using boost::asio::cancellation_type;
using boost::system::error_code;
using Kind = QueuedSend::Kind;
using State = std::shared_ptr<ConnectionState>;

void write_on(const State& connection, Handler<>);
void take_turn(const State& connection, Handler<> first);
void drop_all(ConnectionState& connection) noexcept;

/// While this thread hands a Continuation over, under the connection's lock. Where that fails, the
/// calls in the queue stay there, and the handler is given back to who will end it without the
/// lock.
class HandingOver {
public:
    HandingOver(const ConnectionState& connection, Handler<>& first) noexcept
        : connection_(connection), first_(first), outer_(std::exchange(current, this)) {}
    HandingOver(const HandingOver&) = delete;
    HandingOver& operator=(const HandingOver&) = delete;
    ~HandingOver() { current = outer_; }

    /// Whether it is for this connection that this thread does so.
    [[nodiscard]] static bool takes_back(const ConnectionState& connection,
                                         Handler<>& first) noexcept {
        if (current == nullptr || &current->connection_ != &connection) return false;
        current->first_.swap(first);
        return true;
    }

private:
    static thread_local HandingOver* current;

    const ConnectionState& connection_;
    Handler<>& first_;
    HandingOver* outer_;
};
thread_local HandingOver* HandingOver::current = nullptr;

/// A connection that something is to go on for in the executor. Where the context ends before, so
/// do the calls in the queue: their handlers are destroyed with this one.
template <void (*GoOn)(const State&, Handler<>)>
class Continuation {
public:
    using allocator_type = HandlerAllocator<void>;

    explicit Continuation(ConnectionState& connection, Handler<> first = {}) noexcept
        : connection_(connection.shared_from_this()), first_(std::move(first)) {}
    Continuation(Continuation&&) noexcept = default;
    Continuation& operator=(Continuation&&) = delete;
    Continuation(const Continuation&) = delete;
    Continuation& operator=(const Continuation&) = delete;
    ~Continuation() {
        if (!connection_ || HandingOver::takes_back(*connection_, first_)) return;
        drop_all(*connection_);
    }

    void operator()(error_code = {}) {
        const State connection = std::move(connection_);
        GoOn(connection, std::move(first_));
    }
    [[nodiscard]] static allocator_type get_allocator() noexcept { return {}; }

private:
    State connection_;
    Handler<> first_;
};

/// The code of a failure, whose words are kept where there is memory for them.
error_code noted(ConnectionState& connection, const Failure& failure) noexcept {
    try {
        return connection.note_failure(connection.from_peer(failure));
    } catch (const std::bad_alloc&) {
        return failure.code;
    }
}

/// Under the lock: takes a turn of the executor's, in which this handler is the first. Where that
/// throws, the handler is still the caller's.
void post_turn(ConnectionState& connection, Handler<>&& first) {
    AsyncSide& side = *connection.async;
    if (Reactor* const reactor = side.reactor()) {
        side.turn.connection = connection.shared_from_this();
        side.turn.first.swap(first);
        reactor->post(side.turn);
    } else {
        const HandingOver handing_over(connection, first);
        post_to(side.executor(), Continuation<take_turn>(connection, std::move(first)));
    }
    side.awaits_turn = true;
}

/// Under the lock: has the queue written on once the socket takes more; what keeps it from that.
error_code wait_to_write(ConnectionState& connection) {
    AsyncSide& side = *connection.async;
    try {
        if (const error_code error = side.watch(connection.transport.fileno())) return error;
        Handler<> none;
        const HandingOver handing_over(connection, none);
        side.wait(AsyncSide::WaitType::wait_write, Continuation<write_on>(connection));
    } catch (const std::bad_alloc&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    }
    side.waits_to_write = true;
    return {};
}

/// Under the lock: writes what the socket takes, and has the calls that are through completed in
/// the executor's next turn. Where there is no waiting for the socket, all calls are ended; what
/// has begun goes out with the next one.
void progress(ConnectionState& connection) {
    AsyncSide& side = *connection.async;
    const Wants wants = side.sends.progress(connection, side.completed);
    if (wants == Wants::to_write) {
        if (const error_code error = wait_to_write(connection)) {
            side.sends.cancel_all(connection, noted(connection, error), side.completed);
        }
    }
    if (!side.awaits_turn && !side.completed.empty()) post_turn(connection, {});
}

/// Under the lock, once the queue has changed: an empty one lets others send, and nothing of ours
/// keeps the context at work. A call that receives waits on.
void settle(ConnectionState& connection) {
    AsyncSide* const side = connection.async.get();
    if (side != nullptr && !side->sends.empty()) return;
    connection.sending_turn.give_asynchronous();
    if (side != nullptr && side->waits_to_write) side->end_waits();
}

/// The same where a step of a call throws, which may have the turn by then.
template <typename Step>
void settle_if_it_throws(ConnectionState& connection, const Step& step) {
    try {
        step();
    } catch (...) {
        settle(connection);
        throw;
    }
}

void write_on(const State& connection, Handler<>) {
    const std::lock_guard lock(connection->async_mutex);
    AsyncSide& side = *connection->async;
    side.waits_to_write = false;
    if (side.sends.empty()) return;
    progress(*connection);
    settle(*connection);
}

/// Under the lock that it is given: what has gathered in the queue goes out before anybody is told
/// of what is out already, so that the peer has something to do meanwhile.
void take_turn_of_many(const State& connection, Handler<> first,
                       std::unique_lock<LightMutex> given) {
    CompletedSends completed;
    std::unique_lock lock(std::move(given));
    AsyncSide& side = *connection->async;
    const boost::asio::any_io_executor executor = side.executor();
    completed.take(side.completed);
    if (!side.sends.empty() && !side.waits_to_write) {
        progress(*connection);
        settle(*connection);
    }
    lock.unlock();
    completed.call_all(executor, std::move(first));
}

void take_turn(const State& connection, Handler<> first) {
    std::unique_lock lock(connection->async_mutex);
    AsyncSide& side = *connection->async;
    side.awaits_turn = false;
    if (!side.completed.empty() || !side.sends.empty()) {
        return take_turn_of_many(connection, std::move(first), std::move(lock));
    }
    lock.unlock();
    if (first) std::move(first)(error_code());
}

void drop_all(ConnectionState& connection) noexcept {
    CompletedSends dropped;
    const std::lock_guard lock(connection.async_mutex);
    dropped.take(connection.async->completed);
    connection.async->sends.cancel_all(connection, {}, dropped);
    connection.sending_turn.give_asynchronous();
}

void cancel(const std::weak_ptr<ConnectionState>& weak, std::uint64_t number,
            cancellation_type type, error_code outcome) {
    const State connection = weak.lock();
    if (!connection) return;
    CompletedSends completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(connection->async_mutex);
        AsyncSide& side = *connection->async;
        if (side.sends.empty()) return;
        executor = side.executor();
        side.sends.cancel(*connection, number, type, outcome, completed);
        settle(*connection);
    }
    completed.post_all(executor);
}

/// Under the lock: lets the handler's slot and its time end a call that has to wait.
void let_end(ConnectionState& connection, QueuedSend& send, TimeLimit timeout) {
    const std::weak_ptr<ConnectionState> weak = connection.weak_from_this();
    const std::uint64_t number = send.number;
    heed_slot(send.handler(), [weak, number](cancellation_type type) {
        cancel(weak, number, type, canceled().code);
    });
    if (timeout) {
        send.timer =
            std::make_unique<boost::asio::steady_timer>(connection.async->executor(), *timeout);
        send.timer->async_wait([weak, number](error_code error) {
            if (!error) cancel(weak, number, cancellation_type::terminal, Errc::timeout);
        });
    }
}

/// The connection's own context is kept at work by what is under way there.
void settle_home(QueuedSend& send, const Call& call) {
    const ConnectionState* const connection = call.connection;
    const bool has_moved =
        connection != nullptr && connection->async && !connection->async->runs_on(call.executor);
    send.is_at_home = call.is_at_home && !has_moved;
    if (!send.is_at_home) send.elsewhere = tracked_work(send.handler(), call.executor);
}

/// Under the lock: whether asynchronous calls may send, whose turn it then is.
bool may_send(ConnectionState& connection) {
    if (connection.occupancy.is_closed() || !connection.writable.load()) return false;
    if (connection.async && !connection.async->sends.empty()) return true;
    return connection.sending_turn.take_asynchronous();
}

/// The same, with the reason why not.
Failure refusal(ConnectionState& connection) {
    if (may_send(connection)) return {};
    if (connection.occupancy.is_closed()) return Errc::closed;
    if (!connection.writable.load()) return Errc::not_writable;
    return {Errc::busy, "a blocking call is sending"};
}

/// Under the lock, for a call that is in the queue: what can go out does, and what has to wait can
/// be ended.
void go_on(const Call& call, QueuedSend& send, CompletedSends& completed) {
    ConnectionState& connection = *call.connection;
    AsyncSide& side = *connection.async;
    const std::uint64_t number = send.number;
    const bool is_urgent = call.timeout && call.timeout->count() <= 0;
    if (!side.waits_to_write && (is_urgent || !side.awaits_turn)) progress(connection);
    if (!side.sends.has(number)) return;
    if (is_urgent) {
        side.sends.cancel(connection, number, cancellation_type::terminal, Errc::timeout,
                          completed);
    } else {
        let_end(connection, send, call.timeout);
    }
}

/// Under the lock, once a call is let in: it takes its place in the queue. From there on it throws
/// nothing, since its handler will be called.
void line_up(const Call& call, QueuedSend& send, CompletedSends& completed) {
    ConnectionState& connection = *call.connection;
    AsyncSide& side = *connection.async;
    const std::uint64_t number = side.sends.add(send);
    if (send.kind == Kind::shutdown) connection.writable.store(false);
    try {
        go_on(call, send, completed);
    } catch (...) {
        if (!side.awaits_turn && completed.empty()) completed.take(side.completed);
        if (side.sends.has(number)) side.sends.end_last(connection, completed);
    }
}

/// Under the lock: lets a call in, or refuses it.
void enter(const Call& call, QueuedSend& send, CompletedSends& completed) {
    ConnectionState& connection = *call.connection;
    try {
        settle_home(send, call);
        if (const Failure refused = refusal(connection); refused.code.failed()) {
            return completed.add(send, connection.note_failure(refused));
        }
        static_cast<void>(connection.async_side(call.executor));
        line_up(call, send, completed);
    } catch (const std::bad_alloc&) {
        if (!send.elsewhere) send.is_at_home = true;
        completed.add(send, make_error_code(boost::system::errc::not_enough_memory));
    }
    settle(connection);
}

void begin(const Call& call, QueuedSend& send) {
    CompletedSends completed;
    if (call.connection != nullptr) {
        const std::lock_guard lock(call.connection->async_mutex);
        enter(call, send, completed);
    } else {
        settle_home(send, call);
        completed.add(send, Errc::closed);
    }
    completed.post_all(call.executor);
}

QueuedSend& make(Handler<>&& handler, Kind kind) {
    QueuedSend& send = *QueuedSend::make(std::move(handler));
    send.kind = kind;
    return send;
}

/// A frame's payload, which is the caller's, or in memory that comes along.
struct Frame {
    ConstBytes payload;
    Buffer memory;
};

QueuedSend& make(Handler<>&& handler, Frame frame) {
    QueuedSend& send = make(std::move(handler), Kind::frame);
    send.payload = frame.payload;
    send.pickle = std::move(frame.memory);
    return send;
}

/// Under the lock: whether nothing is in the way of a frame whose handler is at home, so that it
/// needs no place in the queue. `settle` must follow then.
bool may_go_at_once(const Call& call) {
    ConnectionState& connection = *call.connection;
    AsyncSide& side = connection.async_side(call.executor);
    return call.is_at_home && side.sends.empty() && !side.awaits_turn && !connection.corked &&
           connection.writer.empty() && side.runs_on(call.executor) && may_send(connection);
}

/// Under the lock: whether a frame may be copied, to go out with what is on its way, so that its
/// handler is all that need be kept. Nothing but the end of all can end such a call.
bool may_be_gathered(const Call& call, const Handler<>& handler, const Frame& frame) {
    ConnectionState& connection = *call.connection;
    if (!connection.async) return false;
    AsyncSide& side = *connection.async;
    return call.is_at_home && !call.timeout && (side.awaits_turn || side.waits_to_write) &&
           side.sends.may_gather() && side.completed.has_gathered_alone() &&
           connection.may_gather(frame.payload) && side.runs_on(call.executor) &&
           !has_slot(handler) && may_send(connection);
}

/// Under the lock: the place in the queue of a frame of which so much has gone out.
QueuedSend& make_begun(ConnectionState& connection, Handler<>&& handler, Frame frame,
                       std::size_t gone) {
    try {
        return make(std::move(handler), std::move(frame));
    } catch (...) {
        if (gone > 0) connection.close_writing();
        throw;
    }
}

/// Under the lock: writes a frame past the queue, which what does not go out is put into.
void go_at_once(const Call& call, Handler<>&& handler, Frame frame, CompletedSends& completed) {
    ConnectionState& connection = *call.connection;
    const Result<std::size_t> gone = connection.send_at_once(frame.payload, Patience::none);
    if (gone && *gone == FrameWriter::frame_size(frame.payload.size())) {
        return post_turn(connection, std::move(handler));
    }
    QueuedSend& send =
        make_begun(connection, std::move(handler), std::move(frame), gone ? *gone : 0);
    if (!gone) {
        return completed.add(send, noted(connection, gone.error()));
    }
    send.begin = connection.writer.end();
    try {
        connection.push_rest(send.payload, *gone);
    } catch (const std::bad_alloc&) {
        completed.add(send, make_error_code(boost::system::errc::not_enough_memory));
        return;
    }
    send.end = connection.writer.end();
    send.admitted = true;
    line_up(call, send, completed);
}

/// Under the lock that it is given.
void begin_in_queue(const Call& call, Handler<> handler, Frame frame,
                    std::unique_lock<LightMutex> given) {
    CompletedSends completed;  // outlives the lock: it may end what the connection belongs to
    std::unique_lock lock(std::move(given));
    settle_if_it_throws(*call.connection, [&] {
        if (may_go_at_once(call)) {
            go_at_once(call, std::move(handler), std::move(frame), completed);
            settle(*call.connection);
        } else {
            enter(call, make(std::move(handler), std::move(frame)), completed);
        }
    });
    lock.unlock();
    completed.post_all(call.executor);
}

void begin(const Call& call, Handler<> handler, Frame frame) {
    if (call.connection == nullptr) return begin(call, make(std::move(handler), std::move(frame)));
    ConnectionState& connection = *call.connection;
    std::unique_lock lock(connection.async_mutex);
    if (may_be_gathered(call, handler, frame)) {
        return settle_if_it_throws(connection, [&] {
            connection.async->sends.gather(connection, std::move(handler), frame.payload);
        });
    }
    begin_in_queue(call, std::move(handler), std::move(frame), std::move(lock));
}

}  // namespace

void send_value(const Call& call, Handler<> handler, Value value) {
    QueuedSend& send = make(std::move(handler), Kind::value);
    send.value = std::move(value);
    begin(call, send);
}

void send_pickle(const Call& call, Handler<> handler, Result<Buffer> pickle) {
    if (!pickle) {
        error_code error = pickle.error().code;
        if (call.connection != nullptr) {
            error = call.connection->note_failure(call.connection->from_peer(pickle.error()));
        }
        return post_completion<>(call.executor, std::move(handler), error, {}, call.is_at_home);
    }
    const ConstBytes payload(pickle->data(), pickle->size());
    begin(call, std::move(handler), {payload, std::move(*pickle)});
}

void send_bytes(const Call& call, Handler<> handler, ConstBytes payload) {
    begin(call, std::move(handler), {payload, {}});
}

void send_handle(const Call& call, Handler<> handler, int descriptor) {
    QueuedSend& send = make(std::move(handler), Kind::handle);
    send.descriptor = descriptor;
    begin(call, send);
}

void flush(const Call& call, Handler<> handler) {
    begin(call, make(std::move(handler), Kind::flush));
}

void shutdown(const Call& call, Handler<> handler) {
    begin(call, make(std::move(handler), Kind::shutdown));
}

Result<Buffer> encode(const State& connection, const void* object, pickle::Encode encode_object) {
    if (!connection) return Failure(Errc::closed);
    Buffer pickled;
    const Result<void> encoded =
        encode_object(object, pickled, {.protocol = connection->protocol()});
    if (!encoded) return encoded.error();
    return pickled;
}

}  // namespace parley::asynchronous

namespace parley {

void SendTurn::complete() {
    const std::shared_ptr<ConnectionState> kept = std::move(connection);
    asynchronous::take_turn(kept, std::move(first));
}

void SendTurn::destroy() noexcept {
    const std::shared_ptr<ConnectionState> kept = std::move(connection);
    const asynchronous::Handler<> dropped = std::move(first);
    asynchronous::drop_all(*kept);
}

}  // namespace parley

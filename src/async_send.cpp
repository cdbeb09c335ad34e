// The asynchronous calls of the sending side: each takes its place in the queue, which is written
// at once where the socket takes it.
#include "async_side.hpp"
#include "completion.hpp"
#include "connection_state.hpp"
#include "system_failure.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace parley::asynchronous {
namespace {

using boost::asio::cancellation_type;
using boost::system::error_code;
using Kind = QueuedSend::Kind;
using State = std::shared_ptr<ConnectionState>;

void write_on(const State& connection);
void take_turn(const State& connection);
void drop_all(ConnectionState& connection) noexcept;

/// A connection that something is to go on for in the executor. Where the context ends before, so
/// do the calls in the queue: their handlers are destroyed with this one.
template <void (*GoOn)(const State&)>
class Continuation {
public:
    explicit Continuation(State connection) noexcept : connection_(std::move(connection)) {}
    Continuation(Continuation&&) noexcept = default;
    Continuation& operator=(Continuation&&) = delete;
    Continuation(const Continuation&) = delete;
    Continuation& operator=(const Continuation&) = delete;
    ~Continuation() {
        if (connection_) drop_all(*connection_);
    }

    void operator()(error_code = {}) {
        const State connection = std::move(connection_);
        GoOn(connection);
    }

private:
    State connection_;
};

/// Under the lock: writes what the socket takes, and has the calls that are through completed in
/// the executor's next turn.
void progress(const State& connection) {
    AsyncSide& side = *connection->async;
    const Wants wants = side.sends.progress(*connection, side.completed);
    if (wants == Wants::to_write) {
        side.wait(connection->transport.fileno(), AsyncSide::WaitType::wait_write,
                  Continuation<write_on>(connection));
        side.waits_to_write = true;
    }
    if (!side.awaits_turn && !side.completed.empty()) {
        side.awaits_turn = true;
        boost::asio::post(side.executor(), Continuation<take_turn>(connection));
    }
}

/// Under the lock, once the queue has changed: an empty one lets others send, and nothing of ours
/// keeps the context at work. A call that receives waits on.
void settle(ConnectionState& connection) {
    AsyncSide& side = *connection.async;
    if (!side.sends.empty()) return;
    connection.senders.store(Senders::none, std::memory_order_release);
    if (side.waits_to_write) side.end_waits();
}

void write_on(const State& connection) {
    const std::lock_guard lock(connection->async_mutex);
    AsyncSide& side = *connection->async;
    side.waits_to_write = false;
    if (side.sends.empty()) return;
    progress(connection);
    settle(*connection);
}

/// What has gathered in the queue goes out before anybody is told of what is out already, so that
/// the peer has something to do meanwhile.
void take_turn(const State& connection) {
    CompletedSends completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(connection->async_mutex);
        AsyncSide& side = *connection->async;
        executor = side.executor();
        side.awaits_turn = false;
        completed.splice(side.completed);
        if (!side.sends.empty() && !side.waits_to_write) {
            progress(connection);
            settle(*connection);
        }
    }
    completed.call_all(executor);
}

void drop_all(ConnectionState& connection) noexcept {
    CompletedSends dropped;
    const std::lock_guard lock(connection.async_mutex);
    dropped.splice(connection.async->completed);
    connection.async->sends.cancel_all(connection, {}, dropped);
    connection.senders.store(Senders::none, std::memory_order_release);
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
void let_end(const State& connection, QueuedSend& send, TimeLimit timeout) {
    const std::weak_ptr<ConnectionState> weak = connection;
    const std::uint64_t number = send.number;
    heed_slot(send.handler(), [weak, number](cancellation_type type) {
        cancel(weak, number, type, canceled().code);
    });
    if (timeout) {
        send.timer =
            std::make_unique<boost::asio::steady_timer>(connection->async->executor(), *timeout);
        send.timer->async_wait([weak, number](error_code error) {
            if (!error) cancel(weak, number, cancellation_type::terminal, Errc::timeout);
        });
    }
}

/// The connection's own context is kept at work by what is under way there.
void settle_home(QueuedSend& send, AsyncSide& side) {
    const auto executor = boost::asio::get_associated_executor(send.handler(), side.home());
    send.is_at_home = executor == side.home();
    if (!send.is_at_home) send.work = tracked_work(send.handler(), side.executor());
}

/// Under the lock: whether asynchronous calls may send.
Failure refusal(ConnectionState& connection) {
    if (connection.occupancy.is_closed()) return Errc::closed;
    if (!connection.writable.load()) return Errc::not_writable;
    if (connection.async && !connection.async->sends.empty()) return {};
    Senders nobody = Senders::none;
    if (connection.senders.compare_exchange_strong(nobody, Senders::asynchronous,
                                                   std::memory_order_acquire)) {
        return {};
    }
    return {Errc::busy, "a blocking call is sending"};
}

void begin(Call call, QueuedSend& send) {
    CompletedSends completed;
    const State& connection = call.connection;
    if (!connection) {
        completed.add(send, Errc::closed);
        return completed.post_all(call.executor);
    }
    {
        const std::lock_guard lock(connection->async_mutex);
        if (const Failure refused = refusal(*connection); refused.code.failed()) {
            completed.add(send, connection->note_failure(refused));
        } else {
            AsyncSide& side = connection->async_side(call.executor);
            settle_home(send, side);
            const std::uint64_t number = side.sends.add(send);
            const bool is_urgent = call.timeout && call.timeout->count() <= 0;
            if (send.kind == Kind::shutdown) connection->writable.store(false);
            if (!side.waits_to_write && (is_urgent || !side.awaits_turn)) progress(connection);
            if (side.sends.has(number)) {
                if (is_urgent) {
                    side.sends.cancel(*connection, number, cancellation_type::terminal,
                                      Errc::timeout, completed);
                } else {
                    let_end(connection, send, call.timeout);
                }
            }
            settle(*connection);
        }
    }
    completed.post_all(call.executor);
}

QueuedSend& make(Handler<> handler, Kind kind) {
    QueuedSend& send = *QueuedSend::make(std::move(handler));
    send.kind = kind;
    return send;
}

}  // namespace

void send_value(Call call, Handler<> handler, Value value) {
    QueuedSend& send = make(std::move(handler), Kind::value);
    send.value = std::move(value);
    begin(std::move(call), send);
}

void send_pickle(Call call, Handler<> handler, Result<Buffer> pickle) {
    if (!pickle) {
        error_code error = pickle.error().code;
        if (call.connection) {
            error = call.connection->note_failure(call.connection->from_peer(pickle.error()));
        }
        return post_completion<>(call.executor, std::move(handler), error, {});
    }
    QueuedSend& send = make(std::move(handler), Kind::frame);
    send.pickle = std::move(*pickle);
    send.payload = {send.pickle.data(), send.pickle.size()};
    begin(std::move(call), send);
}

void send_bytes(Call call, Handler<> handler, ConstBytes payload) {
    QueuedSend& send = make(std::move(handler), Kind::frame);
    send.payload = payload;
    begin(std::move(call), send);
}

void send_handle(Call call, Handler<> handler, int descriptor) {
    QueuedSend& send = make(std::move(handler), Kind::handle);
    send.descriptor = descriptor;
    begin(std::move(call), send);
}

void flush(Call call, Handler<> handler) {
    begin(std::move(call), make(std::move(handler), Kind::flush));
}

void shutdown(Call call, Handler<> handler) {
    begin(std::move(call), make(std::move(handler), Kind::shutdown));
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

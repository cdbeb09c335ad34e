// The asynchronous calls of the sending side: each takes its place in the queue, which is written
// at once where the socket takes it.
#include "async_side.hpp"
#include "completion.hpp"
#include "connection_state.hpp"
#include "system_failure.hpp"

#include <parley/asynchronous/call.hpp>

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
void drop_all(ConnectionState& connection) noexcept;

/// Waits in the reactor for the queue's sake. Where the context ends before, so do the calls in the
/// queue: their handlers are destroyed with this one.
class WriteWait {
public:
    explicit WriteWait(State connection) noexcept : connection_(std::move(connection)) {}
    WriteWait(WriteWait&&) noexcept = default;
    WriteWait& operator=(WriteWait&&) = delete;
    WriteWait(const WriteWait&) = delete;
    WriteWait& operator=(const WriteWait&) = delete;
    ~WriteWait() {
        if (connection_) drop_all(*connection_);
    }

    void operator()(error_code) {
        const State connection = std::move(connection_);
        write_on(connection);
    }

private:
    State connection_;
};

/// Under the lock, once the queue has changed: waits on, or lets others send.
void settle(const State& connection, Wants wants) {
    AsyncSide& side = *connection->async;
    if (side.sends.empty()) {
        connection->senders.store(Senders::none, std::memory_order_release);
        // Nothing of ours keeps the context at work. A call that receives waits on.
        if (side.waits_to_write) side.end_waits();
    } else if (wants == Wants::to_write && !side.waits_to_write) {
        side.wait(connection->transport.fileno(), AsyncSide::WaitType::wait_write,
                  WriteWait(connection));
        side.waits_to_write = true;
    }
}

void write_on(const State& connection) {
    CompletedSends completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(connection->async_mutex);
        AsyncSide& side = *connection->async;
        side.waits_to_write = false;
        if (side.sends.empty()) return;
        executor = side.executor();
        settle(connection, side.sends.progress(*connection, completed));
    }
    completed.post_all(executor);
}

void drop_all(ConnectionState& connection) noexcept {
    CompletedSends dropped;
    const std::lock_guard lock(connection.async_mutex);
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
        settle(connection, Wants::nothing);
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
    send.work = tracked_work(send.handler(), connection->async->executor());
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
            SendQueue& sends = connection->async_side(call.executor).sends;
            const std::uint64_t number = sends.add(send);
            if (send.kind == Kind::shutdown) connection->writable.store(false);
            Wants wants = Wants::to_write;
            if (!connection->async->waits_to_write) wants = sends.progress(*connection, completed);
            if (sends.has(number)) {
                if (call.timeout && call.timeout->count() <= 0) {
                    sends.cancel(*connection, number, cancellation_type::terminal, Errc::timeout,
                                 completed);
                } else {
                    let_end(connection, send, call.timeout);
                }
            }
            settle(connection, wants);
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

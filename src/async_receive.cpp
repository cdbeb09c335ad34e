// The asynchronous calls of the receiving side. A call reads what there is, into its thread's
// memory, and otherwise waits in the reactor without any.
#include "async_side.hpp"
#include "completion.hpp"
#include "connection_state.hpp"
#include "prefetch.hpp"
#include "system_failure.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace parley::asynchronous {
namespace {

using boost::system::error_code;
using State = std::shared_ptr<ConnectionState>;

/// The right to receive, from the one call that has it.
class ReceiveClaim {
public:
    explicit ReceiveClaim(State connection) noexcept : connection_(std::move(connection)) {}
    ReceiveClaim(ReceiveClaim&&) noexcept = default;
    ReceiveClaim& operator=(ReceiveClaim&&) = delete;
    ReceiveClaim(const ReceiveClaim&) = delete;
    ReceiveClaim& operator=(const ReceiveClaim&) = delete;
    ~ReceiveClaim() {
        if (connection_) connection_->occupancy.give_up_receiving();
    }

    [[nodiscard]] const State& connection() const noexcept { return connection_; }

private:
    State connection_;
};

/// A moment inside a connection, which is not closed meanwhile.
class Inside {
public:
    explicit Inside(ConnectionState& connection) noexcept
        : connection_(connection), is_open_(connection.occupancy.enter()) {}
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { connection_.leave(); }

    [[nodiscard]] bool is_open() const noexcept { return is_open_; }

private:
    ConnectionState& connection_;
    bool is_open_;
};

/// What the kinds of receiving have in common: a frame becomes current.
struct TakeFrame {
    static error_code timed_out() noexcept { return Errc::timeout; }
    void begin(ConnectionState&) const {}
    static bool has_to_wait(const ConnectionState& connection) { return connection.is_drained(); }
    Result<bool> advance(ConnectionState& connection, bool) const {
        return connection.advance_frame();
    }
    void end(ConnectionState&) const noexcept {}
};

struct TakeValue : TakeFrame {
    using Results = std::tuple<Value>;
    Result<void> take(ConnectionState& connection, Results& results) const {
        Result<Value> value = connection.take_value();
        if (!value) return std::move(value).error();
        std::get<0>(results) = std::move(*value);
        return {};
    }
};

struct TakeBytes : TakeFrame {
    using Results = std::tuple<Buffer>;
    explicit TakeBytes(std::uint64_t limit = frame_limit) noexcept : maxlength(limit) {}
    void begin(ConnectionState& connection) const { connection.limit_message(maxlength); }
    Result<void> take(ConnectionState& connection, Results& results) const {
        std::get<0>(results) = connection.take_message();
        return {};
    }
    void end(ConnectionState& connection) const { connection.limit_message(frame_limit); }
    std::uint64_t maxlength;
};

struct TakeInto : TakeFrame {
    using Results = std::tuple<std::size_t>;
    explicit TakeInto(MutableBytes bytes) noexcept : buffer(bytes) {}
    void begin(ConnectionState& connection) const { connection.reader.direct(buffer); }
    Result<void> take(ConnectionState& connection, Results& results) const {
        std::get<0>(results) = connection.reader.payload().size();
        Result<std::size_t> taken = connection.take_into(buffer);
        if (taken) return {};
        return connection.from_peer(std::move(taken).error());
    }
    void end(ConnectionState& connection) const { connection.stop_directing(); }
    MutableBytes buffer;
};

struct TakeBuffer : TakeFrame {
    using Results = std::tuple<>;
    explicit TakeBuffer(Buffer& into) noexcept : buffer(&into) {}
    void begin(ConnectionState& connection) const { connection.direct_into(*buffer); }
    Result<void> take(ConnectionState& connection, Results&) {
        connection.take_directed(*buffer);
        is_taken = true;
        return {};
    }
    void end(ConnectionState& connection) const {
        if (is_taken) return;
        connection.stop_directing();
        buffer->clear();
    }
    Buffer* buffer;
    bool is_taken = false;
};

struct TakeHandle {
    using Results = std::tuple<int>;
    static error_code timed_out() noexcept { return Errc::timeout; }
    void begin(ConnectionState&) const {}
    static bool has_to_wait(const ConnectionState&) { return false; }
    Result<bool> advance(ConnectionState& connection, bool) const {
        if (Result<void> able = connection.check_handles(); !able) return able.error();
        return connection.advance_byte();
    }
    Result<void> take(ConnectionState& connection, Results& results) const {
        Result<Descriptor> descriptor = connection.take_handle();
        if (!descriptor) return descriptor.error();
        std::get<0>(results) = descriptor->release();
        return {};
    }
    void end(ConnectionState&) const noexcept {}
};

/// Whether something can be received; takes nothing.
struct TakeNothing {
    using Results = std::tuple<bool>;
    static error_code timed_out() noexcept { return {}; }
    void begin(ConnectionState&) const {}
    static bool has_to_wait(const ConnectionState& connection) { return connection.is_drained(); }
    Result<bool> advance(ConnectionState& connection, bool is_readable) const {
        const Result<bool> ready = connection.reader.ready();
        return is_readable || ready.has_error() || *ready;
    }
    Result<void> take(ConnectionState&, Results& results) const {
        std::get<0>(results) = true;
        return {};
    }
    void end(ConnectionState&) const noexcept {}
};

template <typename Results>
struct TypesFor;
template <typename... Results>
struct TypesFor<std::tuple<Results...>> {
    using Handler = asynchronous::Handler<Results...>;
    using Completion = asynchronous::Completion<Results...>;
};

/// Ends one call, if it still is the one that receives; as the handler of a slot, with canceled.
class EndReceive {
public:
    EndReceive(const State& connection, std::uint64_t number)
        : weak_(connection), number_(number) {}

    void operator()(error_code outcome) const {
        if (const State connection = weak_.lock()) {
            const std::lock_guard lock(connection->async_mutex);
            connection->async->end_receive(number_, outcome);
        }
    }
    void operator()(boost::asio::cancellation_type) const { (*this)(canceled().code); }

private:
    std::weak_ptr<ConnectionState> weak_;
    std::uint64_t number_;
};

void end_at_expiry(boost::asio::steady_timer& timer, EndReceive end, error_code outcome) {
    timer.async_wait([end = std::move(end), outcome](error_code error) {
        if (!error) end(outcome);
    });
}

/// Only a stream without bounds inside is sure to be empty after a read that came up short.
AsyncSide::Drained drained(const ConnectionState& connection) noexcept {
    const Transport& transport = connection.transport;
    return transport.is_stream_socket() && transport.is_drained() ? AsyncSide::Drained::yes
                                                                  : AsyncSide::Drained::unknown;
}

/// One call. While it waits it is the reactor's: a handler that is moved, and comes back on the
/// connection's executor.
template <typename Take>
class ReceiveCall {
public:
    using Results = typename Take::Results;
    using Inner = typename TypesFor<Results>::Handler;
    using allocator_type = typename Inner::allocator_type;

    static void begin(const Call& call, Inner handler, Take take) {
        if (const Failure refused = refusal(call.connection); refused.code.failed()) {
            if (call.connection) call.connection->note_failure(refused);
            return post_completion(call.executor, std::move(handler), refused.code, Results(),
                                   call.is_at_home);
        }
        ReceiveCall(call, std::move(handler), std::move(take)).begin(call);
    }

    ReceiveCall(ReceiveCall&&) noexcept = default;
    ReceiveCall& operator=(ReceiveCall&&) = delete;
    ReceiveCall(const ReceiveCall&) = delete;
    ReceiveCall& operator=(const ReceiveCall&) = delete;
    ~ReceiveCall() {
        if (claim_.connection()) take_.end(connection());
    }

    /// The wait is over.
    void operator()(error_code error);

    [[nodiscard]] allocator_type get_allocator() const noexcept { return handler_.get_allocator(); }
    void prefetch_needs() const noexcept { prefetch(&connection(), sizeof(ConnectionState)); }

private:
    ReceiveCall(const Call& call, Inner handler, Take take)
        : handler_(std::move(handler)),
          take_(std::move(take)),
          since_(call.connection->waits.epoch()),
          claim_(call.connection->shared_from_this()) {
        take_.begin(connection());
    }

    static Failure refusal(ConnectionState* connection);

    void begin(const Call& call);
    /// Looks at the connection: the outcome, or none where it has to wait.
    std::optional<error_code> look(bool is_readable, Results& results);
    std::optional<error_code> look_inside(bool is_readable, Results& results);
    /// Goes to the reactor, or returns the outcome where there is no waiting any more: for the
    /// first time, and again.
    std::optional<error_code> wait(const Call& call);
    std::optional<error_code> wait_on();
    /// Gives up the connection, and returns the handler to be called.
    Inner finish();

    [[nodiscard]] ConnectionState& connection() const noexcept { return *claim_.connection(); }

    Inner handler_;
    Take take_;
    WaitList::Epoch since_;
    /// What few calls have.
    struct Extras {
        std::optional<boost::asio::steady_timer> timer;
        /// The handler's executor and its context's work, where it is not the connection's own.
        boost::asio::any_completion_executor elsewhere;
    };
    [[nodiscard]] Extras& extras() {
        if (!extras_) extras_ = std::make_unique<Extras>();
        return *extras_;
    }

    std::unique_ptr<Extras> extras_;
    ReceiveClaim claim_;
};

template <typename Take>
Failure ReceiveCall<Take>::refusal(ConnectionState* connection) {
    if (connection == nullptr || connection->occupancy.is_closed()) return Errc::closed;
    if (!connection->readable.load()) return Errc::not_readable;
    if (!connection->occupancy.claim_receiving()) {
        return {Errc::busy, "another call is receiving"};
    }
    return {};
}

template <typename Take>
void ReceiveCall<Take>::begin(const Call& call) {
    Results results{};
    const bool is_only_try = call.timeout && call.timeout->count() <= 0;
    if (is_only_try) connection().transport.expect_bytes();
    std::optional<error_code> outcome;
    if (!Take::has_to_wait(connection())) outcome = look(false, results);
    if (!outcome && is_only_try) outcome = Take::timed_out();
    if (!outcome) outcome = wait(call);
    if (!outcome) return;
    post_completion(call.executor, finish(), *outcome, std::move(results), call.is_at_home);
}

template <typename Take>
void ReceiveCall<Take>::operator()(error_code error) {
    Results results{};
    std::optional<error_code> outcome;
    if (!error)
        outcome = look(true, results);
    else if (error != boost::asio::error::operation_aborted)
        outcome = connection().note_failure(connection().from_peer(error));
    if (!outcome) outcome = wait_on();
    if (!outcome) return;
    const auto extras = std::move(extras_);
    if (extras) extras->timer.reset();
    typename TypesFor<Results>::Completion completion(finish(), *outcome, std::move(results));
    if (extras && extras->elsewhere)
        extras->elsewhere.execute(std::move(completion));
    else
        completion();
}

template <typename Take>
std::optional<error_code> ReceiveCall<Take>::look(bool is_readable, Results& results) {
    std::optional<error_code> outcome;
    try {
        outcome = look_inside(is_readable, results);
    } catch (const std::bad_alloc&) {
        outcome = make_error_code(boost::system::errc::not_enough_memory);
    }
    connection().keep_frame();
    return outcome;
}

template <typename Take>
std::optional<error_code> ReceiveCall<Take>::look_inside(bool is_readable, Results& results) {
    ConnectionState& here = connection();
    const Inside inside(here);
    // Though it be canceled: the reactor tells of what has come but once.
    if (is_readable) here.transport.expect_bytes();
    if (!inside.is_open() || here.waits.epoch() != since_) return canceled().code;
    const Result<bool> ready = take_.advance(here, is_readable);
    if (ready.has_error()) return here.note_failure(ready.error());
    if (!*ready) return std::nullopt;
    const Result<void> taken = take_.take(here, results);
    if (!taken) return here.note_failure(taken.error());
    return error_code();
}

template <typename Take>
std::optional<error_code> ReceiveCall<Take>::wait(const Call& call) {
    const State state = claim_.connection();
    const std::lock_guard lock(state->async_mutex);
    if (state->occupancy.is_closed() || state->waits.epoch() != since_) return canceled().code;
    AsyncSide& side = state->async_side(call.executor);
    if (!call.is_at_home || !side.runs_on(call.executor)) {
        extras().elsewhere = tracked_work(handler_, call.executor);
    }
    if (const error_code error = side.watch(state->transport.fileno())) {
        return state->note_failure(state->from_peer(error));
    }
    const std::uint64_t number = side.begin_receive();
    if (has_slot(handler_)) heed_slot(handler_, EndReceive{claim_.connection(), number});
    if (call.timeout) {
        boost::asio::steady_timer& timer = extras().timer.emplace(side.executor(), *call.timeout);
        end_at_expiry(timer, {claim_.connection(), number}, Take::timed_out());
    }
    side.wait_in(side.receive_memory, AsyncSide::WaitType::wait_read, std::move(*this),
                 drained(*state));
    return std::nullopt;
}

template <typename Take>
std::optional<error_code> ReceiveCall<Take>::wait_on() {
    const State state = claim_.connection();
    const std::lock_guard lock(state->async_mutex);
    if (state->occupancy.is_closed() || state->waits.epoch() != since_) return canceled().code;
    AsyncSide& side = *state->async;
    if (side.receive_outcome()) return side.receive_outcome();
    side.wait_in(side.receive_memory, AsyncSide::WaitType::wait_read, std::move(*this),
                 drained(*state));
    return std::nullopt;
}

template <typename Take>
typename ReceiveCall<Take>::Inner ReceiveCall<Take>::finish() {
    take_.end(connection());
    const ReceiveClaim given_up(std::move(claim_));
    return std::move(handler_);
}

}  // namespace

void receive_value(const Call& call, Handler<Value> handler) {
    ReceiveCall<TakeValue>::begin(call, std::move(handler), {});
}

void receive_bytes(const Call& call, Handler<Buffer> handler) {
    ReceiveCall<TakeBytes>::begin(call, std::move(handler), TakeBytes());
}

void receive_bytes_up_to(const Call& call, Handler<Buffer> handler, std::int64_t maxlength) {
    if (maxlength < 0) {
        const Failure failure(Errc::invalid_argument, "expected a maxlength of 0 or more, got " +
                                                          std::to_string(maxlength));
        if (call.connection) call.connection->note_failure(failure);
        return post_completion(call.executor, std::move(handler), failure.code,
                               std::tuple<Buffer>(), call.is_at_home);
    }
    ReceiveCall<TakeBytes>::begin(call, std::move(handler),
                                  TakeBytes(static_cast<std::uint64_t>(maxlength)));
}

void receive_bytes_into(const Call& call, Handler<std::size_t> handler, MutableBytes buffer) {
    ReceiveCall<TakeInto>::begin(call, std::move(handler), TakeInto(buffer));
}

void receive_buffer(const Call& call, Handler<> handler, Buffer* buffer) {
    ReceiveCall<TakeBuffer>::begin(call, std::move(handler), TakeBuffer(*buffer));
}

void receive_handle(const Call& call, Handler<int> handler) {
    ReceiveCall<TakeHandle>::begin(call, std::move(handler), {});
}

void poll(const Call& call, Handler<bool> handler) {
    ReceiveCall<TakeNothing>::begin(call, std::move(handler), {});
}

error_code decode(ConnectionState& connection, Buffer message, void* object,
                  pickle::Decode decode_message) {
    const Result<void> decoded = connection.decode(std::move(message), object, decode_message);
    return decoded ? error_code() : connection.note_failure(decoded.error());
}

}  // namespace parley::asynchronous

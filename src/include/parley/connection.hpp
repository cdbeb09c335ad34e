// Connection: a stream of whole messages between two programs. The blocking calls are in
// connection_base.hpp; here are their asynchronous twins.
#pragma once

#include <parley/asynchronous/call.hpp>
#include <parley/asynchronous/executor_holder.hpp>
#include <parley/asynchronous/initiation.hpp>
#include <parley/connection_base.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace parley {

/// A Connection on an executor. The blocking calls, inherited, need no executor and never run one.
///
///     boost::asio::awaitable<void> answer(parley::Connection connection) {
///         for (;;) {
///             const parley::Value question = co_await connection.async_recv(use_awaitable);
///             co_await connection.async_send(reply_to(question), use_awaitable);
///         }
///     }
///
/// A connection has an executor when it was constructed with one, accepted by a listener that has
/// one, or connected by `async_connect`. Calls take any completion token, the executor's default
/// one where none is given, and a TimeLimit before it. The handler runs on its associated executor,
/// by default the connection's, and never before the call has returned.
///
/// **Outcomes.** An `error_code` with the values that the blocking call's exception would carry;
/// `last_failure` has the words. A call that `close`, `cancel`, the destructor or its cancellation
/// slot ends completes with `boost::asio::error::operation_aborted`, which equals the blocking
/// calls' Canceled. When the time is over it is `Errc::timeout`.
///
/// **Receiving.** One call at a time, asynchronous or blocking; another completes with Errc::busy.
/// Cancellation (terminal, partial and total alike) loses nothing: what has arrived is kept for the
/// next call. A message that cannot be decoded is consumed, and the connection goes on.
///
/// **Sending.** Any number of calls may be under way: their messages leave in the order of the
/// calls. One that finds nothing under way goes out at once; those begun before the executor has
/// had its next turn, or before the socket has room, go out together, in few system calls. A call
/// completes when its message has been handed to the socket whole, so whoever awaits it feels a
/// slow peer. A handler with the connection's own executor is called where that runs. Up to
/// `MessageOptions::send_queue` bytes are taken from their callers beforehand; later ones wait
/// their turn where they are. Cancelled before its first byte is out, a message is withdrawn as if
/// it had never been sent (terminal, partial, total); after that `total` is ignored, and `terminal`
/// and `partial` complete the call, while the rest of the message still goes out ahead of the next
/// one. The stream stays whole in any case. A timeout is a terminal cancellation.
///
/// **Threads.** Asynchronous calls may be begun by any thread: one thread may send while another
/// receives, `close` and `cancel` may be called at any time. A blocking send while an asynchronous
/// one is under way fails with Errc::busy, and the other way round. As with all of Asio, a
/// cancellation slot is emitted to on the handler's own executor.
///
/// **In an io_context.** Connections whose executor is an io_context's own are watched by an epoll
/// of parley's inside it, and what is ready at once is called in a row, by any of the threads that
/// run it: so `run_one` and `poll_one` may call the handlers of several connections. `stop` is
/// heeded after each. On any other executor, a strand say, Asio's own reactor does the waiting.
/// Around a fork, `notify_fork` is due as for all of Asio.
///
/// **Lifetime.** Buffers that are passed must stay valid until the handler is called. The
/// connection may be destroyed or closed while calls are under way; it must not outlive the
/// execution context of its executor once an asynchronous call has been made.
template <typename Executor>
class BasicConnection : public ConnectionBase {
public:
    using executor_type = Executor;
    /// The same connection on another type of executor, such as one with a default token.
    template <typename Other>
    struct rebind_executor {
        using other = BasicConnection<Other>;
    };

    using ConnectionBase::ConnectionBase;
    BasicConnection() noexcept = default;
    /// No connection yet, and the executor of the one to come.
    explicit BasicConnection(const Executor& executor) : executor_(executor) {}
    /// Takes over an open descriptor; see ConnectionBase.
    BasicConnection(const Executor& executor, int handle, Direction direction = Direction::both)
        : ConnectionBase(handle, direction), executor_(executor) {}
    /// Gives an executor to a connection, one that a blocking call has made say.
    BasicConnection(const Executor& executor, ConnectionBase&& connection) noexcept
        : ConnectionBase(std::move(connection)), executor_(executor) {}
    /// The same for the executor of a context.
    template <asynchronous::ExecutionContext Context>
    explicit BasicConnection(Context& context) : executor_(Executor(context.get_executor())) {}
    template <asynchronous::ExecutionContext Context>
    BasicConnection(Context& context, int handle, Direction direction = Direction::both)
        : ConnectionBase(handle, direction), executor_(Executor(context.get_executor())) {}
    template <asynchronous::ExecutionContext Context>
    BasicConnection(Context& context, ConnectionBase&& connection)
        : ConnectionBase(std::move(connection)), executor_(Executor(context.get_executor())) {}
    /// From another type of executor.
    template <typename Other>
    requires(!std::same_as<Other, Executor> && std::constructible_from<Executor, const Other&>)
        BasicConnection(BasicConnection<Other>&& other)  // NOLINT(google-explicit-constructor)
        : ConnectionBase(static_cast<ConnectionBase&&>(other)), executor_(other.executor_) {}

    /// Throws UsageError (no_executor) where there is none.
    [[nodiscard]] executor_type get_executor() const { return executor_.executor(); }

    using DefaultToken = boost::asio::default_completion_token_t<Executor>;

    /// Sends an object as a pickle, `void(error_code)`. Completes with Errc::not_picklable where it
    /// has none in the protocol.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send(Value value, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_value, TimeLimit(),
                                             std::move(value));
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send(Value value, TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_value, timeout,
                                             std::move(value));
    }

    /// The same for an object of any type that Boost.Serialization can serialize; it is pickled at
    /// once, and need not stay.
    template <pickle::Typed T, asynchronous::Token<> Token = DefaultToken>
    auto async_send(const T& object, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(
            *this, token, &asynchronous::send_pickle, TimeLimit(),
            asynchronous::encode(state(), &object, &pickle::encode<T>));
    }
    template <pickle::Typed T, asynchronous::Token<> Token = DefaultToken>
    auto async_send(const T& object, TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(
            *this, token, &asynchronous::send_pickle, timeout,
            asynchronous::encode(state(), &object, &pickle::encode<T>));
    }

    /// Sends bytes, which must stay valid until the handler is called, as one message:
    /// `void(error_code)`.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_bytes(ConstBytes buffer, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_bytes, TimeLimit(),
                                             buffer);
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_bytes(ConstBytes buffer, TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_bytes, timeout,
                                             buffer);
    }

    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_bytes(std::string_view buffer, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_bytes, TimeLimit(),
                                             asynchronous::as_bytes(buffer));
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_bytes(std::string_view buffer, TimeLimit timeout,
                          Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_bytes, timeout,
                                             asynchronous::as_bytes(buffer));
    }

    /// Receives an object: `void(error_code, Value)`.
    template <asynchronous::Token<Value> Token = DefaultToken>
    auto async_recv(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_value,
                                             TimeLimit());
    }
    template <asynchronous::Token<Value> Token = DefaultToken>
    auto async_recv(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_value, timeout);
    }

    /// Receives straight into an object of a type that Boost.Serialization can serialize:
    /// `void(error_code, T)`. Completes with Errc::wrong_type and its like where something else
    /// came.
    template <typename T, asynchronous::Token<T> Token = DefaultToken>
    auto async_recv(Token&& token = DefaultToken()) {
        return asynchronous::initiate_receive_object<T, Token>(*this, token, TimeLimit());
    }
    template <typename T, asynchronous::Token<T> Token = DefaultToken>
    auto async_recv(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate_receive_object<T, Token>(*this, token, timeout);
    }

    /// Receives one message's bytes: `void(error_code, Buffer)`.
    template <asynchronous::Token<Buffer> Token = DefaultToken>
    auto async_recv_bytes(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes,
                                             TimeLimit());
    }
    template <asynchronous::Token<Buffer> Token = DefaultToken>
    auto async_recv_bytes(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes, timeout);
    }

    /// The same with a limit, see `recv_bytes`.
    template <asynchronous::Token<Buffer> Token = DefaultToken>
    auto async_recv_bytes(std::int64_t maxlength, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes_up_to,
                                             TimeLimit(), maxlength);
    }
    template <asynchronous::Token<Buffer> Token = DefaultToken>
    auto async_recv_bytes(std::int64_t maxlength, TimeLimit timeout,
                          Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes_up_to,
                                             timeout, maxlength);
    }

    /// Receives into the buffer: `void(error_code, std::size_t)`, with the message's length. Where
    /// it does not fit, the outcome is Errc::buffer_too_short with the length, and the message
    /// stays to be received by the next call.
    template <asynchronous::Token<std::size_t> Token = DefaultToken>
    auto async_recv_bytes_into(MutableBytes buffer, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes_into,
                                             TimeLimit(), buffer);
    }
    template <asynchronous::Token<std::size_t> Token = DefaultToken>
    auto async_recv_bytes_into(MutableBytes buffer, TimeLimit timeout,
                               Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_bytes_into,
                                             timeout, buffer);
    }

    /// Receives into a buffer that is resized to the message: `void(error_code)`.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_recv_bytes_into(Buffer& buffer, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_buffer,
                                             TimeLimit(), &buffer);
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_recv_bytes_into(Buffer& buffer, TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_buffer, timeout,
                                             &buffer);
    }

    /// Waits until a message, or the end of the stream, can be read: `void(error_code, bool)`,
    /// false once the time is over.
    template <asynchronous::Token<bool> Token = DefaultToken>
    auto async_poll(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::poll, TimeLimit());
    }
    template <asynchronous::Token<bool> Token = DefaultToken>
    auto async_poll(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::poll, timeout);
    }

    /// Sends what `cork` has gathered: `void(error_code)`.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_flush(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::flush, TimeLimit());
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_flush(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::flush, timeout);
    }

    /// Ends the sending side once all messages are out: `void(error_code)`. See `shutdown`.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_shutdown(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::shutdown, TimeLimit());
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_shutdown(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::shutdown, timeout);
    }

    /// Passes a copy of an open descriptor, which must stay open until the handler is called, to
    /// the peer: `void(error_code)`. See `send_handle`.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_handle(int descriptor, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_handle, TimeLimit(),
                                             descriptor);
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_send_handle(int descriptor, TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::send_handle, timeout,
                                             descriptor);
    }

    /// Receives a descriptor, which the handler owns: `void(error_code, int)`. See `recv_handle`.
    template <asynchronous::Token<int> Token = DefaultToken>
    auto async_recv_handle(Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_handle,
                                             TimeLimit());
    }
    template <asynchronous::Token<int> Token = DefaultToken>
    auto async_recv_handle(TimeLimit timeout, Token&& token = DefaultToken()) {
        return asynchronous::initiate<Token>(*this, token, &asynchronous::receive_handle, timeout);
    }

private:
    template <typename Other>
    friend class BasicConnection;

    asynchronous::ExecutorHolder<Executor> executor_;
};

/// The connection that most programs use.
using Connection = BasicConnection<boost::asio::any_io_executor>;

}  // namespace parley

// Listener: the end that binds an address and accepts connections that have proven the key.
#pragma once

#include <parley/address.hpp>
#include <parley/authkey.hpp>
#include <parley/connection.hpp>
#include <parley/handshake.hpp>
#include <parley/time_limit.hpp>
#include <parley/wait.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/executor.hpp>

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace parley {

class ListenerState;

/// How a Listener listens and whom it accepts.
struct ListenerOptions {
    /// The key that clients must prove; none accepts anybody.
    std::optional<Authkey> authkey = std::nullopt;
    /// Which digests the handshake accepts.
    Digests digests = Digests::compatible;
    /// Each client's time for its handshake, counted while the program is in `accept` or `wait`.
    TimeLimit handshake_timeout = std::chrono::seconds(20);
    /// The most clients that may be in their handshake at once; one more pushes out the oldest, so
    /// that strangers who say nothing keep nobody out.
    std::size_t max_handshakes = 1024;
    /// The queue of connections the kernel keeps; none for SOMAXCONN.
    std::optional<int> backlog = std::nullopt;
    /// The mode of a Unix socket's file.
    mode_t mode = 0600;
    /// The users that may connect over a Unix socket, by the kernel's word; none for any.
    std::optional<std::vector<uid_t>> allowed_users = std::nullopt;
    /// What the accepted connections do with messages.
    MessageOptions messages = {};
    /// Called for each client that was dropped in its handshake, with its address and the reason,
    /// from within `accept` or `wait`, or on the listener's executor. It may close or cancel the
    /// listener; what it throws leaves that call, or the executor's `run`.
    std::function<void(const std::string& peer, const Failure& failure)> on_rejected = {};
};

/// The blocking half of a Listener, which no executor takes part in.
///
/// Move-only. `accept` may be called from one thread at a time; `close` and `cancel` from any. The
/// handshakes of many clients advance at once, whenever the program is in `accept` or `wait`, or an
/// asynchronous accept is under way; a client that fails is dropped and reported to `on_rejected`,
/// and accept goes on. A Unix socket's file is removed on close if it is still ours.
class ListenerBase {
public:
    /// Binds and listens. Throws `Error` with the system's code (address in use, say), UsageError
    /// for an address that cannot be bound.
    ListenerBase(const Address& address, ListenerOptions options);
    ListenerBase(ListenerBase&&) noexcept;
    ListenerBase& operator=(ListenerBase&&) noexcept;
    ~ListenerBase();

    /// Where it listens, with the port or path that was chosen.
    [[nodiscard]] const Address& address() const;
    /// The address of the last client accepted; none before the first.
    [[nodiscard]] std::optional<std::string> last_accepted() const;

    /// Stops listening, drops the clients in their handshake, removes a Unix socket's file. Ends an
    /// `accept` in another thread with Canceled. Closing twice is allowed. Thread-safe.
    void close() noexcept;
    [[nodiscard]] bool closed() const noexcept;
    /// Ends every accept that waits now with Canceled. Thread-safe.
    void cancel() noexcept;

    /// For `wait`: ready when `accept` would return at once.
    [[nodiscard]] std::function<std::unique_ptr<Watch>()> make_watch() const;
    /// For the library: the state behind the listener.
    [[nodiscard]] const std::shared_ptr<ListenerState>& state() const noexcept { return state_; }

protected:
    [[nodiscard]] std::shared_ptr<ConnectionState> accept_state(TimeLimit timeout);

private:
    std::shared_ptr<ListenerState> state_;
};

namespace asynchronous {

/// Accepts the next client on behalf of a connection type.
void accept(const std::shared_ptr<ListenerState>& listener, boost::asio::any_io_executor executor,
            TimeLimit timeout, Handler<std::shared_ptr<ConnectionState>> handler);

}  // namespace asynchronous

/// Binds an address and accepts connections (multiprocessing.connection.Listener).
///
///     for (;;) {
///         parley::Connection connection = co_await listener.async_accept(use_awaitable);
///         co_spawn(executor, answer(std::move(connection)), detached);
///     }
///
/// A listener has an executor when it was constructed with one; the blocking calls need none, and
/// the connections that it accepts have the listener's.
///
/// Any number of asynchronous accepts may be under way; clients go to them in the order of the
/// calls. A blocking accept meanwhile fails with Errc::busy, and the other way round. An
/// asynchronous accept that is cancelled (terminal, partial and total alike) or runs out of time
/// loses no client. `on_rejected` is called on the listener's executor then. The listener must not
/// outlive the execution context of its executor once an asynchronous call has been made.
template <typename Executor>
class BasicListener : public ListenerBase {
public:
    using executor_type = Executor;
    using connection_type = BasicConnection<Executor>;
    /// The same listener on another type of executor, such as one with a default token.
    template <typename Other>
    struct rebind_executor {
        using other = BasicListener<Other>;
    };
    using DefaultToken = boost::asio::default_completion_token_t<Executor>;

    /// Binds and listens; see ListenerBase.
    explicit BasicListener(const Address& address = Address::tcp("localhost", 0),
                           ListenerOptions options = {})
        : ListenerBase(address, std::move(options)) {}
    BasicListener(const Executor& executor, const Address& address, ListenerOptions options = {})
        : ListenerBase(address, std::move(options)), executor_(executor) {}
    /// Gives an executor to a listener.
    BasicListener(const Executor& executor, ListenerBase&& listener) noexcept
        : ListenerBase(std::move(listener)), executor_(executor) {}
    /// The same for the executor of a context.
    template <asynchronous::ExecutionContext Context>
    BasicListener(Context& context, ListenerBase&& listener)
        : ListenerBase(std::move(listener)), executor_(Executor(context.get_executor())) {}
    template <asynchronous::ExecutionContext Context>
    BasicListener(Context& context, const Address& address, ListenerOptions options = {})
        : ListenerBase(address, std::move(options)), executor_(Executor(context.get_executor())) {}
    /// From another type of executor.
    template <typename Other>
    requires(!std::same_as<Other, Executor> && std::constructible_from<Executor, const Other&>)
        BasicListener(BasicListener<Other>&& other)  // NOLINT(google-explicit-constructor)
        : ListenerBase(static_cast<ListenerBase&&>(other)), executor_(other.executor_) {}

    /// Throws UsageError (no_executor) where there is none.
    [[nodiscard]] executor_type get_executor() const { return executor_.executor(); }

    /// The next client that has proven the key. Throws Timeout, Canceled (after `cancel`, or
    /// `close` from another thread), UsageError when closed, `Error` with the system's code.
    /// Running out of descriptors is reported to `on_rejected`, once until somebody could be
    /// accepted again, and not thrown: accept tries again as they come free.
    [[nodiscard]] connection_type accept(TimeLimit timeout = {}) {
        connection_type connection(accept_state(timeout));
        if (!executor_.has_executor()) return connection;
        return connection_type(executor_.executor(), std::move(connection));
    }

    /// The next client that has proven the key: `void(error_code, Connection)`.
    template <asynchronous::Token<connection_type> Token = DefaultToken>
    auto async_accept(Token&& token = DefaultToken()) {
        return async_accept(TimeLimit(), std::forward<Token>(token));
    }
    template <asynchronous::Token<connection_type> Token = DefaultToken>
    auto async_accept(TimeLimit timeout, Token&& token = DefaultToken()) {
        return accept_onto<connection_type>(get_executor(), timeout, token);
    }
    /// The same for a connection on another executor: that of one of several threads, say.
    template <typename Other, asynchronous::Token<BasicConnection<Other>> Token = DefaultToken>
    requires boost::asio::execution::is_executor<Other>::value auto async_accept(
        const Other& executor, Token&& token = DefaultToken()) {
        return accept_onto<BasicConnection<Other>>(executor, TimeLimit(), token);
    }

private:
    template <typename Other>
    friend class BasicListener;

    template <typename Accepted, typename Token>
    auto accept_onto(const typename Accepted::executor_type& executor, TimeLimit timeout,
                     Token& token) {
        return asynchronous::initiate_with<Token, void(boost::system::error_code, Accepted)>(
            *this, token,
            [](BasicListener& listener, auto&& handler, TimeLimit limit, auto&& onto) {
                auto map = [onto](auto&& inner, boost::system::error_code error,
                                  std::shared_ptr<ConnectionState> state) {
                    std::forward<decltype(inner)>(inner)(
                        error, Accepted(onto, ConnectionBase(std::move(state))));
                };
                asynchronous::accept(listener.state(), listener.get_executor(), limit,
                                     asynchronous::MappedHandler(
                                         std::forward<decltype(handler)>(handler), std::move(map)));
            },
            timeout, executor);
    }

    asynchronous::ExecutorHolder<Executor> executor_;
};

/// The listener that most programs use.
using Listener = BasicListener<boost::asio::any_io_executor>;

}  // namespace parley

// Client: the end that connects and proves the key.
#pragma once

#include <parley/address.hpp>
#include <parley/authkey.hpp>
#include <parley/connection.hpp>
#include <parley/handshake.hpp>
#include <parley/time_limit.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/executor.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace parley {

class ConnectionState;

/// How a Client connects.
struct ClientOptions {
    /// The key to prove, and to have proven; none skips the handshake.
    std::optional<Authkey> authkey = std::nullopt;
    /// Which digests the handshake accepts.
    Digests digests = Digests::compatible;
    /// The listener is a Red Hat Python older than 3.12: answer with bare HMAC-SHA256.
    bool bare_sha256 = false;
    /// The time to connect in, all addresses and retries together; none for the system's own. For
    /// a blocking call it does not bound the system's resolver, which has its own limits.
    TimeLimit timeout = std::nullopt;
    /// The time for the handshake.
    TimeLimit handshake_timeout = std::chrono::seconds(20);
    /// For so long, try again with growing pauses where nobody listens yet; none tries once.
    TimeLimit retry = std::nullopt;
    /// The local address to connect from; TCP only.
    std::optional<Address> bind = std::nullopt;
    /// Probe an idle TCP connection, to notice a peer that vanished.
    bool keepalive = false;
    /// What the connection does with messages.
    MessageOptions messages = {};
};

/// Connects and runs the handshake: what is behind the constructor of Client.
[[nodiscard]] std::shared_ptr<ConnectionState> open_client(const Address& address,
                                                           const ClientOptions& options);

namespace asynchronous {

/// The same for an asynchronous call. With a failure goes a connection that is closed and whose
/// `last_failure` has the words.
void connect(boost::asio::any_io_executor executor, const Address& address,
             const ClientOptions& options, Handler<std::shared_ptr<ConnectionState>> handler);

}  // namespace asynchronous

/// A Connection to a listener (multiprocessing.connection.Client).
///
///     const parley::ClientOptions options{.authkey = key};
///     parley::Client client{co_await this_coro::executor};
///     co_await client.async_connect("lenovo:8888", options, use_awaitable);
///
/// (The options have a name because GCC 12 destroys an aggregate that is made inside a co_await
/// expression twice.)
template <typename Executor>
class BasicClient : public BasicConnection<Executor> {
public:
    template <typename Other>
    struct rebind_executor {
        using other = BasicClient<Other>;
    };
    using DefaultToken = boost::asio::default_completion_token_t<Executor>;

    BasicClient() = default;
    /// For the library: a connection that is made already.
    BasicClient(const Executor& executor, std::shared_ptr<ConnectionState> state)
        : BasicConnection<Executor>(executor, ConnectionBase(std::move(state))) {}
    /// Connects, trying every address of the host in turn, and runs the handshake.
    ///
    /// Throws `Error` with the system's code (refused, unreachable) or host_not_found;
    /// AuthenticationError, which says which side refused, that the listener asks for no authkey,
    /// or that the handshake timed out; ProtocolError for a peer that speaks something else;
    /// Timeout.
    explicit BasicClient(const Address& address, const ClientOptions& options = {})
        : BasicConnection<Executor>(open_client(address, options)) {}
    /// The same, with an executor for what comes after.
    BasicClient(const Executor& executor, const Address& address, const ClientOptions& options = {})
        : BasicConnection<Executor>(executor, ConnectionBase(open_client(address, options))) {}
    template <asynchronous::ExecutionContext Context>
    BasicClient(Context& context, const Address& address, const ClientOptions& options = {})
        : BasicConnection<Executor>(context, ConnectionBase(open_client(address, options))) {}
    /// Not connected yet: for `async_connect`.
    explicit BasicClient(const Executor& executor) : BasicConnection<Executor>(executor) {}
    template <asynchronous::ExecutionContext Context>
    explicit BasicClient(Context& context) : BasicConnection<Executor>(context) {}
    /// From another type of executor.
    template <typename Other>
    requires(!std::same_as<Other, Executor> && std::constructible_from<Executor, const Other&>)
        BasicClient(BasicClient<Other>&& other)  // NOLINT(google-explicit-constructor)
        : BasicConnection<Executor>(static_cast<BasicConnection<Other>&&>(other)) {}

    /// Connects as the constructor does: `void(error_code)`, with the same codes; `last_failure`
    /// has the words. The client is closed first, and must stay where it is meanwhile.
    ///
    /// A host's name is looked up in a thread of Asio's own; numeric addresses and Unix sockets
    /// need none. (The name of `ClientOptions::bind` would be looked up on the spot: give a
    /// number.) Times are those of the options. Cancellation (terminal, partial and total alike)
    /// ends the attempt, and nothing is left of it.
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_connect(const Address& address, const ClientOptions& options,
                       Token&& token = DefaultToken()) {
        return asynchronous::initiate_with<Token, void(boost::system::error_code)>(
            *this, token,
            [](BasicClient& client, auto&& handler, const Address& to, const ClientOptions& how) {
                client.close();
                auto map = [&client](
                               auto&& inner, boost::system::error_code error,
                               // NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved
                               std::shared_ptr<ConnectionState> state) {
                    client.state_ = std::move(state);
                    std::forward<decltype(inner)>(inner)(error);
                };
                asynchronous::connect(
                    client.get_executor(), to, how,
                    asynchronous::MappedHandler(std::forward<decltype(handler)>(handler),
                                                std::move(map)));
            },
            address, options);
    }
    template <asynchronous::Token<> Token = DefaultToken>
    auto async_connect(const Address& address, Token&& token = DefaultToken()) {
        return async_connect(address, ClientOptions(), std::forward<Token>(token));
    }
};

/// The client that most programs use.
using Client = BasicClient<boost::asio::any_io_executor>;

/// Connects on an executor: `void(error_code, Client)`. See `BasicClient::async_connect`; a client
/// that has failed to connect is closed, and its `last_failure` has the words.
template <typename Executor, asynchronous::Token<BasicClient<Executor>> Token =
                                 boost::asio::default_completion_token_t<Executor>>
requires boost::asio::execution::is_executor<Executor>::value auto async_connect(
    const Executor& executor, const Address& address, const ClientOptions& options,
    Token&& token = boost::asio::default_completion_token_t<Executor>()) {
    using Connected = BasicClient<Executor>;
    const auto begin = [](auto&& handler, const Executor& onto, const Address& to,
                          const ClientOptions& how) {
        auto map = [onto](auto&& inner, boost::system::error_code error,
                          std::shared_ptr<ConnectionState> state) {
            std::forward<decltype(inner)>(inner)(error, Connected(onto, std::move(state)));
        };
        asynchronous::connect(
            onto, to, how,
            asynchronous::MappedHandler(std::forward<decltype(handler)>(handler), std::move(map)));
    };
    return boost::asio::async_initiate<Token, void(boost::system::error_code, Connected)>(
        begin, token, executor, address, options);
}
template <asynchronous::ExecutionContext Context, typename Token>
requires asynchronous::Token<Token, Client>
auto async_connect(Context& context, const Address& address, const ClientOptions& options,
                   Token&& token) {
    return async_connect(boost::asio::any_io_executor(context.get_executor()), address, options,
                         std::forward<Token>(token));
}

}  // namespace parley

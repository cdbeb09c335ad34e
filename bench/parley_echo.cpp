// An echo of many clients with parley's asynchronous calls: one thread, a coroutine for each
// client.
//   parley_echo HOST:PORT [keyed]
#include "task.hpp"

#include <parley/listener.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string_view>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;

// The executor's own type, where a program knows it, spares the wrapper for any.
using Executor = asio::io_context::executor_type;
using Connection = parley::BasicConnection<Executor>;
using Listener = parley::BasicListener<Executor>;
using Task = asio::awaitable<void, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable;

Task echo(Connection connection) {
    boost::system::error_code error;
    auto token = asio::redirect_error(use_awaitable, error);
    for (parley::Buffer message; !error;) {
        co_await connection.async_recv_bytes_into(message, token);
        if (error) co_return;
        co_await connection.async_send_bytes(parley::ConstBytes(message.data(), message.size()),
                                             token);
    }
}

Task accept_all(Listener& listener) {
    for (;;) {
        Connection connection = co_await listener.async_accept(use_awaitable);
        asio::co_spawn(listener.get_executor(), echo(std::move(connection)), asio::detached);
    }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    namespace asio = boost::asio;
    if (argc < 2) return 2;
    parley::ListenerOptions options;
    if (argc > 2 && std::string_view(argv[2]) == "keyed") {
        options.authkey = parley::Authkey(bench::key);
    }
    asio::io_context context(1);
    bench::Listener listener(context, parley::Address::parse(argv[1]).value(), options);
    bench::print_address(listener.address().to_string());
    asio::co_spawn(context, bench::accept_all(listener), asio::detached);
    context.run();
}

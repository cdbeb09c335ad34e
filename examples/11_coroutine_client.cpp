// Coroutine client: a question with a time limit, one that is given up while it waits, two servers
// asked at once. Start 11_coroutine_client.py first, a server on asyncio.
//     11_coroutine_client [ADDRESS]
#include <parley/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <utility>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

asio::awaitable<parley::Client> connect(parley::Address address) {
    const parley::ClientOptions options{.authkey = parley::Authkey{"Hello World!"}, .timeout = 20s};
    parley::Client client{co_await asio::this_coro::executor};
    co_await client.async_connect(address, options, use_awaitable);
    co_return std::move(client);
}

asio::awaitable<parley::Value> ask(parley::Connection& server, parley::Value question) {
    co_await server.async_send(std::move(question), use_awaitable);
    co_return co_await server.async_recv(use_awaitable);
}

/// The answer or the time limit; what is late comes with the next recv.
asio::awaitable<void> ask_with_limit(parley::Connection& server) {
    co_await server.async_send("wait for me", use_awaitable);
    try {
        co_await server.async_recv(50ms, use_awaitable);
    } catch (const boost::system::system_error& error) {
        std::cout << "after 50 ms: " << error.code().message() << '\n';
    }
    std::cout << co_await ask(server, "go on") << '\n';
}

/// Whatever comes first cancels the other: nothing is lost by it, and the connection goes on.
asio::awaitable<void> ask_or_give_up(parley::Connection& server) {
    asio::steady_timer timer{co_await asio::this_coro::executor, 50ms};
    const auto first = co_await (ask(server, "wait for me") || timer.async_wait(use_awaitable));
    std::cout << (first.index() == 0 ? "an answer" : "given up") << '\n';
    std::cout << co_await ask(server, "go on") << '\n';
}

asio::awaitable<void> ask_both(parley::Connection& left, parley::Connection& right) {
    const auto [one, other] = co_await (ask(left, "left") && ask(right, "right"));
    std::cout << one << ' ' << other << '\n';
}

asio::awaitable<void> run(parley::Address address) {
    parley::Client server = co_await connect(address);
    parley::Client another = co_await connect(address);
    co_await ask_with_limit(server);
    co_await ask_or_give_up(server);
    co_await ask_both(server, another);
    co_await server.async_send("stop", use_awaitable);
}

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    asio::io_context context;
    asio::co_spawn(context, run(argc > 1 ? argv[1] : "localhost:8888"),
                   [&status](std::exception_ptr failure) {
                       try {
                           if (failure) std::rethrow_exception(failure);
                       } catch (const std::exception& error) {
                           std::cerr << "11_coroutine_client: " << error.what() << '\n';
                           status = 1;
                       }
                   });
    context.run();
    return status;
}

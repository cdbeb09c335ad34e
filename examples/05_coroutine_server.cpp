// Coroutine server: any number of Python clients, one coroutine each, in one thread. Then run
// 05_coroutine_server.py, an asyncio program with many connections. SIGTERM or Ctrl-C ends it.
//     05_coroutine_server [ADDRESS]
#include <parley/listener.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <iostream>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

/// ("add", 1, 2) -> 3
parley::Value answer(const parley::Value& request) {
    if (request[0] != "add") return parley::dict({{"error", "no such method"}});
    return request[1].get<double>() + request[2].get<double>();
}

asio::awaitable<void> serve(parley::Connection client) {
    try {
        for (;;) {
            const parley::Value request = co_await client.async_recv(60s, use_awaitable);
            co_await client.async_send(answer(request), use_awaitable);
        }
    } catch (const boost::system::system_error& error) {  // this client's end, and nobody else's
        if (error.code() != parley::Errc::end_of_file)
            std::cout << client.peer() << ": " << error.what() << '\n';
    }
}

asio::awaitable<void> accept(parley::Listener& listener) {
    for (;;) {
        parley::Connection client = co_await listener.async_accept(use_awaitable);
        asio::co_spawn(listener.get_executor(), serve(std::move(client)), asio::detached);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        asio::io_context context;
        parley::Listener listener{context,
                                  argc > 1 ? argv[1] : "localhost:8888",
                                  {.authkey = parley::Authkey{"Hello World!"}}};
        std::cout << "listening on " << listener.address() << std::endl;

        asio::co_spawn(context, accept(listener), asio::detached);
        asio::signal_set signals{context, SIGINT, SIGTERM};
        signals.async_wait([&context](auto, auto) { context.stop(); });
        context.run();
    } catch (const parley::Error& error) {
        std::cerr << "05_coroutine_server: " << error.what() << '\n';
        return 1;
    }
}

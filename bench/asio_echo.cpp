// An echo of many clients with plain Asio, as its own examples are written: one thread, a coroutine
// and a buffer for each client.
//   asio_echo
#include "raw_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstring>
#include <utility>

namespace bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t header_size = 4;

/// Messages of at most 4 KiB.
asio::awaitable<void> echo(tcp::socket socket) {
    std::array<std::byte, 4096> memory;
    std::size_t have = 0;
    for (;;) {
        boost::system::error_code error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        have += co_await socket.async_read_some(
            asio::buffer(memory.data() + have, memory.size() - have), token);
        if (error) co_return;
        std::size_t used = 0;
        while (have - used >= header_size) {
            const std::size_t size = header_size + load_length(memory.data() + used);
            if (have - used < size) break;
            co_await asio::async_write(socket, asio::buffer(memory.data() + used, size), token);
            if (error) co_return;
            used += size;
        }
        std::memmove(memory.data(), memory.data() + used, have - used);
        have -= used;
    }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
    }
}

}  // namespace
}  // namespace bench

int main() {
    namespace asio = boost::asio;
    asio::io_context context(1);
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    acceptor.listen(asio::socket_base::max_listen_connections);
    bench::print_address("127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
    asio::co_spawn(context, bench::accept_all(acceptor), asio::detached);
    context.run();
}

// Plain Asio at one end: coroutines on one thread, async_write of header and payload, reads into a
// buffer that may take more than one message.
#include "raw_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
using StreamSocket = asio::generic::stream_protocol::socket;

constexpr std::size_t header_size = 4;

/// Its operations run to their end on the one thread there is.
class AsioChannel {
public:
    AsioChannel(Socket socket, bool is_tcp, std::size_t size)
        : context_(std::make_unique<asio::io_context>(1)),
          socket_(*context_,
                  asio::generic::stream_protocol(is_tcp ? AF_INET : AF_UNIX, SOCK_STREAM),
                  ::dup(socket.get())),
          memory_(std::max<std::size_t>(size + 2 * header_size, 64 * 1024)) {}

    /// Until the stream ends.
    void echo_all() { complete(async_echo_all()); }
    void round_trips(Payload payload, std::uint64_t count) {
        complete(async_round_trips(payload, count));
    }
    void receive_many(std::uint64_t count) { complete(async_receive_many(count)); }
    void send_for_ever(Payload payload) { complete(async_send_for_ever(payload)); }

private:
    bool complete(asio::awaitable<bool> operation) {
        auto result = asio::co_spawn(*context_, std::move(operation), asio::use_future);
        context_->restart();
        context_->run();
        return result.get();
    }

    asio::awaitable<bool> async_send(Payload payload) {
        std::array<std::byte, header_size> header;
        store_length(header.data(), payload.size());
        const std::array<asio::const_buffer, 2> parts{asio::buffer(header),
                                                      asio::buffer(payload.data(), payload.size())};
        boost::system::error_code error;
        co_await asio::async_write(socket_, parts,
                                   asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }

    asio::awaitable<bool> async_receive() {
        for (;;) {
            const std::size_t have = end_ - begin_;
            const std::size_t need =
                have < header_size ? header_size : header_size + load_length(&memory_[begin_]);
            if (have >= header_size && have >= need) {
                received_ = {&memory_[begin_ + header_size], need - header_size};
                begin_ += need;
                co_return true;
            }
            if (have == 0 || begin_ + need > memory_.size() || end_ == memory_.size()) {
                std::memmove(memory_.data(), memory_.data() + begin_, have);
                begin_ = 0;
                end_ = have;
            }
            boost::system::error_code error;
            end_ += co_await socket_.async_read_some(
                asio::buffer(&memory_[end_], memory_.size() - end_),
                asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return false;
        }
    }

    asio::awaitable<bool> async_echo() {
        if (!co_await async_receive()) co_return false;
        co_return co_await async_send(received_);
    }

    asio::awaitable<bool> async_echo_all() {
        while (co_await async_echo()) {
        }
        co_return false;
    }

    asio::awaitable<bool> async_round_trips(Payload payload, std::uint64_t count) {
        while (count-- > 0)
            if (!co_await async_send(payload) || !co_await async_receive()) co_return false;
        co_return true;
    }

    asio::awaitable<bool> async_receive_many(std::uint64_t count) {
        while (count-- > 0)
            if (!co_await async_receive()) co_return false;
        co_return true;
    }

    asio::awaitable<bool> async_send_for_ever(Payload payload) {
        while (co_await async_send(payload)) {
        }
        co_return false;
    }

    std::unique_ptr<asio::io_context> context_;
    StreamSocket socket_;
    std::vector<std::byte> memory_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    Payload received_;
};

AsioChannel accept_one(const Task& task, const Socket& listening) {
    const bool is_tcp = SocketName(task.address).is_tcp();
    Socket socket(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.get() < 0) fail("accept4");
    if (is_tcp) set_no_delay(socket.get());
    return {std::move(socket), is_tcp, task.size};
}

void serve_echo(const Task& task) {
    const Socket listening = listen_on(SocketName(task.address));
    print_address(address_of(listening, task.address));
    while (!task.is_one_way())
        accept_one(task, listening).echo_all();
    AsioChannel channel = accept_one(task, listening);
    print_seconds(seconds_on_average(task.seconds,
                                     [&](std::uint64_t count) { channel.receive_many(count); }));
}

void call_echo(const Task& task) {
    const SocketName name(task.address);
    Socket socket(::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), name.data(), name.size) != 0) fail("connect");
    if (name.is_tcp()) set_no_delay(socket.get());
    AsioChannel channel(std::move(socket), name.is_tcp(), task.size);
    const std::vector<std::byte> bytes(task.size, std::byte{'x'});
    if (task.is_one_way()) return channel.send_for_ever(bytes);
    print_seconds(seconds_each(task.seconds,
                               [&](std::uint64_t count) { channel.round_trips(bytes, count); }));
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    const bench::Task task = bench::parse_task(argc, argv);
    task.serves ? bench::serve_echo(task) : bench::call_echo(task);
}

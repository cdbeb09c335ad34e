// parley's blocking calls at one end. The variants are the ways to send and to receive:
//   bytes   send_bytes and recv_bytes, which returns fresh memory
//   into    send_bytes and recv_bytes_into a buffer that is reused
//   object  send and recv of a small list
//   typed   the same as a std::tuple
//   queued  many async_send_bytes at once, which leave together
#include "workload.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>
#include <parley/value.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

namespace bench {
namespace {

struct Bytes {
    static void send(parley::Connection& connection, Payload payload) {
        connection.send_bytes(payload);
    }
    void receive(parley::Connection& connection) { message = connection.recv_bytes(); }
    void send_back(parley::Connection& connection) {
        connection.send_bytes(parley::ConstBytes(message.data(), message.size()));
    }
    parley::Buffer message;
};

/// What is sent one by one is sent together by cork, unless a way has its own.
template <typename Way>
void send_many(Way& way, parley::Connection& connection, Payload payload, std::uint64_t count) {
    connection.cork();
    while (count-- > 0)
        way.send(connection, payload);
    connection.uncork();
}

struct Into : Bytes {
    void receive(parley::Connection& connection) { connection.recv_bytes_into(message); }
};

struct Object {
    void send(parley::Connection& connection, Payload) { connection.send(object); }
    void receive(parley::Connection& connection) { message = connection.recv(); }
    void send_back(parley::Connection& connection) { connection.send(message); }
    parley::Value object = parley::list({"Hello World", 100, parley::bytes("你好")});
    parley::Value message;
};

struct Typed {
    using Tuple = std::tuple<std::string, int, std::string>;
    void send(parley::Connection& connection, Payload) { connection.send(object); }
    void receive(parley::Connection& connection) { connection.recv_into(message); }
    void send_back(parley::Connection& connection) { connection.send(message); }
    Tuple object{"Hello World", 100, "你好"};
    Tuple message;
};

struct Queued : Into {};

boost::asio::io_context& context() {
    static boost::asio::io_context only(1);
    return only;
}

void send_many(Queued&, parley::Connection& connection, Payload payload, std::uint64_t count) {
    while (count-- > 0) {
        connection.async_send_bytes(payload, [](const boost::system::error_code& error) {
            // The server has measured enough.
            if (error) std::exit(0);
        });
    }
    context().restart();
    context().run();
}

template <typename Way>
class ParleyChannel {
public:
    explicit ParleyChannel(parley::Connection connection)
        : connection_(context(), std::move(connection)) {}

    void send(Payload payload) { way_.send(connection_, payload); }
    void send_many(Payload payload, std::uint64_t count) {
        bench::send_many(way_, connection_, payload, count);
    }
    bool receive() {
        try {
            way_.receive(connection_);
        } catch (const parley::EndOfFile&) {
            return false;
        }
        return true;
    }
    bool echo() {
        if (!receive()) return false;
        way_.send_back(connection_);
        return true;
    }

private:
    parley::Connection connection_;
    Way way_;
};

template <typename Way>
struct ParleyLibrary {
    class Server {
    public:
        explicit Server(const Task& task)
            : listener_(parley::Address::parse(task.address).value(), options(task)) {}
        [[nodiscard]] std::string address() const { return listener_.address().to_string(); }
        [[nodiscard]] ParleyChannel<Way> accept() { return ParleyChannel<Way>(listener_.accept()); }

    private:
        static parley::ListenerOptions options(const Task& task) {
            parley::ListenerOptions options;
            if (task.has_key()) options.authkey = parley::Authkey(key);
            return options;
        }
        parley::Listener listener_;
    };

    static ParleyChannel<Way> connect(const Task& task) {
        parley::ClientOptions options;
        if (task.has_key()) options.authkey = parley::Authkey(key);
        return ParleyChannel<Way>(
            parley::Client(parley::Address::parse(task.address).value(), options));
    }
};

void run_variant(const Task& task) {
    if (task.variant == "bytes") return run<ParleyLibrary<Bytes>>(task);
    if (task.variant == "into") return run<ParleyLibrary<Into>>(task);
    if (task.variant == "object") return run<ParleyLibrary<Object>>(task);
    if (task.variant == "queued") return run<ParleyLibrary<Queued>>(task);
    if (task.variant == "typed") return run<ParleyLibrary<Typed>>(task);
    std::fprintf(stderr, "no such variant: %s\n", task.variant.c_str());
    std::exit(2);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    const bench::Task task = bench::parse_task(argc, argv);
    try {
        bench::run_variant(task);
    } catch (const std::exception& error) {
        // A stream ends when the server has measured enough, and goes.
        if (!task.serves && task.is_one_way()) return 0;
        std::fprintf(stderr, "parley_peer: %s\n", error.what());
        return 1;
    }
}

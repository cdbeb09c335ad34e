// What the tests of the asynchronous calls have in common.
#pragma once

#include <parley/pipe.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

// GCC 12 evaluates a co_await inside CHECK twice, and destroys an aggregate that is made inside a
// co_await expression twice: both get names in these tests.

namespace async_test {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::use_awaitable;
using boost::system::error_code;
using parley::Buffer;
using parley::Connection;
using parley::Errc;
using parley::Value;

inline constexpr auto as_pair = asio::as_tuple(use_awaitable);

/// Two connections that are each other's other end, on one context.
struct Pair {
    explicit Pair(asio::io_context& context) {
        auto [a, b] = parley::Pipe();
        first = Connection(context, std::move(a));
        second = Connection(context, std::move(b));
    }
    /// Lets few bytes wait in the socket, so that a sender has to wait soon.
    void narrow() const {
        for (const Connection* end : {&first, &second}) {
            const int size = 4096;
            ::setsockopt(end->fileno(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
            ::setsockopt(end->fileno(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        }
    }
    Connection first;
    Connection second;
};

/// Runs a coroutine to its end, and the context with it.
template <typename Function>
void run(asio::io_context& context, Function function) {
    std::exception_ptr failure;
    asio::co_spawn(context, std::move(function), [&](std::exception_ptr e) { failure = e; });
    context.run();
    context.restart();
    if (failure) std::rethrow_exception(failure);
}

/// The outcomes of calls, in the order of their completions.
class Outcomes {
public:
    /// A handler that notes its error under this name.
    auto note(std::string name) {
        return [this, name = std::move(name)](error_code error, auto&&...) {
            names_.push_back(name);
            errors_.push_back(error);
        };
    }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] error_code of(const std::string& name) const {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            if (names_[i] == name) return errors_[i];
        }
        return Errc::invalid_argument;
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return of(name) != Errc::invalid_argument;
    }

private:
    std::vector<std::string> names_;
    std::vector<error_code> errors_;
};

}  // namespace async_test

// wait: which of many connections, listeners and descriptors are ready.
#pragma once

#include <parley/asynchronous/call.hpp>
#include <parley/asynchronous/executor_holder.hpp>
#include <parley/connection_base.hpp>
#include <parley/time_limit.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace parley {

class WaitList;

/// What `wait` does with an object, from the beginning of the call to its end.
class Watch {
public:
    Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    virtual ~Watch() = default;

    /// Who else can end the wait, by closing or cancelling; none where nobody can.
    [[nodiscard]] virtual WaitList* waits() noexcept { return nullptr; }
    /// From which moment of the WaitList on it ends the wait.
    [[nodiscard]] virtual std::uint64_t since() const noexcept { return 0; }
    /// Whether it is ready without asking the kernel: a message is read ahead, say.
    [[nodiscard]] virtual bool is_ready() = 0;
    /// What to poll for reading.
    [[nodiscard]] virtual int fileno() const noexcept = 0;
    /// How long it can be left asleep.
    [[nodiscard]] virtual TimeLimit attention_within() { return std::nullopt; }
    /// Is told what poll(2) said, 0 for nothing; whether it is ready now.
    [[nodiscard]] virtual bool on_events(short events) = 0;
};

/// Something that `wait` can look at: a connection, a listener, or a descriptor. Refers to the
/// object's state, not to the object, and holds nothing up while no `wait` runs.
class Waitable {
public:
    /// Ready when a message, or the end of the stream, can be read.
    Waitable(const ConnectionBase& connection);  // NOLINT(google-explicit-constructor)
    /// Ready when it can be read.
    Waitable(int descriptor);  // NOLINT(google-explicit-constructor)
    /// Any other object that makes a Watch of itself; a Listener does.
    template <typename Object>
    requires requires(const Object& object) { object.make_watch(); }
    Waitable(const Object& object)  // NOLINT(google-explicit-constructor)
        : make_watch_(object.make_watch()) {}

    [[nodiscard]] std::unique_ptr<Watch> watch() const { return make_watch_(); }

private:
    std::function<std::unique_ptr<Watch>()> make_watch_;
};

/// Waits until some of the objects are ready and returns their indexes, in order; none once the
/// time is over (multiprocessing.connection.wait). A connection is ready when a message is read
/// ahead, when its descriptor can be read, or at the end of its stream. A listener is ready when a
/// client has proven the key; while it is waited for, its handshakes go on.
///
/// Throws UsageError for a closed object, Canceled when another thread closes or cancels one of
/// them, `Error` with the system's code.
[[nodiscard]] std::vector<std::size_t> wait(const std::vector<Waitable>& objects,
                                            TimeLimit timeout = {});

namespace asynchronous {

void wait(boost::asio::any_io_executor executor, TimeLimit timeout,
          Handler<std::vector<std::size_t>> handler, const std::vector<Waitable>& objects);

}  // namespace asynchronous

/// The same on an executor: `void(error_code, std::vector<std::size_t>)`. The objects are held
/// until it is over, connections as by a call that receives. Cancellation (terminal, partial and
/// total alike) ends the wait and changes nothing.
template <typename Executor, asynchronous::Token<std::vector<std::size_t>> Token =
                                 boost::asio::default_completion_token_t<Executor>>
requires boost::asio::execution::is_executor<Executor>::value auto async_wait(
    const Executor& executor, std::vector<Waitable> objects, TimeLimit timeout,
    Token&& token = boost::asio::default_completion_token_t<Executor>()) {
    using Indexes = std::vector<std::size_t>;
    return boost::asio::async_initiate<Token, void(boost::system::error_code, Indexes)>(
        [](auto&& handler, const Executor& on, TimeLimit limit,
           const std::vector<Waitable>& watched) {
            asynchronous::wait(on, limit, std::forward<decltype(handler)>(handler), watched);
        },
        token, executor, timeout, std::move(objects));
}
template <typename Executor, asynchronous::Token<std::vector<std::size_t>> Token>
requires boost::asio::execution::is_executor<Executor>::value auto async_wait(
    const Executor& executor, std::vector<Waitable> objects, Token&& token) {
    return async_wait(executor, std::move(objects), TimeLimit(), std::forward<Token>(token));
}
template <asynchronous::ExecutionContext Context,
          asynchronous::Token<std::vector<std::size_t>> Token>
auto async_wait(Context& context, std::vector<Waitable> objects, TimeLimit timeout, Token&& token) {
    return async_wait(boost::asio::any_io_executor(context.get_executor()), std::move(objects),
                      timeout, std::forward<Token>(token));
}
template <asynchronous::ExecutionContext Context,
          asynchronous::Token<std::vector<std::size_t>> Token>
auto async_wait(Context& context, std::vector<Waitable> objects, Token&& token) {
    return async_wait(context, std::move(objects), TimeLimit(), std::forward<Token>(token));
}

}  // namespace parley

// A descriptor's place in the reactor of an executor's context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <utility>
#include <variant>

namespace parley {

/// The descriptor stays its owner's; it is in the reactor from the first wait to `leave_reactor`.
/// Where the executor is an io_context's own, waits are of its type: they take less memory and time
/// than those on an executor of any type. Not thread-safe.
class WatchedDescriptor {
public:
    using WaitType = boost::asio::posix::descriptor_base::wait_type;

    explicit WatchedDescriptor(const boost::asio::any_io_executor& executor);
    WatchedDescriptor(const WatchedDescriptor&) = delete;
    WatchedDescriptor& operator=(const WatchedDescriptor&) = delete;
    ~WatchedDescriptor() { leave_reactor(); }

    [[nodiscard]] boost::asio::any_io_executor executor();
    [[nodiscard]] bool runs_on(const boost::asio::any_io_executor& executor);

    /// Puts it into the reactor, if it is not there: before any wait. What the system refuses, as
    /// where the program itself watches the descriptor in the same context.
    [[nodiscard]] boost::system::error_code watch(int descriptor);
    /// Calls the handler, on the executor, once the descriptor can be read or written, or the wait
    /// is ended.
    template <typename WaitHandler>
    void wait(WaitType type, WaitHandler&& handler) {
        if (Plain* const plain = std::get_if<Plain>(&watched_))
            plain->async_wait(type, std::forward<WaitHandler>(handler));
        else
            std::get<Any>(watched_)->async_wait(type, std::forward<WaitHandler>(handler));
    }
    /// Ends all waits now, with operation_aborted.
    void end_waits() noexcept;
    /// The same, for good: before the descriptor is closed.
    void leave_reactor() noexcept;

private:
    using PlainExecutor = boost::asio::io_context::executor_type;
    using Plain = boost::asio::posix::basic_stream_descriptor<PlainExecutor>;
    using Any = std::unique_ptr<boost::asio::posix::stream_descriptor>;

    static std::variant<Plain, Any> watched_on(const boost::asio::any_io_executor& executor);

    std::variant<Plain, Any> watched_;
};

}  // namespace parley

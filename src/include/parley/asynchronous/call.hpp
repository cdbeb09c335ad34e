// The seam between the templates of the asynchronous API and its compiled half: completion tokens
// stay outside, the work is done in .cpp files. For the library; programs use the `async_` members
// of Connection, Listener and Client.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/pickle/typed.hpp>
#include <parley/step.hpp>
#include <parley/time_limit.hpp>
#include <parley/value.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace parley {
class ConnectionState;
}

namespace parley::asynchronous {

template <typename... Results>
using Handler = boost::asio::any_completion_handler<void(boost::system::error_code, Results...)>;

/// Whatever completes with an `error_code` and these results.
template <typename T, typename... Results>
concept Token = boost::asio::completion_token_for<T, void(boost::system::error_code, Results...)>;

/// On which connection, on which executor, and for how long at most. The connection is there while
/// the call begins, though it be the handler that keeps it: once that may have been called, it may
/// be gone.
struct Call {
    ConnectionState* connection;
    boost::asio::any_io_executor executor;
    TimeLimit timeout;
    bool is_at_home = false;  ///< The handler is to be called on that very executor.
};

// Each begins at once, and calls the handler exactly once, never before it has returned; or
// destroys it, where the executor's context ends before.

void send_value(const Call& call, Handler<> handler, Value value);
/// Sends a pickle that is made already; a failure to make it is the outcome of the call.
void send_pickle(const Call& call, Handler<> handler, Result<Buffer> pickle);
void send_bytes(const Call& call, Handler<> handler, ConstBytes payload);
void send_handle(const Call& call, Handler<> handler, int descriptor);
void flush(const Call& call, Handler<> handler);
void shutdown(const Call& call, Handler<> handler);

void receive_value(const Call& call, Handler<Value> handler);
void receive_bytes(const Call& call, Handler<Buffer> handler);
void receive_bytes_up_to(const Call& call, Handler<Buffer> handler, std::int64_t maxlength);
void receive_bytes_into(const Call& call, Handler<std::size_t> handler, MutableBytes buffer);
void receive_buffer(const Call& call, Handler<> handler, Buffer* buffer);
void receive_handle(const Call& call, Handler<int> handler);
void poll(const Call& call, Handler<bool> handler);

[[nodiscard]] inline ConstBytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The pickle of an object, in the protocol that the connection writes now.
[[nodiscard]] Result<Buffer> encode(const std::shared_ptr<ConnectionState>& connection,
                                    const void* object, pickle::Encode encode);
/// Turns a message that was received into an object; notes why not for `last_failure`.
[[nodiscard]] boost::system::error_code decode(ConnectionState& connection, Buffer message,
                                               void* object, pickle::Decode decode);

}  // namespace parley::asynchronous

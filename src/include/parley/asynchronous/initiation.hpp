// What begins an asynchronous call once its completion token has made a handler.
#pragma once

#include <parley/asynchronous/call.hpp>
#include <parley/asynchronous/handler_memory.hpp>
#include <parley/asynchronous/mapped_handler.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <type_traits>
#include <utility>

namespace parley::asynchronous {

/// Whether a handler has no executor but this one. Asked while both have their own types, which
/// takes no memory.
template <typename Handler, typename Executor>
[[nodiscard]] bool is_at_home(const Handler& handler, const Executor& executor) {
    const auto& associated = boost::asio::get_associated_executor(handler, executor);
    if constexpr (std::is_same_v<decltype(associated), const Executor&>) {
        // Asio gives back the very one for a handler that has none: no need to compare.
        if (&associated == &executor) return true;
    }
    if constexpr (requires { static_cast<bool>(associated == executor); }) {
        return associated == executor;
    } else {
        return false;
    }
}

/// What is to be done for this handler on a connection.
template <typename Object, typename Handler>
[[nodiscard]] Call call_of(const Object& connection, const Handler& handler, TimeLimit timeout) {
    const auto executor = connection.get_executor();
    return {connection.state().get(), executor, timeout, is_at_home(handler, executor)};
}

/// Begins a call of `Object`, a connection say, which must stay where it is until then. A token may
/// keep the initiation for later (deferred), and asks it for the executor.
template <typename Object, typename Begin>
class Initiation {
public:
    using executor_type = typename Object::executor_type;

    Initiation(Object& object, Begin begin) : object_(&object), begin_(std::move(begin)) {}

    [[nodiscard]] executor_type get_executor() const { return object_->get_executor(); }

    template <typename Handler, typename... Arguments>
    void operator()(Handler&& handler, Arguments&&... arguments) const {
        begin_(*object_, std::forward<Handler>(handler), std::forward<Arguments>(arguments)...);
    }

private:
    Object* object_;
    Begin begin_;
};

/// The result of the token, for a `begin(object, handler, arguments...)`.
template <typename Token, typename Signature, typename Object, typename Begin,
          typename... Arguments>
auto initiate_with(Object& object, Token& token, Begin begin, Arguments&&... arguments) {
    return boost::asio::async_initiate<Token, Signature>(
        Initiation<Object, Begin>(object, std::move(begin)), token,
        std::forward<Arguments>(arguments)...);
}

/// The same for a function of the seam that is about a connection.
template <typename Token, typename Object, typename... Results, typename... Parameters,
          typename... Arguments>
auto initiate(Object& object, Token& token,
              void (*function)(const Call&, Handler<Results...>, Parameters...), TimeLimit timeout,
              Arguments&&... arguments) {
    return initiate_with<Token, void(boost::system::error_code, Results...)>(
        object, token,
        [function](Object& connection, auto&& handler, TimeLimit limit, auto&&... rest) {
            const Call call = call_of(connection, handler, limit);
            function(
                call,
                Handler<Results...>(with_handler_memory(std::forward<decltype(handler)>(handler))),
                std::forward<decltype(rest)>(rest)...);
        },
        timeout, std::forward<Arguments>(arguments)...);
}

/// The same for receiving an object of a type that Boost.Serialization can serialize.
template <typename T, typename Token, typename Object>
auto initiate_receive_object(Object& object, Token& token, TimeLimit timeout) {
    return initiate_with<Token, void(boost::system::error_code, T)>(
        object, token,
        [](Object& connection, auto&& handler, TimeLimit limit) {
            auto map = [state = connection.state()](auto&& inner, boost::system::error_code error,
                                                    Buffer message) mutable {
                T received{};
                if (!error) {
                    error = decode(*state, std::move(message), &received, &pickle::decode_fresh<T>);
                }
                state.reset();
                std::forward<decltype(inner)>(inner)(error, std::move(received));
            };
            const Call call = call_of(connection, handler, limit);
            receive_bytes(call, with_handler_memory(MappedHandler(
                                    std::forward<decltype(handler)>(handler), std::move(map))));
        },
        timeout);
}

}  // namespace parley::asynchronous

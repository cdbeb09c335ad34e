// What begins an asynchronous call once its completion token has made a handler.
#pragma once

#include <parley/asynchronous/call.hpp>
#include <parley/asynchronous/mapped_handler.hpp>

#include <boost/asio/async_result.hpp>

#include <utility>

namespace parley::asynchronous {

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
              void (*function)(Call, Handler<Results...>, Parameters...), TimeLimit timeout,
              Arguments&&... arguments) {
    return initiate_with<Token, void(boost::system::error_code, Results...)>(
        object, token,
        [function](Object& connection, auto&& handler, TimeLimit limit, auto&&... rest) {
            function(Call{connection.state(), connection.get_executor(), limit},
                     Handler<Results...>(std::forward<decltype(handler)>(handler)),
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
                std::move(inner)(error, std::move(received));
            };
            receive_bytes(Call{connection.state(), connection.get_executor(), limit},
                          MappedHandler(std::forward<decltype(handler)>(handler), std::move(map)));
        },
        timeout);
}

}  // namespace parley::asynchronous

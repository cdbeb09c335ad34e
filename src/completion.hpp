// The end of an asynchronous call: its handler with the outcome.
#pragma once

#include <parley/asynchronous/call.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include <tuple>
#include <utility>

namespace parley::asynchronous {

/// A handler and what it is called with. Has the handler's executor and allocator.
template <typename... Results>
class Completion {
public:
    Completion(Handler<Results...> handler, boost::system::error_code error,
               std::tuple<Results...> results)
        : handler_(std::move(handler)), error_(error), results_(std::move(results)) {}

    void operator()() {
        // What a call of ours left in the slot refers to its connection, and would keep it.
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler_);
            slot.is_connected()) {
            slot.clear();
        }
        std::apply(
            [this](Results&... results) { std::move(handler_)(error_, std::move(results)...); },
            results_);
    }

    [[nodiscard]] const Handler<Results...>& handler() const noexcept { return handler_; }

private:
    Handler<Results...> handler_;
    boost::system::error_code error_;
    std::tuple<Results...> results_;
};

/// Calls the handler by way of the executor, never from within this function.
template <typename... Results>
void post_completion(const boost::asio::any_io_executor& executor, Handler<Results...> handler,
                     boost::system::error_code error, std::tuple<Results...> results) {
    boost::asio::post(executor,
                      Completion<Results...>(std::move(handler), error, std::move(results)));
}

}  // namespace parley::asynchronous

template <typename... Results, typename Candidate>
struct boost::asio::associated_executor<parley::asynchronous::Completion<Results...>, Candidate> {
    using type = boost::asio::any_completion_executor;
    static type get(const parley::asynchronous::Completion<Results...>& completion,
                    const Candidate& candidate = Candidate()) noexcept {
        return boost::asio::associated_executor<parley::asynchronous::Handler<Results...>,
                                                Candidate>::get(completion.handler(), candidate);
    }
};

template <typename... Results, typename Candidate>
struct boost::asio::associated_allocator<parley::asynchronous::Completion<Results...>, Candidate> {
    using type = typename parley::asynchronous::Handler<Results...>::allocator_type;
    static type get(const parley::asynchronous::Completion<Results...>& completion,
                    const Candidate& = Candidate()) noexcept {
        return completion.handler().get_allocator();
    }
};

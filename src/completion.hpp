// What an asynchronous call does with its handler: keep its context at work, heed its cancellation
// slot, and at the end call it with the outcome.
#pragma once

#include <parley/asynchronous/call.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <tuple>
#include <utility>

namespace parley::asynchronous {

/// Keeps the context of the handler's executor, or else of the one given, at work.
template <typename... Results>
[[nodiscard]] boost::asio::any_completion_executor tracked_work(
    const Handler<Results...>& handler, const boost::asio::any_io_executor& executor) {
    return boost::asio::prefer(boost::asio::get_associated_executor(
                                   handler, boost::asio::any_completion_executor(executor)),
                               boost::asio::execution::outstanding_work.tracked);
}

template <typename... Results>
[[nodiscard]] bool has_slot(const Handler<Results...>& handler) {
    return boost::asio::get_associated_cancellation_slot(handler).is_connected();
}

/// Has the handler's cancellation slot, where there is one, call `cancel` with the type.
template <typename... Results, typename Cancel>
void heed_slot(const Handler<Results...>& handler, Cancel cancel) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.assign(std::move(cancel));
}

/// Before the handler is called: what a call of ours left in the slot refers to its connection, and
/// would keep it.
template <typename... Results>
void clear_slot(const Handler<Results...>& handler) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
}

/// A handler and what it is called with. Has the handler's executor and allocator.
template <typename... Results>
class Completion {
public:
    Completion(Handler<Results...> handler, boost::system::error_code error,
               std::tuple<Results...> results)
        : handler_(std::move(handler)), error_(error), results_(std::move(results)) {}

    void operator()() {
        clear_slot(handler_);
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

/// A completion for the executor that it is posted to, whatever the handler's own is.
template <typename... Results>
class HomeCompletion {
public:
    using allocator_type = typename Handler<Results...>::allocator_type;

    explicit HomeCompletion(Completion<Results...> completion) noexcept
        : completion_(std::move(completion)) {}
    void operator()() { completion_(); }
    [[nodiscard]] allocator_type get_allocator() const noexcept {
        return completion_.handler().get_allocator();
    }

private:
    Completion<Results...> completion_;
};

/// As Asio's `post`, but an io_context gets the function itself, without a wrapper for executors of
/// any type.
template <typename Function>
void post_to(const boost::asio::any_io_executor& executor, Function function) {
    using Plain = boost::asio::io_context::executor_type;
    if (const auto* plain = executor.target<Plain>())
        boost::asio::post(*plain, std::move(function));
    else
        boost::asio::post(executor, std::move(function));
}

/// A completion that is posted to one executor to be called on another.
template <typename... Results>
class ElsewhereCompletion {
public:
    ElsewhereCompletion(boost::asio::any_completion_executor elsewhere,
                        Completion<Results...> completion) noexcept
        : elsewhere_(std::move(elsewhere)), completion_(std::move(completion)) {}
    void operator()() { elsewhere_.execute(std::move(completion_)); }

private:
    boost::asio::any_completion_executor elsewhere_;
    Completion<Results...> completion_;
};

/// Calls the handler by way of the executor, and of its own where it is not at home there; never
/// from within this function.
template <typename... Results>
void post_completion(const boost::asio::any_io_executor& executor, Handler<Results...> handler,
                     boost::system::error_code error, std::tuple<Results...> results,
                     bool is_at_home = false) {
    Completion<Results...> completion(std::move(handler), error, std::move(results));
    if (is_at_home)
        post_to(executor, HomeCompletion<Results...>(std::move(completion)));
    else
        boost::asio::post(executor, std::move(completion));
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

#include "async_accepts.hpp"

#include "completion.hpp"
#include "listener_state.hpp"
#include "system_failure.hpp"

#include <parley/listener.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

namespace parley {
namespace {

using boost::system::error_code;
using State = std::shared_ptr<ListenerState>;

void attend(const State& listener, bool is_wait);

/// Waits in the reactor for the listener's sake. Where the context ends before, so do the calls
/// that wait: their handlers are destroyed with this one.
class AcceptWait {
public:
    explicit AcceptWait(State listener) noexcept : listener_(std::move(listener)) {}
    AcceptWait(AcceptWait&&) noexcept = default;
    AcceptWait& operator=(AcceptWait&&) = delete;
    AcceptWait(const AcceptWait&) = delete;
    AcceptWait& operator=(const AcceptWait&) = delete;
    ~AcceptWait() {
        if (!listener_) return;
        AsyncAccepts::Completed dropped;
        const std::lock_guard lock(listener_->async_mutex);
        dropped.swap(listener_->async->pending);
        if (!dropped.empty()) listener_->stop_attending();
    }

    void operator()(error_code) {
        const State listener = std::move(listener_);
        attend(listener, true);
    }

private:
    State listener_;
};

/// Hands clients out to the calls that wait, in their order.
void hand_out(ListenerState& listener, AsyncAccepts::Completed& completed) {
    AsyncAccepts& accepts = *listener.async;
    while (!accepts.pending.empty() && listener.has_accepted()) {
        accepts.pending.front().accepted = listener.take_accepted();
        accepts.complete(accepts.pending.begin(), {}, completed);
    }
}

/// Sees to it that handshakes expire in time.
void watch_the_time(const State& listener) {
    AsyncAccepts& accepts = *listener->async;
    const TimeLimit within = listener->attention_within();
    if (!within) return;
    const auto at = AsyncAccepts::Clock::now() + *within;
    if (accepts.attention_at && *accepts.attention_at <= at) return;
    accepts.attention_at = at;
    accepts.attention.expires_at(at);
    accepts.attention.async_wait([weak = std::weak_ptr(listener)](error_code error) {
        if (const State state = weak.lock(); state && !error) attend(state, false);
    });
}

/// Under the lock: moves the handshakes on. Who was dropped is told in turns of the executor's own,
/// since what is told may call the listener, and throw.
void progress(const State& listener) {
    listener->progress();
    while (auto rejection = listener->take_rejection()) {
        boost::asio::post(listener->async->executor, [listener, rejection = std::move(*rejection)] {
            listener->tell(rejection);
        });
    }
}

/// Under the lock, once the calls that wait have changed: waits on, or lets others attend.
void settle(const State& listener) {
    AsyncAccepts& accepts = *listener->async;
    if (accepts.pending.empty()) {
        accepts.rest();
        listener->stop_attending();
        return;
    }
    watch_the_time(listener);
    if (accepts.waits) return;
    if (const error_code error = accepts.watched.watch(listener->fileno())) throw_failure(error);
    accepts.watched.wait(WatchedDescriptor::WaitType::wait_read, AcceptWait(listener));
    accepts.waits = true;
}

void attend(const State& listener, bool is_wait) {
    AsyncAccepts::Completed completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(listener->async_mutex);
        AsyncAccepts& accepts = *listener->async;
        if (is_wait)
            accepts.waits = false;
        else
            accepts.attention_at.reset();
        if (accepts.pending.empty()) return;
        executor = accepts.executor;
        progress(listener);
        hand_out(*listener, completed);
        settle(listener);
    }
    AsyncAccepts::post_all(executor, completed);
}

void cancel(const std::weak_ptr<ListenerState>& weak, std::uint64_t number, error_code outcome) {
    const State listener = weak.lock();
    if (!listener) return;
    AsyncAccepts::Completed completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(listener->async_mutex);
        AsyncAccepts& accepts = *listener->async;
        const auto call =
            std::find_if(accepts.pending.begin(), accepts.pending.end(),
                         [&](const auto& pending) { return pending.number == number; });
        if (call == accepts.pending.end()) return;
        executor = accepts.executor;
        accepts.complete(call, outcome, completed);
        settle(listener);
    }
    AsyncAccepts::post_all(executor, completed);
}

/// Under the lock: lets the handler's slot and its time end a call that has to wait.
void let_end(const State& listener, AsyncAccepts::Pending& call, TimeLimit timeout) {
    const std::weak_ptr<ListenerState> weak = listener;
    const std::uint64_t number = call.number;
    asynchronous::heed_slot(call.handler, [weak, number](boost::asio::cancellation_type) {
        cancel(weak, number, canceled().code);
    });
    if (timeout) {
        call.timer =
            std::make_unique<boost::asio::steady_timer>(listener->async->executor, *timeout);
        call.timer->async_wait([weak, number](error_code error) {
            if (!error) cancel(weak, number, Errc::timeout);
        });
    }
    call.work = asynchronous::tracked_work(call.handler, listener->async->executor);
}

/// Under the lock: begins to attend where nobody does; false where a blocking call does.
bool may_attend(ListenerState& listener) {
    if (listener.async && !listener.async->pending.empty()) return true;
    if (listener.attended.exchange(true, std::memory_order_acquire)) return false;
    listener.clock.start();
    return true;
}

}  // namespace

void AsyncAccepts::post_all(const boost::asio::any_io_executor& executor, Completed& completed) {
    for (Pending& call : completed) {
        call.timer.reset();
        asynchronous::post_completion(executor, std::move(call.handler), call.outcome,
                                      std::tuple(std::move(call.accepted)));
    }
    completed.clear();
}

namespace asynchronous {

void accept(const std::shared_ptr<ListenerState>& listener, boost::asio::any_io_executor executor,
            TimeLimit timeout, Handler<std::shared_ptr<ConnectionState>> handler) {
    AsyncAccepts::Completed completed;
    AsyncAccepts::Completed calls;
    calls.emplace_back(std::move(handler));
    const auto call = calls.begin();
    const auto refuse = [&](error_code outcome) {
        call->outcome = outcome;
        AsyncAccepts::post_all(executor, calls);
    };
    if (!listener) return refuse(Errc::closed);
    {
        const std::lock_guard lock(listener->async_mutex);
        if (listener->occupancy.is_closed()) return refuse(Errc::closed);
        if (!may_attend(*listener)) return refuse(Errc::busy);
        if (!listener->async) {
            listener->async = std::make_unique<AsyncAccepts>(executor);
        }
        AsyncAccepts& accepts = *listener->async;
        call->number = ++accepts.last_number;
        accepts.pending.splice(accepts.pending.end(), calls);
        if (!accepts.waits && !listener->has_accepted()) progress(listener);
        hand_out(*listener, completed);
        if (!accepts.pending.empty()) {
            if (timeout && timeout->count() <= 0)
                accepts.complete(call, Errc::timeout, completed);
            else
                let_end(listener, *call, timeout);
        }
        settle(listener);
    }
    AsyncAccepts::post_all(executor, completed);
}

}  // namespace asynchronous

void ListenerState::stop_attending() noexcept {
    clock.stop();
    attended.store(false, std::memory_order_release);
}

void ListenerState::end_async(bool for_good) noexcept {
    AsyncAccepts::Completed completed;
    boost::asio::any_io_executor executor;
    {
        const std::lock_guard lock(async_mutex);
        if (!async) return;
        executor = async->executor;
        if (!async->pending.empty()) {
            while (!async->pending.empty())
                async->complete(async->pending.begin(), canceled().code, completed);
            async->rest();
            stop_attending();
        }
        if (for_good) async->watched.leave_reactor();
    }
    AsyncAccepts::post_all(executor, completed);
}

}  // namespace parley

// wait without blocking: one epoll descriptor of our own stands for all the objects in the reactor.
#include "completion.hpp"
#include "descriptor.hpp"
#include "system_failure.hpp"
#include "watches.hpp"

#include <parley/wait.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

namespace parley::asynchronous {
namespace {

using boost::system::error_code;
using Indexes = std::vector<std::size_t>;

/// One call. Thread-safe.
class WaitCall : public std::enable_shared_from_this<WaitCall> {
public:
    WaitCall(boost::asio::any_io_executor executor, TimeLimit timeout, Handler<Indexes> handler)
        : executor_(std::move(executor)),
          handler_(std::move(handler)),
          work_(tracked_work(handler_, executor_)),
          deadline_(timeout),
          watched_(executor_),
          timer_(executor_) {}
    WaitCall(const WaitCall&) = delete;
    WaitCall& operator=(const WaitCall&) = delete;
    ~WaitCall() {
        if (watched_.is_open()) watched_.release();
    }

    void begin(const std::vector<Waitable>& objects);

private:
    void open(const std::vector<Waitable>& objects);
    void watch(int descriptor) const;
    void look();
    void wait();
    void on_wake(bool is_time);
    void cancel();
    void complete(error_code error, Indexes ready);

    std::mutex mutex_;
    boost::asio::any_io_executor executor_;
    Handler<Indexes> handler_;
    boost::asio::any_completion_executor work_;
    Deadline deadline_;
    Descriptor eventfd_;
    Descriptor epoll_;
    std::optional<Watches> watches_;
    boost::asio::posix::stream_descriptor watched_;
    boost::asio::steady_timer timer_;
    bool is_over_ = false;
};

void WaitCall::begin(const std::vector<Waitable>& objects) {
    const std::lock_guard lock(mutex_);
    heed_slot(handler_, [weak = weak_from_this()](boost::asio::cancellation_type) {
        if (const auto self = weak.lock()) self->cancel();
    });
    try {
        open(objects);
        look();
    } catch (const Error& error) {
        complete(error.code(), {});
    }
}

void WaitCall::open(const std::vector<Waitable>& objects) {
    eventfd_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!eventfd_.is_open() || !epoll_.is_open()) throw_failure(system_failure(errno, "wait"));
    watches_.emplace(objects, eventfd_.get());
    watch(eventfd_.get());
    for (const int descriptor : watches_->descriptors())
        watch(descriptor);
    watched_.assign(epoll_.get());
}

void WaitCall::watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    // Twice the same, or a plain file, which is always ready: no harm.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void WaitCall::look() {
    Indexes ready = watches_->look(Deadline(TimeLimit(0)));
    if (!ready.empty() || deadline_.has_passed()) return complete({}, std::move(ready));
    wait();
}

void WaitCall::wait() {
    watched_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        [self = shared_from_this()](error_code error) {
                            if (!error) self->on_wake(false);
                        });
    const TimeLimit left = Deadline::earlier(deadline_, watches_->attention()).left();
    if (!left) return;
    timer_.expires_after(*left);
    timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->on_wake(true);
    });
}

void WaitCall::on_wake(bool is_time) {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    // The other of the two may wake later, to no harm: everything is looked at again.
    boost::system::error_code ignored;
    is_time ? static_cast<void>(watched_.cancel(ignored)) : static_cast<void>(timer_.cancel());
    try {
        look();
    } catch (const Error& error) {
        complete(error.code(), {});
    }
}

void WaitCall::cancel() {
    const std::lock_guard lock(mutex_);
    if (!is_over_) complete(canceled().code, {});
}

void WaitCall::complete(error_code error, Indexes ready) {
    is_over_ = true;
    timer_.cancel();
    if (watched_.is_open()) watched_.release();
    watches_.reset();
    post_completion(executor_, std::move(handler_), error, std::tuple(std::move(ready)));
}

}  // namespace

void wait(boost::asio::any_io_executor executor, TimeLimit timeout, Handler<Indexes> handler,
          const std::vector<Waitable>& objects) {
    std::make_shared<WaitCall>(std::move(executor), timeout, std::move(handler))->begin(objects);
}

}  // namespace parley::asynchronous

#include "reactor.hpp"

#include "prefetch.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace parley {
namespace {

using boost::system::error_code;

// How many operations are completed in a row before other functions of the io_context.
constexpr int most_in_a_row = 256;
constexpr std::size_t prefetched_size = 256;

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

constexpr std::size_t index_of(ReactorEntry::Direction direction) noexcept {
    return static_cast<std::size_t>(direction);
}

}  // namespace

template <typename T>
class Reactor::SlotAllocator {
public:
    using value_type = T;

    explicit SlotAllocator(std::shared_ptr<Slot> slot) noexcept : slot_(std::move(slot)) {}
    template <typename Other>
    SlotAllocator(const SlotAllocator<Other>& other) noexcept : slot_(other.slot()) {}

    [[nodiscard]] T* allocate(std::size_t) noexcept {
        static_assert(sizeof(T) <= sizeof(Slot));
        static_assert(alignof(T) <= alignof(Slot));
        return static_cast<T*>(static_cast<void*>(slot_->memory.data()));
    }
    void deallocate(T*, std::size_t) noexcept {}
    [[nodiscard]] const std::shared_ptr<Slot>& slot() const noexcept { return slot_; }

    template <typename Other>
    [[nodiscard]] bool operator==(const SlotAllocator<Other>& other) const noexcept {
        return slot_ == other.slot();
    }

private:
    std::shared_ptr<Slot> slot_;
};

/// What the io_context calls.
template <void (Reactor::*Function)(error_code)>
class Reactor::Callback {
public:
    using allocator_type = SlotAllocator<void>;

    Callback(Reactor& reactor, std::shared_ptr<Slot> slot) noexcept
        : reactor_(&reactor), slot_(std::move(slot)) {}
    void operator()(error_code error = {}) const { (reactor_->*Function)(error); }
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(slot_); }

private:
    Reactor* reactor_;
    std::shared_ptr<Slot> slot_;
};

boost::asio::execution_context::id Reactor::id;

Reactor::Reactor(boost::asio::io_context& context)
    : service(context),
      context_(&context),
      wake_slot_(std::make_shared<Slot>()),
      run_slot_(std::make_shared<Slot>()),
      watched_(context) {}

/// What destructors of handlers begin meanwhile, and until all is destroyed, ends the same way.
void Reactor::shutdown() noexcept {
    for (Operations dropped;;
         dropped.clear_and_dispose([](ReactorOperation* operation) { operation->destroy(); })) {
        const std::lock_guard lock(mutex_);
        is_shut_down_ = true;
        for (ReactorEntry& entry : entries_) {
            take_both(entry, {});
            entry.descriptor_ = -1;
        }
        entries_.clear();
        if (epoll_.is_open()) close();
        if (ready_.empty()) return;
        dropped.swap(ready_);
    }
}

/// The child has to have an epoll of its own.
void Reactor::notify_fork(boost::asio::execution_context::fork_event event) {
    if (event != boost::asio::execution_context::fork_child) return;
    const std::lock_guard lock(mutex_);
    if (!epoll_.is_open()) return;
    close();
    if (const error_code error = open()) throw boost::system::system_error(error, "fork");
    for (ReactorEntry& entry : entries_) {
        if (const error_code error = tell_epoll(entry, EPOLL_CTL_ADD))
            throw boost::system::system_error(error, "fork");
    }
}

error_code Reactor::open() {
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) return last_error();
    error_code error;
    watched_.assign(epoll.get(), error);
    if (!error) epoll_ = std::move(epoll);
    return error;
}

/// What is armed ends, and is armed again where somebody waits by then.
void Reactor::close() noexcept {
    watched_.release();
    epoll_.reset();
}

error_code Reactor::tell_epoll(ReactorEntry& entry, int operation) const {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
    if (entry.watches_writing_) event.events |= EPOLLOUT;
    event.data.ptr = &entry;
    if (::epoll_ctl(epoll_.get(), operation, entry.descriptor_, &event) != 0) return last_error();
    entry.has_news_ = false;
    entry.was_told_ = false;
    return {};
}

error_code Reactor::add(ReactorEntry& entry, int descriptor) {
    const std::lock_guard lock(mutex_);
    if (is_shut_down_) return boost::asio::error::operation_aborted;
    if (!epoll_.is_open()) {
        if (const error_code error = open()) return error;
    }
    entry.descriptor_ = descriptor;
    entry.watches_writing_ = false;
    entry.must_look_ = false;
    if (const error_code error = tell_epoll(entry, EPOLL_CTL_ADD)) {
        entry.descriptor_ = -1;
        if (entries_.empty()) close();
        return error;
    }
    entries_.push_back(entry);
    return {};
}

void Reactor::remove(ReactorEntry& entry) noexcept {
    const std::lock_guard lock(mutex_);
    take_both(entry, boost::asio::error::operation_aborted);
    rest();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.descriptor_, nullptr);
    entry.descriptor_ = -1;
    entries_.erase(entries_.iterator_to(entry));
    if (entries_.empty()) close();
}

void Reactor::wait(ReactorEntry& entry, Direction direction, ReactorOperation& operation,
                   bool is_drained) noexcept {
    const std::lock_guard lock(mutex_);
    if (!is_armed_) arm();
    entry.waiting_[index_of(direction)] = &operation;
    ++waiting_;
    if (direction == Direction::write) {
        entry.watches_writing_ = true;
    } else if (!entry.must_look_ && !entry.has_news_ && (is_drained || !entry.was_told_)) {
        entry.was_told_ = false;
        return;
    }
    if (const error_code error = tell_epoll(entry, EPOLL_CTL_MOD)) {
        take(entry, direction, error);
        rest();
    }
}

void Reactor::post(ReactorOperation& operation) noexcept {
    const std::lock_guard lock(mutex_);
    ready_.push_back(operation);
    post_run();
}

void Reactor::end_waits(ReactorEntry& entry) noexcept {
    const std::lock_guard lock(mutex_);
    take_both(entry, boost::asio::error::operation_aborted);
    rest();
}

/// Once waits have ended: their handlers are called, and where nobody waits any more, nothing of
/// ours keeps the io_context at work.
void Reactor::rest() {
    if (!ready_.empty()) post_run();
    if (waiting_ > 0 || !is_armed_) return;
    error_code ignored;
    watched_.cancel(ignored);
}

void Reactor::arm() {
    watched_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        Callback<&Reactor::on_wake>(*this, wake_slot_));
    is_armed_ = true;
}

void Reactor::post_run() {
    if (is_run_posted_ || is_shut_down_) return;
    boost::asio::post(context_->get_executor(), Callback<&Reactor::on_run>(*this, run_slot_));
    is_run_posted_ = true;
}

/// Ends the wait, where there is one: its operation is ready, and a run must follow.
void Reactor::take(ReactorEntry& entry, Direction direction, error_code outcome) {
    ReactorOperation* const operation = std::exchange(entry.waiting_[index_of(direction)], nullptr);
    if (operation == nullptr) return;
    operation->outcome = outcome;
    ready_.push_back(*operation);
    --waiting_;
}

void Reactor::take_both(ReactorEntry& entry, error_code outcome) {
    take(entry, Direction::read, outcome);
    take(entry, Direction::write, outcome);
}

void Reactor::on_wake(error_code error) {
    {
        const std::lock_guard lock(mutex_);
        is_armed_ = false;
        if (!error) {
            look();
        } else if (error != boost::asio::error::operation_aborted) {
            for (ReactorEntry& entry : entries_)
                take_both(entry, error);
        }
        if (waiting_ > 0) arm();
    }
    complete_ready();
}

/// Under the mutex, so that nothing that epoll tells of can be taken out meanwhile.
void Reactor::look() {
    std::array<epoll_event, 128> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        take_up(*static_cast<ReactorEntry*>(event.data.ptr), event.events);
    }
}

void Reactor::take_up(ReactorEntry& entry, std::uint32_t events) {
    constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;
    if ((events & (broken | EPOLLRDHUP | EPOLLPRI)) != 0) entry.must_look_ = true;
    if ((events & (broken | EPOLLRDHUP | EPOLLIN)) != 0) {
        const bool is_waited_for = entry.waiting_[index_of(Direction::read)] != nullptr;
        entry.was_told_ = true;
        entry.has_news_ = !is_waited_for;
        take(entry, Direction::read, {});
    }
    if ((events & (broken | EPOLLOUT)) == 0) return;
    if (entry.waiting_[index_of(Direction::write)] != nullptr) {
        take(entry, Direction::write, {});
    } else if (entry.watches_writing_) {
        // Nobody writes any more: what the peer reads of a Unix socket is not worth an event.
        entry.watches_writing_ = false;
        static_cast<void>(tell_epoll(entry, EPOLL_CTL_MOD));
    }
}

void Reactor::on_run(error_code) {
    {
        const std::lock_guard lock(mutex_);
        is_run_posted_ = false;
    }
    complete_ready();
}

/// While there is more, another run is posted, for another thread or for after an exception.
void Reactor::complete_ready() {
    for (int count = 0; count < most_in_a_row; ++count) {
        ReactorOperation* operation = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (ready_.empty()) return;
            operation = &ready_.front();
            ready_.pop_front();
            if (!ready_.empty()) {
                post_run();
                prefetch_ready();
            }
        }
        operation->complete();
        if (context_->stopped()) return;
    }
}

/// While one operation makes its system calls, what the next one needs comes into the caches, and
/// of the one after that the operation itself, with what lies around it of its connection.
void Reactor::prefetch_ready() {
    auto operation = ready_.begin();
    operation->prefetch_needs();
    if (++operation != ready_.end()) prefetch(&*operation, prefetched_size);
}

}  // namespace parley

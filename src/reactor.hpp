// When descriptors become ready, told by an epoll of our own that an io_context watches.
#pragma once

#include "descriptor.hpp"
#include "light_mutex.hpp"

#include <parley/asynchronous/handler_memory.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/slist.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace parley {

/// A handler and what it is to be called with. Ends with one of the two functions.
class ReactorOperation : public boost::intrusive::slist_base_hook<> {
public:
    ReactorOperation(const ReactorOperation&) = delete;
    ReactorOperation& operator=(const ReactorOperation&) = delete;
    virtual ~ReactorOperation() = default;

    /// Frees the memory, then calls the handler with the outcome.
    virtual void complete() = 0;
    /// Frees the memory and the handler.
    virtual void destroy() noexcept = 0;
    /// Has what `complete` will need fetched into the caches.
    virtual void prefetch_needs() const noexcept {}

    boost::system::error_code outcome;

protected:
    ReactorOperation() = default;
};

class Reactor;

/// A descriptor's place in a reactor. Guarded by the reactor's mutex, but for whether it is
/// watched, which is its owner's to change and to ask.
class ReactorEntry : public boost::intrusive::list_base_hook<> {
public:
    enum class Direction : std::uint8_t { read, write };

    explicit ReactorEntry(Reactor& reactor) noexcept : reactor_(&reactor) {}

    [[nodiscard]] Reactor& reactor() const noexcept { return *reactor_; }
    [[nodiscard]] bool is_watched() const noexcept { return descriptor_ >= 0; }

private:
    friend class Reactor;

    Reactor* reactor_;
    int descriptor_ = -1;
    std::array<ReactorOperation*, 2> waiting_{};
    bool watches_writing_ = false;
    /// Epoll has told that it is readable: to nobody, or to a wait that is over.
    bool has_news_ = false;
    bool was_told_ = false;
    /// The peer has closed, or the stream is broken, or has urgent data inside: a read that came up
    /// short says nothing, since of what more there is epoll need not tell.
    bool must_look_ = false;
};

/// Asio's own reactor is to be told again before each wait, or tries each read once in vain: a
/// system call for each message. This one is edge-triggered: whoever has read all there was waits
/// for the next edge, and only others have epoll look again. What is ready is taken up for many
/// descriptors at once, and their handlers are called one after the other in one function of the
/// io_context, any number of whose threads share them, until it is stopped. It takes a descriptor
/// while there is one to watch. Thread-safe.
class Reactor final : public boost::asio::execution_context::service {
public:
    using Executor = boost::asio::io_context::executor_type;
    using Direction = ReactorEntry::Direction;

    static boost::asio::execution_context::id id;

    explicit Reactor(boost::asio::io_context& context);
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;
    ~Reactor() override { shutdown(); }

    /// Puts a descriptor in; what the system refuses, or operation_aborted where the io_context
    /// ends.
    [[nodiscard]] boost::system::error_code add(ReactorEntry& entry, int descriptor);
    /// Takes one that is in out, and ends its waits with operation_aborted.
    void remove(ReactorEntry& entry) noexcept;
    /// Completes the operation, in the io_context, once the descriptor is ready or the wait ended.
    /// One at a time for each direction. `is_drained` says that no wait has ended with success
    /// since a read came up short.
    void wait(ReactorEntry& entry, Direction direction, ReactorOperation& operation,
              bool is_drained) noexcept;
    /// Completes the operation in the io_context, not from within this function; or destroys it,
    /// where the io_context ends.
    void post(ReactorOperation& operation) noexcept;
    /// Ends both waits with operation_aborted.
    void end_waits(ReactorEntry& entry) noexcept;

private:
    using Operations =
        boost::intrusive::slist<ReactorOperation, boost::intrusive::cache_last<true>>;

    /// Memory for a function that Asio has at most once, so that handing it over cannot fail. Where
    /// the io_context ends, Asio may have it for longer than there is a reactor.
    struct Slot {
        alignas(std::max_align_t) std::array<std::byte, 256> memory;
    };
    template <typename T>
    class SlotAllocator;
    template <void (Reactor::*Function)(boost::system::error_code)>
    class Callback;

    void shutdown() noexcept override;
    void notify_fork(boost::asio::execution_context::fork_event event) override;

    // Under the mutex.
    [[nodiscard]] boost::system::error_code open();
    void close() noexcept;
    [[nodiscard]] boost::system::error_code tell_epoll(ReactorEntry& entry, int operation) const;
    void arm();
    void post_run();
    void look();
    void take_up(ReactorEntry& entry, std::uint32_t events);
    void take(ReactorEntry& entry, Direction direction, boost::system::error_code outcome);
    void take_both(ReactorEntry& entry, boost::system::error_code outcome);
    void rest();

    /// The epoll has something to tell, or need not be watched any more.
    void on_wake(boost::system::error_code error);
    /// Once more, in whichever thread.
    void on_run(boost::system::error_code);
    /// Completes operations, a limited number in a row.
    void complete_ready();
    void prefetch_ready();

    boost::asio::io_context* context_;
    std::shared_ptr<Slot> wake_slot_;
    std::shared_ptr<Slot> run_slot_;
    LightMutex mutex_;
    Descriptor epoll_;
    boost::asio::posix::basic_stream_descriptor<Executor> watched_;
    bool is_armed_ = false;
    bool is_run_posted_ = false;
    bool is_shut_down_ = false;
    std::size_t waiting_ = 0;
    Operations ready_;
    boost::intrusive::list<ReactorEntry, boost::intrusive::constant_time_size<false>> entries_;
};

/// A wait's handler, in memory of its allocator.
template <typename Handler>
class WaitOperation final : public ReactorOperation {
public:
    /// Where that throws, the handler is still the caller's.
    static WaitOperation& make(Handler&& handler) {
        Allocator allocator(allocator_of(handler));
        return *new (allocator.allocate(1)) WaitOperation(std::move(handler));
    }
    void complete() override {
        const boost::system::error_code error = outcome;
        take_handler()(error);
    }
    void destroy() noexcept override { take_handler(); }

private:
    using Memory = asynchronous::HandlerAllocator<void>;
    using Associated = boost::asio::associated_allocator_t<Handler, Memory>;
    using Allocator =
        typename std::allocator_traits<Associated>::template rebind_alloc<WaitOperation>;

    static auto allocator_of(const Handler& handler) noexcept {
        return boost::asio::associated_allocator<Handler, Memory>::get(handler, Memory());
    }

    explicit WaitOperation(Handler&& handler) noexcept : handler_(std::move(handler)) {}

    Handler take_handler() noexcept {
        Handler handler(std::move(handler_));
        Allocator allocator(allocator_of(handler));
        this->~WaitOperation();
        allocator.deallocate(this, 1);
        return handler;
    }

    Handler handler_;
};

/// The same in memory that the handler keeps.
template <typename Handler>
class PlacedOperation final : public ReactorOperation {
public:
    explicit PlacedOperation(Handler&& handler) noexcept : handler_(std::move(handler)) {}
    void complete() override {
        const boost::system::error_code error = outcome;
        take_handler()(error);
    }
    void destroy() noexcept override { take_handler(); }
    void prefetch_needs() const noexcept override { handler_.prefetch_needs(); }

private:
    Handler take_handler() noexcept {
        Handler handler(std::move(handler_));
        this->~PlacedOperation();
        return handler;
    }

    Handler handler_;
};

}  // namespace parley

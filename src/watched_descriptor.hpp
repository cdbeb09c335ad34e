// A descriptor's place in the reactor of an executor's context.
#pragma once

#include "reactor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace parley {

/// The descriptor stays its owner's; it is in the reactor from the first wait to `leave_reactor`.
/// Where the executor is an io_context's own, that is the reactor of ours; elsewhere Asio's, whose
/// waits end on an executor of any type. Not thread-safe.
class WatchedDescriptor {
public:
    using WaitType = boost::asio::posix::descriptor_base::wait_type;
    /// Whether all that came has been read, as a read that came up short has shown, and no wait has
    /// ended with success since then.
    enum class Drained : std::uint8_t { unknown, yes };

    explicit WatchedDescriptor(const boost::asio::any_io_executor& executor);
    WatchedDescriptor(const WatchedDescriptor&) = delete;
    WatchedDescriptor& operator=(const WatchedDescriptor&) = delete;
    ~WatchedDescriptor() { leave_reactor(); }

    [[nodiscard]] boost::asio::any_io_executor executor() const;
    [[nodiscard]] bool runs_on(const boost::asio::any_io_executor& executor) const;

    /// The reactor of ours, if it is that one.
    [[nodiscard]] Reactor* reactor() noexcept { return entry_ ? &entry_->reactor() : nullptr; }

    /// Puts it into the reactor, if it is not there: before any wait. What the system refuses, as
    /// where the program itself watches the descriptor in Asio's.
    [[nodiscard]] boost::system::error_code watch(int descriptor) {
        if (entry_ && entry_->is_watched()) return {};
        return enter_reactor(descriptor);
    }
    /// Calls the handler, on the executor, once the descriptor can be read or written, or the wait
    /// is ended. Where it throws, the handler is still the caller's.
    template <typename WaitHandler>
    void wait(WaitType type, WaitHandler&& handler, Drained drained = Drained::unknown) {
        if (!entry_) return watched_->async_wait(type, std::forward<WaitHandler>(handler));
        using Operation = WaitOperation<std::decay_t<WaitHandler>>;
        Operation& operation = Operation::make(std::forward<WaitHandler>(handler));
        entry_->reactor().wait(*entry_, direction_of(type), operation, drained == Drained::yes);
    }
    /// The same where there is memory for it, which the handler keeps.
    template <typename WaitHandler, std::size_t size>
    void wait_in(std::array<std::byte, size>& memory, WaitType type, WaitHandler&& handler,
                 Drained drained) {
        if (!entry_) return watched_->async_wait(type, std::forward<WaitHandler>(handler));
        using Operation = PlacedOperation<std::decay_t<WaitHandler>>;
        static_assert(sizeof(Operation) <= size && alignof(Operation) <= alignof(std::max_align_t));
        auto* const operation = new (memory.data()) Operation(std::forward<WaitHandler>(handler));
        entry_->reactor().wait(*entry_, direction_of(type), *operation, drained == Drained::yes);
    }
    /// Ends all waits now, with operation_aborted.
    void end_waits() noexcept;
    /// The same, for good: before the descriptor is closed.
    void leave_reactor() noexcept;

private:
    [[nodiscard]] boost::system::error_code enter_reactor(int descriptor);
    [[nodiscard]] static ReactorEntry::Direction direction_of(WaitType type) noexcept {
        return type == WaitType::wait_read ? ReactorEntry::Direction::read
                                           : ReactorEntry::Direction::write;
    }

    std::optional<ReactorEntry> entry_;
    std::optional<Reactor::Executor> executor_;  ///< With the entry.
    std::unique_ptr<boost::asio::posix::stream_descriptor> watched_;
};

}  // namespace parley

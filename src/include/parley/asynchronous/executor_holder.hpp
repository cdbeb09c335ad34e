// Where an object runs its asynchronous calls: an executor, or none yet.
#pragma once

#include <parley/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace parley::asynchronous {

/// An io_context, a thread_pool and their like.
template <typename Context>
concept ExecutionContext = std::derived_from<Context, boost::asio::execution_context> &&
    requires(Context& context) {
    context.get_executor();
};

/// Holds the executor of a connection or listener. Blocking calls need none, so there may be none.
/// An object that is moved from keeps its executor, as Asio's own do: `c.get_executor()` may stand
/// beside `std::move(c)` among the arguments of one call.
template <typename Executor>
class ExecutorHolder {
public:
    ExecutorHolder() noexcept = default;
    explicit ExecutorHolder(Executor executor) noexcept : executor_(std::move(executor)) {}
    template <typename Other>
    requires(!std::same_as<Other, Executor>) explicit ExecutorHolder(
        const ExecutorHolder<Other>& other) {
        if (other.has_executor()) executor_.emplace(other.executor());
    }

    // Copied even where it could be moved; an executor's copy throws nothing.
    ExecutorHolder(const ExecutorHolder&) noexcept = default;
    ExecutorHolder& operator=(const ExecutorHolder&) noexcept = default;
    ~ExecutorHolder() = default;

    [[nodiscard]] bool has_executor() const noexcept { return executor_.has_value(); }
    /// Throws UsageError (no_executor) where there is none.
    [[nodiscard]] const Executor& executor() const {
        if (!executor_) throw_failure(Errc::no_executor);
        return *executor_;
    }

private:
    std::optional<Executor> executor_;
};

}  // namespace parley::asynchronous

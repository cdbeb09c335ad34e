#include "watched_descriptor.hpp"

namespace parley {
namespace {

/// Calls the function with the descriptor, whichever kind it is.
template <typename Watched, typename Function>
auto with(Watched& watched, Function function) {
    if (auto* const plain = std::get_if<0>(&watched)) return function(*plain);
    return function(*std::get<1>(watched));
}

}  // namespace

WatchedDescriptor::WatchedDescriptor(const boost::asio::any_io_executor& executor)
    : watched_(watched_on(executor)) {}

std::variant<WatchedDescriptor::Plain, WatchedDescriptor::Any> WatchedDescriptor::watched_on(
    const boost::asio::any_io_executor& executor) {
    if (const auto* plain = executor.target<PlainExecutor>()) return Plain(*plain);
    return std::make_unique<boost::asio::posix::stream_descriptor>(executor);
}

boost::asio::any_io_executor WatchedDescriptor::executor() {
    return with(watched_, [](auto& watched) -> boost::asio::any_io_executor {
        return watched.get_executor();
    });
}

bool WatchedDescriptor::runs_on(const boost::asio::any_io_executor& executor) {
    if (Plain* const plain = std::get_if<Plain>(&watched_)) {
        const auto* other = executor.target<PlainExecutor>();
        return other != nullptr && *other == plain->get_executor();
    }
    return std::get<Any>(watched_)->get_executor() == executor;
}

boost::system::error_code WatchedDescriptor::watch(int descriptor) {
    return with(watched_, [descriptor](auto& watched) {
        boost::system::error_code error;
        if (!watched.is_open()) watched.assign(descriptor, error);
        return error;
    });
}

void WatchedDescriptor::end_waits() noexcept {
    with(watched_, [](auto& watched) {
        boost::system::error_code ignored;
        if (watched.is_open()) watched.cancel(ignored);
    });
}

void WatchedDescriptor::leave_reactor() noexcept {
    with(watched_, [](auto& watched) {
        if (watched.is_open()) watched.release();
    });
}

}  // namespace parley

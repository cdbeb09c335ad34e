#include "watched_descriptor.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>

namespace parley {

WatchedDescriptor::WatchedDescriptor(const boost::asio::any_io_executor& executor) {
    if (const auto* plain = executor.target<Reactor::Executor>()) {
        boost::asio::io_context& context =
            boost::asio::query(*plain, boost::asio::execution::context);
        entry_.emplace(boost::asio::use_service<Reactor>(context));
        executor_ = *plain;
    } else {
        watched_ = std::make_unique<boost::asio::posix::stream_descriptor>(executor);
    }
}

boost::asio::any_io_executor WatchedDescriptor::executor() const {
    if (executor_) return *executor_;
    return watched_->get_executor();
}

bool WatchedDescriptor::runs_on(const boost::asio::any_io_executor& executor) const {
    if (!executor_) return watched_->get_executor() == executor;
    const auto* plain = executor.target<Reactor::Executor>();
    return plain != nullptr && *plain == *executor_;
}

boost::system::error_code WatchedDescriptor::enter_reactor(int descriptor) {
    if (entry_) return entry_->reactor().add(*entry_, descriptor);
    boost::system::error_code error;
    if (!watched_->is_open()) watched_->assign(descriptor, error);
    return error;
}

void WatchedDescriptor::end_waits() noexcept {
    boost::system::error_code ignored;
    if (entry_) {
        if (entry_->is_watched()) entry_->reactor().end_waits(*entry_);
    } else if (watched_->is_open()) {
        watched_->cancel(ignored);
    }
}

void WatchedDescriptor::leave_reactor() noexcept {
    if (entry_) {
        if (entry_->is_watched()) entry_->reactor().remove(*entry_);
    } else if (watched_->is_open()) {
        watched_->release();
    }
}

}  // namespace parley

#include "send_queue.hpp"

#include "completion.hpp"
#include "connection_state.hpp"
#include "system_failure.hpp"

#include <parley/pickle/writer.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

namespace parley {
namespace {

using boost::asio::cancellation_type;
using boost::system::error_code;

using NodeAllocator =
    std::allocator_traits<QueuedSend::Handler::allocator_type>::rebind_alloc<QueuedSend>;

}  // namespace

QueuedSend* QueuedSend::make(Handler&& handler) {
    NodeAllocator allocator(handler.get_allocator());
    return new (allocator.allocate(1)) QueuedSend(std::move(handler));
}

QueuedSend::Handler QueuedSend::take_handler(QueuedSend* send) {
    Handler handler(std::move(send->handler_));
    NodeAllocator allocator(handler.get_allocator());
    send->~QueuedSend();
    allocator.deallocate(send, 1);
    return handler;
}

CompletedSends::~CompletedSends() {
    while (!sends_.empty()) {
        QueuedSend& send = sends_.front();
        sends_.pop_front();
        QueuedSend::take_handler(&send);
    }
}

void CompletedSends::add(QueuedSend& send, error_code outcome) noexcept {
    send.outcome = outcome;
    sends_.push_back(send);
}

void CompletedSends::reserve_gathered() {
    if (!gathered_) gathered_ = std::make_unique<GatheredSends>();
    gathered_->reserve_one();
}

void CompletedSends::add(GatheredSends::Send send) noexcept {
    gathered_->push_back(std::move(send));
}

void CompletedSends::add(std::unique_ptr<GatheredSends> sends) {
    if (!has_gathered()) {
        gathered_ = std::move(sends);
        return;
    }
    while (!sends->empty()) {
        reserve_gathered();
        add(sends->pop_front());
    }
}

void CompletedSends::post_all(const boost::asio::any_io_executor& executor) {
    while (!empty())
        complete_first(executor, false);
}

void CompletedSends::call_all(const boost::asio::any_io_executor& executor,
                              QueuedSend::Handler first) {
    try {
        if (first) std::move(first)(error_code());
        while (has_gathered()) {
            GatheredSends::Send send = gathered_->pop_front();
            std::move(send.handler)(send.outcome);
        }
        while (!empty())
            complete_first(executor, true);
    } catch (...) {
        post_all(executor);
        throw;
    }
}

void CompletedSends::complete_first(const boost::asio::any_io_executor& executor,
                                    bool is_executor_here) {
    if (has_gathered()) {
        GatheredSends::Send send = gathered_->pop_front();
        return asynchronous::post_completion<>(executor, std::move(send.handler), send.outcome, {},
                                               true);
    }
    QueuedSend& send = sends_.front();
    sends_.pop_front();
    const error_code outcome = send.outcome;
    const bool is_at_home = send.is_at_home;
    boost::asio::any_completion_executor elsewhere = std::move(send.elsewhere);
    asynchronous::Completion<> completion(QueuedSend::take_handler(&send), outcome, {});
    if (is_at_home && is_executor_here) {
        completion();
    } else if (is_at_home) {
        asynchronous::post_to(executor, asynchronous::HomeCompletion<>(std::move(completion)));
    } else {
        asynchronous::post_to(executor, asynchronous::ElsewhereCompletion<>(std::move(elsewhere),
                                                                            std::move(completion)));
    }
}

SendQueue::~SendQueue() {
    CompletedSends destroyed;
    complete_all({}, destroyed);
}

std::uint64_t SendQueue::add(QueuedSend& send) noexcept {
    send.number = ++last_number_;
    sends_.push_back(send);
    return send.number;
}

void SendQueue::gather(ConnectionState& connection, QueuedSend::Handler&& handler,
                       ConstBytes payload) {
    if (!gathered_) gathered_ = std::make_unique<GatheredSends>();
    if (gathered_->empty()) gathered_->begin = connection.writer.end();
    gathered_->reserve_one();
    connection.writer.gather(payload);
    gathered_->push_back({std::move(handler), payload.size(), {}});
}

void SendQueue::settle_gathered(ConnectionState& connection, CompletedSends& completed) {
    if (!has_gathered()) return;
    if (connection.writer.empty()) {
        for (const GatheredSends::Send& send : gathered_->all())
            connection.count_sent(send.payload_size);
        completed.add(std::move(gathered_));
        return;
    }
    const FrameWriter::Position gone = connection.writer.begin();
    while (has_gathered() && gathered_->begin + gathered_->front().frame_size() <= gone) {
        completed.reserve_gathered();
        GatheredSends::Send send = gathered_->pop_front();
        gathered_->begin += send.frame_size();
        connection.count_sent(send.payload_size);
        completed.add(std::move(send));
    }
    // An idle connection keeps no room for them.
    if (!has_gathered()) gathered_.reset();
}

/// Takes back those of which no byte is gone, where nothing is in the writer after them.
void SendQueue::withdraw_gathered(ConnectionState& connection) {
    FrameWriter& writer = connection.writer;
    FrameWriter::Position begin = gathered_->begin;
    for (const GatheredSends::Send& send : gathered_->all()) {
        if (begin >= writer.begin()) break;
        begin += send.frame_size();
    }
    static_cast<void>(writer.withdraw(begin, writer.end()));
}

SendQueue::List::iterator SendQueue::complete(const List::iterator& send, error_code outcome,
                                              CompletedSends& completed) {
    QueuedSend& done = *send;
    const auto next = sends_.erase(send);
    completed.add(done, outcome);
    return next;
}

void SendQueue::admit(ConnectionState& connection, CompletedSends& completed) {
    for (auto send = sends_.begin(); send != sends_.end();) {
        if (send->admitted) {
            ++send;
            continue;
        }
        if (!send->is_frame() || !connection.has_room()) return;
        admit(connection, *send++, completed);
    }
}

void SendQueue::admit(ConnectionState& connection, QueuedSend& send, CompletedSends& completed) {
    if (send.kind == QueuedSend::Kind::value) {
        const Result<void> pickled =
            pickle::dumps(send.value, send.pickle, {.protocol = connection.protocol()});
        if (!pickled) {
            complete(List::s_iterator_to(send),
                     connection.note_failure(connection.from_peer(pickled.error())), completed);
            return;
        }
        send.payload = {send.pickle.data(), send.pickle.size()};
    }
    send.begin = connection.writer.end();
    connection.add_frame(send.payload);
    send.end = connection.writer.end();
    send.admitted = true;
}

/// Whether all that waits has gathered in a corked connection, and is to stay there for now.
bool SendQueue::gather_all(const ConnectionState& connection) const {
    if (!connection.keeps_gathering()) return false;
    return std::all_of(sends_.begin(), sends_.end(), [&](const QueuedSend& send) {
        return send.admitted && connection.gathers(send.payload);
    });
}

void SendQueue::settle(ConnectionState& connection, CompletedSends& completed) {
    settle_gathered(connection, completed);
    while (!sends_.empty() && sends_.front().admitted &&
           sends_.front().end <= connection.writer.begin()) {
        connection.count_sent(sends_.front().payload.size());
        complete(sends_.begin(), {}, completed);
    }
}

int SendQueue::carry_out(ConnectionState& connection, QueuedSend& send) {
    switch (send.kind) {
        case QueuedSend::Kind::handle:
            if (!connection.check_handles()) return EINVAL;
            return connection.transport.write_descriptor(std::byte{1}, send.descriptor).error;
        case QueuedSend::Kind::shutdown:
            return connection.transport.shutdown(SHUT_WR);
        default:
            return 0;
    }
}

Wants SendQueue::progress(ConnectionState& connection, CompletedSends& completed) {
    for (;;) {
        admit(connection, completed);
        if (gather_all(connection)) {
            if (has_gathered()) {
                for (const GatheredSends::Send& send : gathered_->all())
                    connection.count_sent(send.payload_size);
            }
            for (const QueuedSend& send : sends_)
                connection.count_sent(send.payload.size());
            complete_all({}, completed);
            return Wants::nothing;
        }
        const Result<Wants> wants = advance(connection.transport, connection.writer);
        settle(connection, completed);
        int error = 0;
        if (wants && *wants == Wants::to_write) return Wants::to_write;
        if (wants) {
            if (sends_.empty()) return Wants::nothing;
            if (sends_.front().is_frame()) continue;
            error = carry_out(connection, sends_.front());
            if (error == EAGAIN) return Wants::to_write;
            if (error == 0) {
                complete(sends_.begin(), {}, completed);
                continue;
            }
        }
        const Failure failure = wants ? system_failure(error) : wants.error();
        connection.writer.clear();
        complete_all(connection.note_failure(connection.from_peer(failure)), completed);
        return Wants::nothing;
    }
}

void SendQueue::cancel(ConnectionState& connection, std::uint64_t number, cancellation_type type,
                       error_code outcome, CompletedSends& completed) {
    auto send = sends_.begin();
    while (send != sends_.end() && send->number != number)
        ++send;
    if (send == sends_.end()) return;
    if (send->admitted) {
        if (connection.writer.withdraw(send->begin, send->end)) {
            const FrameWriter::Position size = send->end - send->begin;
            for (auto later = std::next(send); later != sends_.end() && later->admitted; ++later) {
                later->begin -= size;
                later->end -= size;
            }
        } else {
            const auto ends_begun = cancellation_type::terminal | cancellation_type::partial;
            if ((type & ends_begun) == cancellation_type::none) return;
            connection.writer.keep();
        }
    }
    if (send->kind == QueuedSend::Kind::shutdown) connection.writable.store(true);
    complete(send, outcome, completed);
}

void SendQueue::end_last(ConnectionState& connection, CompletedSends& completed) {
    const error_code outcome = make_error_code(boost::system::errc::not_enough_memory);
    try {
        cancel(connection, sends_.back().number, cancellation_type::terminal, outcome, completed);
    } catch (const std::bad_alloc&) {
        connection.writer.clear();
        connection.close_writing();
        complete_all(outcome, completed);
    }
}

void SendQueue::cancel_all(ConnectionState& connection, error_code outcome,
                           CompletedSends& completed) {
    // From the last one on, whose withdrawal moves no other.
    CompletedSends last_first;
    try {
        while (!sends_.empty()) {
            cancel(connection, sends_.back().number, cancellation_type::terminal, outcome,
                   last_first);
        }
    } catch (...) {
        completed.add_reversed(last_first);
        throw;
    }
    completed.add_reversed(last_first);
    if (!has_gathered()) return;
    withdraw_gathered(connection);
    complete_all(outcome, completed);
}

void SendQueue::complete_all(error_code outcome, CompletedSends& completed) noexcept {
    if (has_gathered()) {
        for (GatheredSends::Send& send : gathered_->all())
            send.outcome = outcome;
        completed.add(std::move(gathered_));
    }
    while (!sends_.empty())
        complete(sends_.begin(), outcome, completed);
}

}  // namespace parley

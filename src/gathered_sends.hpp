// Asynchronous sends of small messages, whose bytes the writer has taken.
#pragma once

#include "frame_writer.hpp"

#include <parley/asynchronous/call.hpp>

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace parley {

/// Calls whose frames are in the writer one behind the other, in the order of the calls. All that
/// is left of each is its handler, which runs on the connection's executor.
class GatheredSends {
public:
    using Handler = asynchronous::Handler<>;
    struct Send {
        Handler handler;
        std::size_t payload_size;
        boost::system::error_code outcome;

        [[nodiscard]] std::size_t frame_size() const noexcept {
            return FrameWriter::frame_size(payload_size);
        }
    };

    [[nodiscard]] bool empty() const noexcept { return next_ == sends_.size(); }
    [[nodiscard]] const Send& front() const noexcept { return sends_[next_]; }
    /// Has the next `push_back` throw nothing.
    void reserve_one() {
        if (sends_.size() < sends_.capacity()) return;
        // Under lasting pressure it is never empty: what has left it makes room. Moved one by one,
        // since Boost 1.81 assigns handlers by wrapping them.
        std::vector<Send> kept;
        kept.reserve(std::max<std::size_t>(16, 4 * all().size()));
        for (Send& send : all())
            kept.push_back(std::move(send));
        sends_ = std::move(kept);
        next_ = 0;
    }
    void push_back(Send send) { sends_.push_back(std::move(send)); }
    [[nodiscard]] Send pop_front() {
        Send first = std::move(sends_[next_]);
        if (++next_ == sends_.size()) {
            sends_.clear();
            next_ = 0;
        }
        return first;
    }
    /// Where the first one's frame begins in the stream.
    FrameWriter::Position begin = 0;

    [[nodiscard]] std::span<Send> all() noexcept { return std::span(sends_).subspan(next_); }

private:
    std::vector<Send> sends_;
    std::size_t next_ = 0;
};

}  // namespace parley

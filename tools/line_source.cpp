#include "line_source.hpp"

#include "standard_streams.hpp"

#include <algorithm>
#include <span>

namespace parley::tools {

std::optional<std::string> InputLines::next() {
    std::size_t searched = begin_;
    std::size_t end = 0;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
        searched = buffer_.size() - begin_;
        if (!read_more()) {
            if (buffer_.empty()) return std::nullopt;
            end = buffer_.size();
            break;
        }
    }
    std::string line = buffer_.substr(begin_, end - begin_);
    begin_ = std::min(end + 1, buffer_.size());
    return line;
}

/// Drops what was handed out, and adds to the rest; false at the end of the input.
bool InputLines::read_more() {
    constexpr std::size_t step = std::size_t{64} << 10U;
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t old_size = buffer_.size();
    buffer_.resize(old_size + step);
    const auto room = std::as_writable_bytes(std::span(buffer_)).subspan(old_size);
    const std::size_t size = read_input(room);
    buffer_.resize(old_size + size);
    return size != 0;
}

}  // namespace parley::tools

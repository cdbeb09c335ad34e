#include "repr_sink.hpp"

#include <algorithm>
#include <utility>

namespace parley::pickle {

std::string ReprSink::finish() && {
    if (!full()) return std::move(text_);
    std::size_t end = std::min(limit_, text_.size());
    while (end != 0 && end != text_.size() &&
           (static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80)
        --end;
    text_.resize(end);
    text_ += "...";
    return std::move(text_);
}

}  // namespace parley::pickle

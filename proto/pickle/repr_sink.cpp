#include "repr_sink.hpp"

#include <utility>

namespace parley::pickle {

std::string ReprSink::finish() && {
    if (!full()) return std::move(text_);
    std::size_t end = limit_;
    while (end != 0 && (static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80)
        --end;
    text_.resize(end);
    text_ += "...";
    return std::move(text_);
}

}  // namespace parley::pickle

#include "frame_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace parley {
namespace {

// Memory for gathered frames is kept from one flush to the next up to this size.
constexpr std::size_t kept_capacity = 128 * 1024;

// What one step sends belongs to the thread that carries it out: a connection that is idle has no
// use for it.
thread_local std::array<ConstBytes, 16> parts;

}  // namespace

void FrameWriter::append_gathered(std::size_t size) {
    if (!empty() && entries_.back().is_gathered) {
        entries_.back().size += size;
    } else {
        entries_.push_back({FrameHeader(0), {}, size, true});
    }
    end_ += size;
}

void FrameWriter::gather(ConstBytes payload) {
    const FrameHeader header(payload.size());
    const ConstBytes announced = header.bytes();
    const std::size_t size = announced.size() + payload.size();
    const std::size_t offset = gathered_.size();
    gathered_.resize(offset + size);
    std::byte* const at = gathered_.data() + offset;
    std::memcpy(at, announced.data(), announced.size());
    if (!payload.empty()) std::memcpy(at + announced.size(), payload.data(), payload.size());
    append_gathered(size);
}

void FrameWriter::push(ConstBytes payload) {
    const FrameHeader header(payload.size());
    const std::size_t size = header.bytes().size() + payload.size();
    entries_.push_back({header, payload, size, false});
    end_ += size;
}

void FrameWriter::keep() {
    const auto is_borrowed = [](const Entry& entry) { return !entry.is_gathered; };
    const auto first = std::next(entries_.begin(), static_cast<std::ptrdiff_t>(head_));
    if (std::none_of(first, entries_.end(), is_borrowed)) return;
    Buffer bytes;
    bytes.reserve(pending());
    std::size_t gathered_offset = gathered_begin_;
    std::size_t skip = sent_of_head_;
    for (auto entry = first; entry != entries_.end(); ++entry) {
        part_count_ = 0;
        add_parts(*entry, skip, gathered_offset);
        for (std::size_t i = 0; i < part_count_; ++i)
            bytes.append(parts[i]);
        skip = 0;
    }
    gathered_ = std::move(bytes);
    gathered_begin_ = 0;
    entries_.clear();
    head_ = 0;
    sent_of_head_ = 0;
    entries_.push_back({FrameHeader(0), {}, gathered_.size(), true});
}

bool FrameWriter::withdraw(Position frame_begin, Position frame_end) {
    if (begin_ > frame_begin || empty()) return false;
    keep();
    // One gathered entry is left, so stream positions map straight onto gathered bytes.
    const std::size_t offset = gathered_begin_ + static_cast<std::size_t>(frame_begin - begin_);
    const std::size_t size = static_cast<std::size_t>(frame_end - frame_begin);
    std::memmove(gathered_.data() + offset, gathered_.data() + offset + size,
                 gathered_.size() - offset - size);
    gathered_.resize(gathered_.size() - size);
    entries_.clear();
    head_ = 0;
    sent_of_head_ = 0;
    end_ -= size;
    if (pending() > 0) entries_.push_back({FrameHeader(0), {}, pending(), true});
    return true;
}

void FrameWriter::clear() noexcept {
    entries_.clear();
    head_ = 0;
    sent_of_head_ = 0;
    gathered_begin_ = 0;
    end_ = begin_;
    gathered_.clear();
}

void FrameWriter::add_part(ConstBytes part) noexcept {
    if (!part.empty() && part_count_ < parts.size()) parts[part_count_++] = part;
}

void FrameWriter::add_parts(const Entry& entry, std::size_t skip,
                            std::size_t& gathered_offset) noexcept {
    if (entry.is_gathered) {
        const std::size_t size = entry.size - skip;
        add_part({gathered_.data() + gathered_offset, size});
        gathered_offset += size;
        return;
    }
    const ConstBytes header = entry.header.bytes();
    add_part(header.subspan(std::min(skip, header.size())));
    add_part(entry.borrowed.subspan(skip > header.size() ? skip - header.size() : 0));
}

Step FrameWriter::step() {
    if (empty()) return Done{};
    part_count_ = 0;
    std::size_t gathered_offset = gathered_begin_;
    std::size_t skip = sent_of_head_;
    for (std::size_t i = head_; i < entries_.size() && part_count_ + 1 < parts.size(); ++i) {
        add_parts(entries_[i], skip, gathered_offset);
        skip = 0;
    }
    return Send{std::span(parts).first(part_count_)};
}

void FrameWriter::sent(std::size_t size) {
    begin_ += size;
    while (size > 0) {
        const Entry& entry = entries_[head_];
        const std::size_t step = std::min(size, entry.size - sent_of_head_);
        if (entry.is_gathered) gathered_begin_ += step;
        sent_of_head_ += step;
        size -= step;
        if (sent_of_head_ == entry.size) {
            sent_of_head_ = 0;
            ++head_;
        }
    }
    if (empty()) {
        clear();
        if (gathered_.capacity() > kept_capacity) gathered_ = Buffer();
    } else {
        compact();
    }
}

void FrameWriter::compact() {
    if (head_ > entries_.size() / 2) {
        entries_.erase(entries_.begin(),
                       std::next(entries_.begin(), static_cast<std::ptrdiff_t>(head_)));
        head_ = 0;
    }
    if (gathered_begin_ > kept_capacity && gathered_begin_ > gathered_.size() / 2) {
        const std::size_t left = gathered_.size() - gathered_begin_;
        std::memmove(gathered_.data(), gathered_.data() + gathered_begin_, left);
        gathered_.resize(left);
        gathered_begin_ = 0;
    }
}

}  // namespace parley

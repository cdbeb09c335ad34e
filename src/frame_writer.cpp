#include "frame_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

namespace parley {
namespace {

// Memory for gathered frames is kept from one flush to the next up to this size.
constexpr std::size_t kept_capacity = std::size_t{128} * 1024;

/// What one step sends. It belongs to the thread that carries it out: a connection that is idle has
/// no use for it.
struct Parts {
    void add(ConstBytes part) noexcept {
        if (!part.empty() && count < parts.size()) parts[count++] = part;
    }
    [[nodiscard]] bool has_room_for_frame() const noexcept { return count + 1 < parts.size(); }
    [[nodiscard]] std::span<const ConstBytes> all() const noexcept {
        return std::span(parts).first(count);
    }

    std::array<ConstBytes, 16> parts;
    std::size_t count = 0;
};

thread_local Parts parts;

}  // namespace

FrameWriter::Backlog& FrameWriter::backlog() {
    if (!backlog_) backlog_ = std::make_unique<Backlog>();
    return *backlog_;
}

void FrameWriter::Backlog::add_gathered(std::size_t size) {
    entries.push_back({FrameHeader(0), {}, size, true});
}

void FrameWriter::gather(ConstBytes payload) {
    const FrameHeader header(payload.size());
    const std::size_t size = header.size() + payload.size();
    Backlog& kept = backlog();
    // First, since an entry without bytes does no harm where there is no memory for these.
    if (empty() || !kept.entries.back().is_gathered) kept.add_gathered(0);
    const std::size_t offset = kept.gathered.size();
    kept.gathered.resize(offset + size);
    std::byte* const at = kept.gathered.data() + offset;
    header.copy_to(at);
    if (!payload.empty()) std::memcpy(at + header.size(), payload.data(), payload.size());
    kept.entries.back().size += size;
    end_ += size;
}

void FrameWriter::push(ConstBytes payload) {
    const FrameHeader header(payload.size());
    const std::size_t size = header.size() + payload.size();
    backlog().entries.push_back({header, payload, size, false});
    end_ += size;
}

void FrameWriter::Entry::add_parts(std::size_t skip, const Buffer& gathered,
                                   std::size_t& gathered_offset) const noexcept {
    if (is_gathered) {
        parts.add({gathered.data() + gathered_offset, size - skip});
        gathered_offset += size - skip;
        return;
    }
    const ConstBytes announced = header.bytes();
    parts.add(announced.subspan(std::min(skip, announced.size())));
    parts.add(borrowed.subspan(skip > announced.size() ? skip - announced.size() : 0));
}

void FrameWriter::keep() {
    if (empty()) return;
    const auto is_borrowed = [](const Entry& entry) { return !entry.is_gathered; };
    const std::vector<Entry>& entries = backlog_->entries;
    const auto first = std::next(entries.begin(), static_cast<std::ptrdiff_t>(backlog_->head));
    if (std::none_of(first, entries.end(), is_borrowed)) return;
    Buffer bytes;
    bytes.reserve(pending());
    std::size_t gathered_offset = backlog_->gathered_begin;
    std::size_t skip = backlog_->sent_of_head;
    for (auto entry = first; entry != entries.end(); ++entry) {
        parts.count = 0;
        entry->add_parts(skip, backlog_->gathered, gathered_offset);
        for (const ConstBytes part : parts.all())
            bytes.append(part);
        skip = 0;
    }
    backlog_->keep_only(std::move(bytes));
}

void FrameWriter::Backlog::keep_only(Buffer bytes) {
    clear();
    gathered = std::move(bytes);
    if (!gathered.empty()) add_gathered(gathered.size());
}

bool FrameWriter::withdraw(Position frame_begin, Position frame_end) {
    if (begin_ > frame_begin || empty()) return false;
    keep();
    // One gathered entry is left, so stream positions map straight onto gathered bytes.
    Buffer& gathered = backlog_->gathered;
    const std::size_t offset =
        backlog_->gathered_begin + static_cast<std::size_t>(frame_begin - begin_);
    const std::size_t size = static_cast<std::size_t>(frame_end - frame_begin);
    std::memmove(gathered.data() + offset, gathered.data() + offset + size,
                 gathered.size() - offset - size);
    gathered.resize(gathered.size() - size);
    end_ -= size;
    backlog_->entries.clear();
    backlog_->head = 0;
    backlog_->sent_of_head = 0;
    if (pending() > 0) backlog_->add_gathered(pending());
    return true;
}

void FrameWriter::Backlog::clear() noexcept {
    entries.clear();
    head = 0;
    sent_of_head = 0;
    gathered_begin = 0;
    gathered.clear();
}

void FrameWriter::clear() noexcept {
    end_ = begin_;
    if (backlog_) backlog_->clear();
}

Step FrameWriter::step() {
    if (empty()) return Done{};
    const Backlog& kept = *backlog_;
    parts.count = 0;
    std::size_t gathered_offset = kept.gathered_begin;
    std::size_t skip = kept.sent_of_head;
    for (std::size_t i = kept.head; i < kept.entries.size() && parts.has_room_for_frame(); ++i) {
        kept.entries[i].add_parts(skip, kept.gathered, gathered_offset);
        skip = 0;
    }
    return Send{parts.all()};
}

void FrameWriter::sent(std::size_t size) {
    if (empty()) return;
    begin_ += size;
    backlog_->drop(size);
    if (!empty()) return backlog_->compact();
    backlog_->clear();
    if (backlog_->gathered.capacity() > kept_capacity) backlog_->gathered = Buffer();
}

void FrameWriter::Backlog::drop(std::size_t size) {
    while (size > 0) {
        const Entry& entry = entries[head];
        const std::size_t step = std::min(size, entry.size - sent_of_head);
        if (entry.is_gathered) gathered_begin += step;
        sent_of_head += step;
        size -= step;
        if (sent_of_head == entry.size) {
            sent_of_head = 0;
            ++head;
        }
    }
}

void FrameWriter::Backlog::compact() {
    if (head > entries.size() / 2) {
        entries.erase(entries.begin(),
                      std::next(entries.begin(), static_cast<std::ptrdiff_t>(head)));
        head = 0;
    }
    if (gathered_begin > kept_capacity && gathered_begin > gathered.size() / 2) {
        const std::size_t left = gathered.size() - gathered_begin;
        std::memmove(gathered.data(), gathered.data() + gathered_begin, left);
        gathered.resize(left);
        gathered_begin = 0;
    }
}

}  // namespace parley

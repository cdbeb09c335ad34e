#include "container.hpp"

#include <atomic>
#include <utility>

namespace parley::pickle {
namespace {

/// Two threads may put the same value into containers of theirs at once.
std::uint8_t mark(const Cell& cell, std::uint8_t flags) noexcept {
    return std::atomic_ref(cell.flags()).fetch_or(flags, std::memory_order_relaxed);
}

}  // namespace

Cell Container::take_whole(Cell cell) noexcept {
    const bool is_name = cell.tag() == Tag::ellipsis || cell.tag() == Tag::not_implemented;
    if (is_name) message_->has_calls = true;
    cell.head &= 0xffff;
    return cell;
}

Cell Container::take(const Value& value) {
    Cell cell = Access::cell(value);
    if (!cell.is_pointer()) return take_whole(cell);
    Message* const source = Access::message(value);
    if (source == nullptr) return cell;
    message_->keep(source);
    const bool is_part = source->root.tag() != cell.tag() || source->root.pointer != cell.pointer;
    const bool is_again = cell.has_flags() && (mark(cell, owned) & owned) != 0;
    if (cell.has_flags() && (is_part || is_again)) {
        mark(cell, reused);
        message_->has_shared = true;
    }
    message_->has_shared = message_->has_shared || source->has_shared;
    message_->has_calls = message_->has_calls || source->has_calls;
    message_->disordered = message_->disordered || source->disordered;
    message_->natural = message_->natural && source->natural && !message_->has_shared;
    return cell;
}

Value Container::finish(Cell root) noexcept {
    message_->root = root;
    return Access::adopt(root, std::exchange(message_, nullptr));
}

}  // namespace parley::pickle

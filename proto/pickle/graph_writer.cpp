#include "graph_writer.hpp"

#include <algorithm>
#include <atomic>

namespace parley::pickle {
namespace {

/// As many items at once as CPython's own batches: the stack of the other side stays small.
constexpr std::uint64_t batch_size = 1000;

}  // namespace

template <bool Counting>
bool GraphWriter<Counting>::has_flag(const Cell& cell, std::uint8_t flag) const noexcept {
    return (std::atomic_ref(cell.flags()).load(std::memory_order_relaxed) & flag) != 0;
}

/// In an ordered run objects and containers are met again when their turn comes.
template <bool Counting>
inline bool GraphWriter<Counting>::is_forced(const Cell& cell) const noexcept {
    if (state_.mode != WriteState::Mode::ordered) return false;
    return cell.tag() == Tag::object || has_flag(cell, late);
}

template <bool Counting>
typename GraphWriter<Counting>::Reference GraphWriter<Counting>::refer(const Cell& cell,
                                                                       bool opens) {
    if (state_.mode == WriteState::Mode::tree || !cell.has_flags()) return {false, false};
    const bool forced = is_forced(cell);
    // The reader's own notes are exact; containers made since add theirs.
    const bool exact = state_.mode == WriteState::Mode::natural;
    if (!forced && !has_flag(cell, exact ? shared : shared | reused)) return {false, false};
    if constexpr (Counting) {
        return refer_counting(cell, opens);
    } else {
        const bool counted = state_.mode != WriteState::Mode::natural;
        if (!counted && !cell.fetched() && !opens) return {false, true};
        MemoTable::Entry* entry =
            counted && !forced ? state_.memo.find(cell.pointer) : &state_.memo.insert(cell.pointer);
        if (entry == nullptr) return {false, false};
        if (entry->index != MemoTable::no_index) {
            out_.get(entry->index);
            return {true, false};
        }
        if (entry->open) {
            out_.fail("a value that is part of its own making");
            out_.none();
            return {true, false};
        }
        entry->open = opens;
        return {false, !counted || entry->count > 1};
    }
}

template <bool Counting>
typename GraphWriter<Counting>::Reference GraphWriter<Counting>::refer_counting(const Cell& cell,
                                                                                bool opens) {
    MemoTable::Entry& entry = state_.memo.insert(cell.pointer);
    if (entry.count < 2) ++entry.count;
    if (entry.count > 1) {
        state_.conflict = state_.conflict || entry.open;
        return {true, false};
    }
    entry.open = opens;
    return {false, true};
}

/// What was begun is on top of the stack now.
template <bool Counting>
void GraphWriter<Counting>::ready(const Cell& cell, bool memoize) {
    if (!memoize) return;
    if constexpr (Counting) {
        state_.memo.find(cell.pointer)->open = 0;
    } else {
        MemoTable::Entry& entry = state_.memo.insert(cell.pointer);
        entry.index = out_.memoize();
        entry.open = 0;
    }
}

/// What to fill a container with when it is first met: later changes follow in their turn.
template <bool Counting>
std::span<const Cell> GraphWriter<Counting>::initial(const Cell& cell, std::span<const Cell> cells,
                                                     unsigned stride) const {
    if constexpr (Counting) {
        if (has_flag(cell, late)) state_.met_late = true;
    }
    if (!state_.by_event) return cells;
    const auto found = state_.first_changes.find(cell.pointer);
    if (found == state_.first_changes.end()) return cells;
    const LateChange& first = *found->second;
    const Cell* const begin = first.initial != nullptr ? first.initial : cells.data();
    return {begin, first.begin * stride};
}

template <bool Counting>
void GraphWriter<Counting>::write(const Cell& cell) {
    if (!begin(cell)) run();
}

template <bool Counting>
void GraphWriter<Counting>::run() {
    while (!frames_.empty())
        resume(frames_.back());
}

/// Writes what is whole in itself, or pushes the work that is to be done. True in the first case.
template <bool Counting>
bool GraphWriter<Counting>::begin(const Cell& cell) {
    switch (cell.tag()) {
        case Tag::none:
        case Tag::boolean:
        case Tag::integer:
        case Tag::real:
        case Tag::extension:
            atom(cell);
            return true;
        case Tag::ellipsis:
            helper(Helper::ellipsis);
            return true;
        case Tag::not_implemented:
            helper(Helper::not_implemented);
            return true;
        case Tag::absent:
            return true;
        case Tag::str:
            str(cell);
            return true;
        case Tag::legacy_str:
            legacy_str(cell);
            return true;
        case Tag::bytes:
        case Tag::bytes_node:
            bytes(cell);
            return true;
        case Tag::big_integer:
            big_integer(cell);
            return true;
        case Tag::bytearray:
            bytearray(cell);
            return true;
        case Tag::complex:
            complex(cell);
            return true;
        case Tag::global:
            global(cell);
            return true;
        case Tag::buffer:
            buffer(cell);
            return true;
        case Tag::tuple:
            return begin_tuple(cell);
        case Tag::list:
            return begin_list(cell);
        case Tag::dict:
            return begin_dict(cell);
        case Tag::set:
            return begin_set(cell);
        case Tag::frozenset:
            return begin_frozenset(cell);
        case Tag::object:
            return begin_object(cell);
        case Tag::persistent:
            return begin_persistent(cell);
    }
    return true;
}

template <bool Counting>
void GraphWriter<Counting>::push(const Cell& cell, Work work, std::span<const Cell> items,
                                 bool memoize) {
    const Cell* const begin = items.data();
    frames_.push({cell, begin, begin + items.size(), begin, 0, 0, 0, 0, work, 0, memoize});
}

template <bool Counting>
bool GraphWriter<Counting>::begin_list(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return true;
    op(Opcode::EMPTY_LIST);
    ready(cell, reference.memoize);
    const std::span<const Cell> items = initial(cell, {cell.list()->items, cell.list()->size}, 1);
    if (items.empty()) return true;
    push(cell, Work::list, items, false);
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_dict(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return true;
    op(Opcode::EMPTY_DICT);
    ready(cell, reference.memoize);
    const std::span<const Cell> entries =
        initial(cell, {cell.table()->entries, 2 * cell.table()->size}, 2);
    if (entries.empty()) return true;
    push(cell, Work::dict, entries, false);
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_set(const Cell& cell) {
    const bool has_opcode = out_.protocol() >= 4;
    const Reference reference = refer(cell, !has_opcode);
    if (reference.again) return true;
    const std::span<const Cell> members =
        initial(cell, {cell.table()->entries, cell.table()->size}, 1);
    if (!has_opcode) {
        helper(Helper::set);
        op(Opcode::EMPTY_LIST);
        push(cell, Work::set_call, members, reference.memoize);
        return false;
    }
    op(Opcode::EMPTY_SET);
    ready(cell, reference.memoize);
    if (members.empty()) return true;
    push(cell, Work::set, members, false);
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_frozenset(const Cell& cell) {
    const Reference reference = refer(cell, true);
    if (reference.again) return true;
    const bool has_opcode = out_.protocol() >= 4;
    if (!has_opcode) helper(Helper::frozenset);
    op(has_opcode ? Opcode::MARK : Opcode::EMPTY_LIST);
    push(cell, has_opcode ? Work::frozenset : Work::frozenset_call,
         {cell.table()->entries, cell.table()->size}, reference.memoize);
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_tuple(const Cell& cell) {
    const std::uint64_t size = cell.size();
    if (size == 0) {
        op(Opcode::EMPTY_TUPLE);
        return true;
    }
    const Reference reference = refer(cell, true);
    if (reference.again) return true;
    if (size > 3) op(Opcode::MARK);
    push(cell, Work::tuple, {cell.items(), size}, reference.memoize);
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_object(const Cell& cell) {
    const Reference reference = refer(cell, true);
    if (reference.again) return true;
    if constexpr (Counting) state_.objects.push_back(cell);
    push(cell, Work::object, {}, reference.memoize);
    if (!state_.by_event) frames_.back().change_end = cell.object()->change_count;
    return false;
}

template <bool Counting>
bool GraphWriter<Counting>::begin_persistent(const Cell& cell) {
    const Reference reference = refer(cell, true);
    if (reference.again) return true;
    push(cell, Work::persistent, {&cell.persistent()->id, 1}, reference.memoize);
    return false;
}

template <bool Counting>
void GraphWriter<Counting>::resume(Frame& frame) {
    switch (frame.work) {
        case Work::list:
            if (!batches(frame, 1, Opcode::APPEND, Opcode::APPENDS)) return;
            break;
        case Work::dict:
            if (!batches(frame, 2, Opcode::SETITEM, Opcode::SETITEMS)) return;
            break;
        case Work::set:
            if (!batches(frame, 1, Opcode::ADDITEMS, Opcode::ADDITEMS)) return;
            break;
        case Work::set_call:
        case Work::frozenset_call:
            if (!batches(frame, 1, Opcode::APPEND, Opcode::APPENDS)) return;
            finish_call(frame);
            break;
        case Work::tuple:
            if (!items(frame)) return;
            finish_tuple(frame);
            break;
        case Work::frozenset:
            if (!items(frame)) return;
            finish_frozenset(frame);
            break;
        case Work::persistent:
            if (!items(frame)) return;
            op(Opcode::BINPERSID);
            ready(frame.cell, frame.memoize);
            break;
        case Work::object:
            resume_object(frame);
            return;
    }
    frames_.pop();
}

/// Writes the frame's items up to the end. False when work was pushed that comes first.
template <bool Counting>
bool GraphWriter<Counting>::items(Frame& frame) {
    const Cell* const end = frame.end;
    for (const Cell* next = frame.next; next != end;) {
        const Cell& item = *next++;
        if (!item.is_pointer() && item.tag() < Tag::ellipsis) {
            atom(item);
            continue;
        }
        if (item.tag() == Tag::str) {
            str(item);
            continue;
        }
        frame.next = next;
        if (!begin(item)) return false;
    }
    frame.next = end;
    return true;
}

template <bool Counting>
bool GraphWriter<Counting>::batches(Frame& frame, unsigned stride, Opcode one, Opcode many) {
    const Cell* const end = frame.end;
    for (;;) {
        if (frame.stage == 0) {
            if (frame.next == end) return true;
            const auto left = static_cast<std::uint64_t>(end - frame.next);
            frame.batch_end = frame.next + std::min<std::uint64_t>(left, batch_size * stride);
            const bool alone = frame.batch_end == frame.next + stride && one != many;
            if (!alone) op(Opcode::MARK);
            frame.stage = alone ? 1 : 2;
        }
        frame.end = frame.batch_end;
        // `items` may push, which moves the frames.
        const auto number = frames_.size() - 1;
        const bool done = items(frame);
        frames_[number].end = end;
        if (!done) return false;
        op(frame.stage == 1 ? one : many);
        frame.stage = 0;
    }
}

/// Longer tuples have their MARK below already.
template <bool Counting>
void GraphWriter<Counting>::tuple_of(std::uint64_t size) {
    switch (size) {
        case 1:
            op(Opcode::TUPLE1);
            break;
        case 2:
            op(Opcode::TUPLE2);
            break;
        case 3:
            op(Opcode::TUPLE3);
            break;
        default:
            op(Opcode::TUPLE);
            break;
    }
}

template <bool Counting>
void GraphWriter<Counting>::finish_tuple(Frame& frame) {
    tuple_of(frame.cell.size());
    ready(frame.cell, frame.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::finish_frozenset(Frame& frame) {
    op(Opcode::FROZENSET);
    ready(frame.cell, frame.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::finish_call(Frame& frame) {
    op(Opcode::TUPLE1);
    op(Opcode::REDUCE);
    ready(frame.cell, frame.memoize);
}

/// What stands in the cell itself, and has no identity.
template <bool Counting>
[[gnu::always_inline]] inline void GraphWriter<Counting>::atom(const Cell& cell) {
    if constexpr (!Counting) {
        switch (cell.tag()) {
            case Tag::boolean:
                return out_.boolean(cell.integer != 0);
            case Tag::integer:
                return integer(cell);
            case Tag::real:
                return out_.floating(cell.real);
            case Tag::extension:
                return out_.extension(static_cast<std::int32_t>(cell.integer));
            default:
                return out_.none();
        }
    }
}

template <bool Counting>
inline void GraphWriter<Counting>::integer(const Cell& cell) {
    if (out_.protocol() > 2) return out_.integer(cell.integer);
    // Python 2 tells its int from its long by the opcode.
    const bool is_long = (cell.head & Cell::long_bit) != 0;
    const bool is_short = cell.integer >= INT32_MIN && cell.integer <= INT32_MAX;
    if (is_long) return out_.long_integer(cell.integer);
    if (is_short) return out_.integer(cell.integer);
    out_.text_integer(cell.integer);
}

template <bool Counting>
void GraphWriter<Counting>::big_integer(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    if constexpr (!Counting) out_.integer(std::as_bytes(std::span(cell.text_view())));
    ready(cell, reference.memoize);
}

template <bool Counting>
inline void GraphWriter<Counting>::str(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    if constexpr (!Counting) out_.str(cell.text_view());
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::legacy_str(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    if constexpr (!Counting) out_.legacy_str(cell.text_view());
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::bytes(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    content(cell.byte_span(), false);
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::bytearray(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    content(cell.byte_span(), true);
    ready(cell, reference.memoize);
}

template class GraphWriter<true>;
template class GraphWriter<false>;

}  // namespace parley::pickle

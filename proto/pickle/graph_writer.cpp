#include "graph_writer.hpp"

#include "names.hpp"

#include <algorithm>
#include <atomic>
#include <string>

namespace parley::pickle {
namespace {

/// As many items at once as CPython's own batches: the stack of the other side stays small.
constexpr std::uint64_t batch_size = 1000;

struct HelperName {
    std::string_view module;  ///< None for a plain str.
    std::string_view name;
};

constexpr std::array<HelperName, static_cast<std::size_t>(Helper::count)> helper_names = {{
    {"_codecs", "encode"},
    {"", "latin1"},
    {"builtins", "bytes"},
    {"builtins", "bytearray"},
    {"builtins", "set"},
    {"builtins", "frozenset"},
    {"builtins", "complex"},
    {"builtins", "getattr"},
    {"functools", "partial"},
    {"builtins", "Ellipsis"},
    {"builtins", "NotImplemented"},
}};

bool is_line(std::string_view name) noexcept {
    return name.find('\n') == std::string_view::npos;
}

bool is_ascii_text(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

template <bool Counting>
bool GraphWriter<Counting>::has_flag(const Cell& cell, std::uint8_t flag) const noexcept {
    return (std::atomic_ref(cell.flags()).load(std::memory_order_relaxed) & flag) != 0;
}

/// In an ordered run objects and containers are met again when their turn comes.
template <bool Counting>
bool GraphWriter<Counting>::is_forced(const Cell& cell) const noexcept {
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

template <bool Counting>
void GraphWriter<Counting>::create(const Cell& object) {
    const MemoTable::Entry* const entry = state_.memo.find(object.pointer);
    const bool is_made =
        entry != nullptr && (Counting ? entry->count != 0 : entry->index != MemoTable::no_index);
    if (is_made) return;
    write(object);
    op(Opcode::POP);
}

template <bool Counting>
void GraphWriter<Counting>::change(const Cell& object, std::uint32_t number) {
    write(object);
    push(object, Work::object, {}, false);
    Frame& frame = frames_.back();
    frame.stage = 6;
    frame.change = number;
    frame.change_end = number + 1;
    run();
    op(Opcode::POP);
}

template <bool Counting>
void GraphWriter<Counting>::grow(const LateChange& change) {
    const Cell& container = change.container;
    const bool by_call = container.tag() == Tag::set && out_.protocol() < 4;
    if (by_call) {
        helper(Helper::getattr);
        helper(Helper::set);
        if constexpr (!Counting) out_.str("update");
        op(Opcode::TUPLE2);
        op(Opcode::REDUCE);
    }
    write(container);
    if (by_call) op(Opcode::EMPTY_LIST);
    if (container.tag() == Tag::dict) {
        push(container, Work::dict, {change.entries, 2 * change.entry_count}, false);
    } else {
        const bool is_list = container.tag() == Tag::list;
        const Cell* const cells = is_list ? container.list()->items : container.table()->entries;
        push(container, is_list || by_call ? Work::list : Work::set,
             {cells + change.begin, cells + change.end}, false);
    }
    run();
    if (by_call) {
        op(Opcode::TUPLE2);
        op(Opcode::REDUCE);
    }
    op(Opcode::POP);
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
            if constexpr (!Counting) out_.integer(std::as_bytes(std::span(cell.text_view())));
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
        if constexpr (Counting) {
            if (!item.is_pointer() && item.tag() < Tag::ellipsis) continue;
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

/// Stages 0 to 4 make the object, 5 stores it, 6 and 7 change it.
template <bool Counting>
void GraphWriter<Counting>::resume_object(Frame& frame) {
    const ObjectNode& object = *frame.cell.object();
    if (frame.stage < 5) {
        const bool with_partial = object.has_kwargs && out_.protocol() < 4;
        const bool made = object.form == Form::instance ? make_instance(frame)
                          : with_partial                ? make_with_partial(frame)
                                                        : make_object(frame);
        if (!made) return;
        ready(frame.cell, frame.memoize);
        frame.stage = 6;
    }
    if (changes(frame)) frames_.pop();
}

template <bool Counting>
bool GraphWriter<Counting>::make_object(Frame& frame) {
    const ObjectNode& object = *frame.cell.object();
    if (frame.stage == 0) {
        frame.stage = object.form == Form::reference ? 4 : 1;
        if (!begin(object.callable)) return false;
    }
    if (frame.stage == 1) {
        frame.stage = 2;
        if (!begin(object.args)) return false;
    }
    if (frame.stage == 2) {
        frame.stage = 3;
        if (object.has_kwargs && !begin(object.kwargs)) return false;
    }
    if (frame.stage == 4) return true;
    op(object.form == Form::call ? Opcode::REDUCE
       : object.has_kwargs       ? Opcode::NEWOBJ_EX
                                 : Opcode::NEWOBJ);
    return true;
}

template <bool Counting>
bool GraphWriter<Counting>::make_instance(Frame& frame) {
    const ObjectNode& object = *frame.cell.object();
    if (frame.stage == 0) {
        op(Opcode::MARK);
        frame.stage = 1;
        if (!begin(object.callable)) return false;
    }
    if (frame.stage == 1) {
        frame.stage = 2;
        frame.next = object.args.items();
        frame.end = frame.next + object.args.size();
    }
    if (!items(frame)) return false;
    op(Opcode::OBJ);
    return true;
}

/// Without NEWOBJ_EX: functools.partial(cls.__new__, cls, *args, **kwargs)(), as CPython does it.
template <bool Counting>
bool GraphWriter<Counting>::make_with_partial(Frame& frame) {
    const ObjectNode& object = *frame.cell.object();
    if (frame.stage == 0) {
        if (object.args.tag() != Tag::tuple) {
            if constexpr (!Counting)
                out_.fail("keyword arguments with unknown others need protocol 4");
            return true;
        }
        helper(Helper::partial);
        helper(Helper::getattr);
        frame.stage = 1;
        if (!begin(object.callable)) return false;
    }
    const std::uint64_t arg_count = object.args.size() + 1;
    const bool is_shared =
        object.callable.has_flags() && has_flag(object.callable, shared | reused);
    if (frame.stage == 1) {
        if constexpr (!Counting) {
            if (!is_shared) frame.class_ = out_.memoize();
            out_.str("__new__");
        }
        op(Opcode::TUPLE2);
        op(Opcode::REDUCE);
        if constexpr (!Counting) frame.function = out_.memoize();
        op(Opcode::TUPLE1);
        op(Opcode::REDUCE);
        op(Opcode::MARK);
        if constexpr (!Counting) out_.get(frame.function);
        if (arg_count > 3) op(Opcode::MARK);
        frame.stage = 2;
        if constexpr (!Counting) {
            if (!is_shared) out_.get(frame.class_);
        }
        if (is_shared && !begin(object.callable)) return false;
    }
    if (frame.stage == 2) {
        frame.next = object.args.items();
        frame.end = frame.next + object.args.size();
        frame.stage = 3;
    }
    if (frame.stage == 3) {
        if (!items(frame)) return false;
        tuple_of(arg_count);
        frame.stage = 4;
        if (!begin(object.kwargs)) return false;
    }
    op(Opcode::NONE);
    op(Opcode::TUPLE);
    op(Opcode::BUILD);
    op(Opcode::EMPTY_TUPLE);
    op(Opcode::REDUCE);
    return true;
}

template <bool Counting>
bool GraphWriter<Counting>::changes(Frame& frame) {
    const ObjectNode& object = *frame.cell.object();
    for (;;) {
        if (frame.change == frame.change_end) return true;
        const Change& change = object.changes[frame.change];
        const bool marked = change.kind == Change::Kind::extend ||
                            change.kind == Change::Kind::add_items ||
                            (change.kind == Change::Kind::set_items && change.size != 2);
        if (frame.stage == 6) {
            if (marked) op(Opcode::MARK);
            frame.next = change.cells;
            frame.end = change.cells + change.size;
            frame.stage = 7;
        }
        if (!items(frame)) return false;
        switch (change.kind) {
            case Change::Kind::append:
                op(Opcode::APPEND);
                break;
            case Change::Kind::extend:
                op(Opcode::APPENDS);
                break;
            case Change::Kind::set_items:
                op(marked ? Opcode::SETITEMS : Opcode::SETITEM);
                break;
            case Change::Kind::add_items:
                if (out_.protocol() < 4)
                    out_.fail("adding members to an instance needs protocol 4");
                op(Opcode::ADDITEMS);
                break;
            case Change::Kind::state:
                op(Opcode::BUILD);
                break;
            case Change::Kind::call:
                op(Opcode::POP);
                break;
        }
        ++frame.change;
        frame.stage = 6;
    }
}

/// What stands in the cell itself, and has no identity.
template <bool Counting>
void GraphWriter<Counting>::atom(const Cell& cell) {
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
void GraphWriter<Counting>::integer(const Cell& cell) {
    if (out_.protocol() > 2) return out_.integer(cell.integer);
    // Python 2 tells its int from its long by the opcode.
    const bool is_long = (cell.head & Cell::long_bit) != 0;
    const bool is_short = cell.integer >= INT32_MIN && cell.integer <= INT32_MAX;
    if (is_long) return out_.long_integer(cell.integer);
    if (is_short) return out_.integer(cell.integer);
    out_.text_integer(cell.integer);
}

template <bool Counting>
void GraphWriter<Counting>::str(const Cell& cell) {
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

/// Bytes or a bytearray, by opcode or by the call that stands for it in older protocols.
template <bool Counting>
void GraphWriter<Counting>::content(std::span<const std::byte> bytes, bool is_bytearray) {
    if (is_bytearray && out_.protocol() >= 5) {
        if constexpr (!Counting) out_.bytearray(bytes);
        return;
    }
    if (!is_bytearray && out_.protocol() >= 3) {
        if constexpr (!Counting) out_.bytes(bytes);
        return;
    }
    if (is_bytearray) {
        helper(Helper::bytearray);
    } else {
        helper(bytes.empty() ? Helper::bytes : Helper::encode);
    }
    if (bytes.empty()) {
        op(Opcode::EMPTY_TUPLE);
    } else if (out_.protocol() >= 3) {
        if constexpr (!Counting) out_.bytes(bytes);
        op(Opcode::TUPLE1);
    } else {
        latin1_text(bytes);
        helper(Helper::latin1);
        op(Opcode::TUPLE2);
    }
    op(Opcode::REDUCE);
}

/// Bytes as the str of the same code points.
template <bool Counting>
void GraphWriter<Counting>::latin1_text(std::span<const std::byte> bytes) {
    if constexpr (!Counting) {
        std::string text;
        text.reserve(bytes.size() + bytes.size() / 2);
        for (const std::byte byte : bytes) {
            const auto code_point = std::to_integer<unsigned>(byte);
            if (code_point < 0x80) {
                text += static_cast<char>(code_point);
            } else {
                text += static_cast<char>(0xc0 | code_point >> 6);
                text += static_cast<char>(0x80 | (code_point & 0x3f));
            }
        }
        out_.str(text);
    }
}

template <bool Counting>
void GraphWriter<Counting>::complex(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    helper(Helper::complex);
    if constexpr (!Counting) {
        out_.floating(cell.complex()->real);
        out_.floating(cell.complex()->imag);
    }
    op(Opcode::TUPLE2);
    op(Opcode::REDUCE);
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::global(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    global_names(cell);
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::global_names(const Cell& cell) {
    const GlobalNode& node = *cell.global();
    const QualifiedName came{node.module.text_view(), node.name.text_view()};
    QualifiedName name = came;
    const bool to_legacy = out_.protocol() < 3;
    if (node.legacy_names && !to_legacy) name = modern_name(came);
    if (!node.legacy_names && to_legacy) name = legacy_name(came);
    if (out_.protocol() < 4) return dotted_global(name.module, name.name);
    if (name == came) {
        str(node.module);
        str(node.name);
    } else if constexpr (!Counting) {
        out_.str(name.module);
        out_.str(name.name);
    }
    op(Opcode::STACK_GLOBAL);
}

/// Below protocol 4 a nested name is a chain of getattr().
template <bool Counting>
void GraphWriter<Counting>::dotted_global(std::string_view module, std::string_view name) {
    // No attribute has an empty name: such a name is nested for nobody.
    const bool nested =
        !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
    const auto dots = nested ? static_cast<std::size_t>(std::ranges::count(name, '.')) : 0;
    for (std::size_t i = 0; i < dots; ++i)
        helper(Helper::getattr);
    if constexpr (!Counting) {
        const bool sayable =
            is_line(module) && is_line(name) &&
            (out_.protocol() > 2 || (is_ascii_text(module) && is_ascii_text(name)));
        if (!sayable) return out_.fail("a global whose name the protocol cannot hold");
        std::size_t dot = nested ? name.find('.') : std::string_view::npos;
        out_.global(module, name.substr(0, dot));
        while (dot != std::string_view::npos) {
            const std::size_t begin = dot + 1;
            dot = name.find('.', begin);
            out_.str(name.substr(begin, dot == std::string_view::npos ? dot : dot - begin));
            out_.opcode(Opcode::TUPLE2);
            out_.opcode(Opcode::REDUCE);
        }
    }
}

template <bool Counting>
void GraphWriter<Counting>::buffer(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    const BufferNode& node = *cell.buffer();
    if (state_.buffers != nullptr && out_.protocol() >= 5) {
        if constexpr (!Counting) state_.buffers->push_back(Access::make(cell, state_.message));
        op(Opcode::NEXT_BUFFER);
        if (node.readonly) op(Opcode::READONLY_BUFFER);
    } else {
        content({node.data, node.size}, !node.readonly);
    }
    ready(cell, reference.memoize);
}

/// A name that the writer needs: stored where it is needed again.
template <bool Counting>
void GraphWriter<Counting>::helper(Helper helper) {
    auto& state = state_.helpers[static_cast<std::size_t>(helper)];
    if constexpr (Counting) {
        if (state.count < 2) ++state.count;
    } else {
        if (state.index != MemoTable::no_index) return out_.get(state.index);
        HelperName name = helper_names[static_cast<std::size_t>(helper)];
        if (name.module.empty()) {
            out_.str(name.name);
        } else if (out_.protocol() >= 4) {
            out_.str(name.module);
            out_.str(name.name);
            out_.opcode(Opcode::STACK_GLOBAL);
        } else {
            if (out_.protocol() < 3 && name.module == "builtins") name.module = "__builtin__";
            out_.global(name.module, name.name);
        }
        if (state.count > 1) state.index = out_.memoize();
    }
}

template class GraphWriter<true>;
template class GraphWriter<false>;

}  // namespace parley::pickle

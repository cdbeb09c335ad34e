// How the GraphWriter makes and changes instances, and what it does in an ordered run.

#include "graph_writer.hpp"

#include <string>

namespace parley::pickle {
namespace {

/// The reader makes values of such calls unless their arguments come out of the memo.
bool could_be_value(const ObjectNode& object) noexcept {
    return object.form == Form::call && object.callable.tag() == Tag::global &&
           object.callable.global()->well_known != WellKnown::none &&
           object.args.tag() == Tag::tuple && object.args.size() != 0;
}

}  // namespace

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
    if constexpr (!Counting) {
        if (could_be_value(object)) {
            const MemoTable::Entry* const stored = state_.memo.find(object.args.pointer);
            const bool is_stored = stored != nullptr && stored->index != MemoTable::no_index;
            const std::uint32_t index = is_stored ? stored->index : out_.memoize();
            out_.opcode(Opcode::POP);
            out_.get(index);
        }
    }
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

template void GraphWriter<true>::create(const Cell&);
template void GraphWriter<false>::create(const Cell&);
template void GraphWriter<true>::change(const Cell&, std::uint32_t);
template void GraphWriter<false>::change(const Cell&, std::uint32_t);
template void GraphWriter<true>::grow(const LateChange&);
template void GraphWriter<false>::grow(const LateChange&);
template void GraphWriter<true>::resume_object(Frame&);
template void GraphWriter<false>::resume_object(Frame&);

}  // namespace parley::pickle

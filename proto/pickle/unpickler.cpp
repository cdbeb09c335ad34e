#include "unpickler.hpp"

#include "ascii.hpp"
#include "number.hpp"
#include "operand.hpp"
#include "unicode.hpp"

#include <string>

namespace parley::pickle {
namespace {

std::string printable(std::uint8_t opcode) {
    static constexpr char digits[] = "0123456789abcdef";
    return std::string("0x") + digits[opcode >> 4] + digits[opcode & 15];
}

}  // namespace

template <typename T>
bool Unpickler::take(T& number) {
    if (left() < sizeof(T)) [[unlikely]] {
        fail_short(sizeof(T));
        return false;
    }
    number = load_little<T>(at_);
    at_ += sizeof(T);
    return true;
}

bool Unpickler::take_bytes(std::uint64_t size, std::byte*& bytes) {
    if (size > left()) [[unlikely]] {
        fail_short(size);
        return false;
    }
    bytes = at_;
    at_ += size;
    return true;
}

bool Unpickler::fail(Errc code, std::string detail) {
    const auto opcode = static_cast<std::uint8_t>(*opcode_at_);
    failure_ = Failure(code, "at byte " + std::to_string(opcode_at_ - begin_) + ", " +
                                 std::string(opcode_name(opcode)) + ": " + std::move(detail));
    return false;
}

bool Unpickler::fail_truncated(std::string detail) {
    return fail(Errc::pickle_truncated, std::move(detail) + ", came " + std::to_string(left()));
}

void Unpickler::fail_short(std::uint64_t expected) {
    fail_truncated("expected " + std::to_string(expected) + " bytes");
}

void Unpickler::fail_underflow(std::size_t expected) {
    fail(Errc::pickle_stack_underflow, "expected " + std::to_string(expected) + " values, came " +
                                           std::to_string(stack_.size() - fence()));
}

void Unpickler::fail_no_mark() {
    fail(Errc::pickle_missing_mark, "no MARK on the stack");
}

bool Unpickler::fail_operand(std::string_view expected, const Cell& came) {
    return fail(Errc::pickle_bad_operand, "expected " + std::string(expected) + ", came " +
                                              std::string(cell_kind_name(came)));
}

Result<Cell> Unpickler::run() {
    for (;;) {
        if (!run_common()) return std::move(*failure_);
        if (at_ == end_) {
            return Failure(Errc::pickle_truncated,
                           "at byte " + std::to_string(at_ - begin_) + ": no STOP");
        }
        opcode_at_ = at_++;
        const auto opcode = static_cast<Opcode>(*opcode_at_);
        if (opcode == Opcode::STOP) break;
        if (!step(opcode)) return std::move(*failure_);
    }
    if (!stop()) return std::move(*failure_);
    return message_.root;
}

bool Unpickler::stop() {
    if (!need(1)) return false;
    if (at_ != end_) {
        return fail(Errc::pickle_trailing_data, std::to_string(left()) + " bytes");
    }
    Cell root = stack_.back();
    root.head &= ~(Cell::fetched_bit | Cell::foreign_bit);
    if (stack_.size() != 1 || tables_.merged()) disorder();
    message_.root = root;
    message_.protocol = highest_;
    return true;
}

bool Unpickler::step(Opcode opcode) {
    switch (opcode) {
        case Opcode::NONE:
            push(Cell::make(Tag::none));
            return true;
        case Opcode::NEWTRUE:
            push(Cell::make(Tag::boolean, 1));
            return true;
        case Opcode::NEWFALSE:
            push(Cell::make(Tag::boolean, 0));
            return true;
        case Opcode::BININT: {
            std::int32_t number;
            if (!take(number)) return false;
            push(Cell::make(Tag::integer, number));
            return true;
        }
        case Opcode::BININT1: {
            std::uint8_t number;
            if (!take(number)) return false;
            push(Cell::make(Tag::integer, number));
            return true;
        }
        case Opcode::BININT2: {
            std::uint16_t number;
            if (!take(number)) return false;
            push(Cell::make(Tag::integer, number));
            return true;
        }
        case Opcode::LONG1: {
            std::uint8_t size;
            return take(size) && big_integer(size);
        }
        case Opcode::LONG4: {
            std::int32_t size;
            if (!take(size)) return false;
            if (size < 0)
                return fail(Errc::pickle_bad_length, "the length is " + std::to_string(size));
            return big_integer(static_cast<std::uint64_t>(size));
        }
        case Opcode::BINFLOAT: {
            std::byte* bytes;
            if (!take_bytes(8, bytes)) return false;
            push(Cell::make_real(load_big_double(bytes)));
            return true;
        }
        case Opcode::INT:
            return int_line();
        case Opcode::LONG:
            return long_line();
        case Opcode::FLOAT:
            return float_line();
        case Opcode::STRING:
            return string_line();
        case Opcode::UNICODE:
            return unicode_line();

        case Opcode::SHORT_BINUNICODE:
            return counted_text<std::uint8_t>(Tag::str);
        case Opcode::BINUNICODE:
            return counted_text<std::uint32_t>(Tag::str);
        case Opcode::BINUNICODE8:
            return counted_text<std::uint64_t>(Tag::str);
        case Opcode::SHORT_BINBYTES:
            return counted_text<std::uint8_t>(Tag::bytes);
        case Opcode::BINBYTES:
            return counted_text<std::uint32_t>(Tag::bytes);
        case Opcode::BINBYTES8:
            return counted_text<std::uint64_t>(Tag::bytes);
        case Opcode::SHORT_BINSTRING:
            return counted_text<std::uint8_t>(Tag::legacy_str);
        case Opcode::BINSTRING:
            return counted_signed_text<std::int32_t>();
        case Opcode::BYTEARRAY8:
            return bytearray();
        case Opcode::NEXT_BUFFER:
            return next_buffer();
        case Opcode::READONLY_BUFFER:
            return readonly_buffer();

        case Opcode::EMPTY_LIST:
            empty_list();
            return true;
        case Opcode::EMPTY_DICT:
            empty_table(Tag::dict);
            return true;
        case Opcode::EMPTY_SET:
            empty_table(Tag::set);
            return true;
        case Opcode::EMPTY_TUPLE:
            push(Cell::make_pointer(Tag::tuple, nullptr));
            return true;
        case Opcode::TUPLE1:
            return small_tuple(1);
        case Opcode::TUPLE2:
            return small_tuple(2);
        case Opcode::TUPLE3:
            return small_tuple(3);
        case Opcode::TUPLE: {
            std::size_t mark = 0;
            return take_mark(mark) && tuple(mark);
        }
        case Opcode::LIST:
            return list();
        case Opcode::DICT:
            return dict();
        case Opcode::FROZENSET:
            return frozenset();
        case Opcode::APPEND:
            return need(2) && append(stack_.size() - 1, Change::Kind::append);
        case Opcode::APPENDS: {
            std::size_t mark = 0;
            return take_mark(mark) && append(mark, Change::Kind::extend);
        }
        case Opcode::SETITEM:
            return need(3) && set_items(stack_.size() - 2);
        case Opcode::SETITEMS: {
            std::size_t mark = 0;
            return take_mark(mark) && set_items(mark);
        }
        case Opcode::ADDITEMS: {
            std::size_t mark = 0;
            return take_mark(mark) && add_items(mark);
        }

        case Opcode::MARK:
            marks_.push(stack_.size());
            return true;
        case Opcode::POP:
            return pop();
        case Opcode::POP_MARK:
            return pop_mark();
        case Opcode::DUP:
            return duplicate();
        case Opcode::MEMOIZE:
            return memoize();
        case Opcode::BINPUT: {
            std::uint8_t index;
            return take(index) && put(index);
        }
        case Opcode::LONG_BINPUT: {
            std::uint32_t index;
            return take(index) && put(index);
        }
        case Opcode::PUT: {
            std::uint64_t index;
            return memo_index(index) && put(index);
        }
        case Opcode::BINGET: {
            std::uint8_t index;
            return take(index) && get(index);
        }
        case Opcode::LONG_BINGET: {
            std::uint32_t index;
            return take(index) && get(index);
        }
        case Opcode::GET: {
            std::uint64_t index;
            return memo_index(index) && get(index);
        }

        case Opcode::GLOBAL:
            return global_lines();
        case Opcode::STACK_GLOBAL:
            return stack_global();
        case Opcode::EXT1: {
            std::uint8_t code;
            return take(code) && extension(code);
        }
        case Opcode::EXT2: {
            std::uint16_t code;
            return take(code) && extension(code);
        }
        case Opcode::EXT4: {
            std::int32_t code;
            return take(code) && extension(code);
        }
        case Opcode::PERSID:
            return persistent_line();
        case Opcode::BINPERSID: {
            if (!need(1)) return false;
            const Cell id = stack_.back();
            stack_.pop();
            return persistent(id);
        }
        case Opcode::REDUCE:
            return reduce();
        case Opcode::NEWOBJ:
            return new_object(false);
        case Opcode::NEWOBJ_EX:
            return new_object(true);
        case Opcode::INST:
            return inst();
        case Opcode::OBJ:
            return obj();
        case Opcode::BUILD:
            return build();

        case Opcode::PROTO: {
            std::uint8_t protocol;
            if (!take(protocol)) return false;
            if (protocol > highest_protocol) {
                return fail(Errc::pickle_unknown_protocol, std::to_string(protocol));
            }
            protocol_ = protocol;
            highest_ = std::max(highest_, protocol);
            return true;
        }
        case Opcode::FRAME: {
            std::uint64_t size;
            if (!take(size)) return false;
            if (size > left()) {
                return fail(Errc::pickle_bad_frame, "a frame of " + std::to_string(size) +
                                                        " bytes, of which came " +
                                                        std::to_string(left()));
            }
            return true;
        }
        case Opcode::STOP:
            break;
    }
    return fail(Errc::pickle_unknown_opcode, printable(static_cast<std::uint8_t>(opcode)));
}

bool Unpickler::need(std::size_t count) {
    if (stack_.size() >= fence() + count) [[likely]]
        return true;
    fail_underflow(count);
    return false;
}

bool Unpickler::take_mark(std::size_t& mark) {
    if (marks_.empty()) [[unlikely]] {
        fail_no_mark();
        return false;
    }
    mark = marks_.back();
    marks_.pop();
    return true;
}

bool Unpickler::pop() {
    if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop();
        return true;
    }
    if (!need(1)) return false;
    const Cell top = stack_.back();
    stack_.pop();
    if (!is_fetched_next(top)) drop(top);
    return true;
}

/// What is popped and fetched in one breath stays where it is: it is how the writer says that a
/// call's arguments come from the memo.
bool Unpickler::is_fetched_next(const Cell& cell) {
    if (cell.tag() != Tag::tuple || left() < 2) return false;
    const Cell* stored = nullptr;
    if (static_cast<Opcode>(*at_) == Opcode::BINGET) {
        stored = memo_.find(std::to_integer<std::uint8_t>(at_[1]));
    } else if (static_cast<Opcode>(*at_) == Opcode::LONG_BINGET && left() >= 5) {
        stored = memo_.find(load_little<std::uint32_t>(at_ + 1));
    }
    return stored != nullptr && stored->tag() == cell.tag() && stored->pointer == cell.pointer;
}

bool Unpickler::pop_mark() {
    std::size_t mark = 0;
    if (!take_mark(mark)) return false;
    stack_.truncate(mark);
    disorder();
    return true;
}

/// A call that got the object below as its first argument, and whose result nobody wants, has
/// changed that object: it is how CPython writes a state setter.
void Unpickler::drop(const Cell& cell) {
    if (cell.tag() == Tag::object && !cell.fetched() && stack_.size() > fence()) {
        const Cell& below = stack_.back();
        const ObjectNode& call = *cell.object();
        const bool of_below = below.tag() == Tag::object && call.form == Form::call &&
                              call.args.tag() == Tag::tuple && call.args.size() != 0 &&
                              call.args.items()[0].pointer == below.pointer && !below.foreign();
        if (of_below) {
            if (below.fetched()) disorder();
            add_change(*below.object(), Change::Kind::call, &cell, 1);
            return;
        }
    }
    disorder();
}

bool Unpickler::duplicate() {
    if (!need(1)) return false;
    const Cell top = stack_.back();
    push_fetched(top);
    return true;
}

bool Unpickler::get(std::uint64_t index) {
    const Cell* const stored = memo_.find(index);
    if (stored == nullptr) return fail(Errc::pickle_missing_memo, "index " + std::to_string(index));
    push_fetched(*stored);
    return true;
}

bool Unpickler::put(std::uint64_t index) {
    if (!need(1)) return false;
    memo_.store(index, stack_.back());
    return true;
}

bool Unpickler::memoize() {
    if (!need(1)) return false;
    memo_.store_next(stack_.back());
    return true;
}

bool Unpickler::text(Tag tag, std::uint64_t size) {
    std::byte* bytes;
    if (!take_bytes(size, bytes)) return false;
    const auto* const characters = reinterpret_cast<const char*>(bytes);
    if (tag == Tag::str && !is_ascii(characters, size) && !is_utf8({characters, size})) {
        return fail(Errc::pickle_bad_utf8, "the str is not UTF-8");
    }
    bytes[-1] = std::byte{0};
    push(Cell::make_pointer(tag, bytes, size));
    return true;
}

template <typename Length>
bool Unpickler::counted_text(Tag tag) {
    Length size;
    return take(size) && text(tag, size);
}

template <typename Length>
bool Unpickler::counted_signed_text() {
    Length size;
    if (!take(size)) return false;
    if (size < 0) return fail(Errc::pickle_bad_length, "the length is " + std::to_string(size));
    return text(Tag::legacy_str, static_cast<std::uint64_t>(size));
}

bool Unpickler::big_integer(std::uint64_t size) {
    std::byte* bytes;
    if (!take_bytes(size, bytes)) return false;
    push_integer({bytes, size});
    return true;
}

void Unpickler::push_integer(std::span<const std::byte> twos_complement) {
    const std::span<const std::byte> bytes = minimal_integer(twos_complement);
    if (bytes.size() <= 8) {
        Cell cell = Cell::make(Tag::integer, small_integer(bytes));
        cell.head |= Cell::long_bit;
        push(cell);
        return;
    }
    const Cell cell = Cell::make_pointer(Tag::big_integer, bytes.data(), bytes.size());
    cell.flags() = 0;
    push(cell);
}

bool Unpickler::bytearray() {
    std::uint64_t size;
    std::byte* bytes;
    if (!take(size) || !take_bytes(size, bytes)) return false;
    auto* const node = message_.node<BytesNode>();
    node->data = bytes;
    message_.has_calls = true;
    push(Cell::make_pointer(Tag::bytearray, node, size));
    return true;
}

bool Unpickler::next_buffer() {
    if (next_buffer_ == buffers_.size()) {
        return fail(Errc::pickle_missing_buffer,
                    "the pickle takes more than the " + std::to_string(buffers_.size()) + " given");
    }
    const Buffer& kept = message_.keep(std::move(buffers_[next_buffer_]));
    auto* const node = message_.node<BufferNode>();
    *node = {kept.data(), kept.size(), next_buffer_++, false};
    push(Cell::make_pointer(Tag::buffer, node));
    return true;
}

bool Unpickler::readonly_buffer() {
    if (!need(1)) return false;
    Cell& top = stack_.back();
    if (top.tag() == Tag::bytes) return true;
    if (top.tag() != Tag::buffer) return fail_operand("a buffer", top);
    if (top.buffer()->readonly) return true;
    auto* const node = message_.node<BufferNode>();
    *node = *top.buffer();
    node->readonly = true;
    top = Cell::make_pointer(Tag::buffer, node);
    return true;
}

}  // namespace parley::pickle

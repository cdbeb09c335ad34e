// The opcodes that most of every pickle is made of, in a loop of their own that keeps its place in
// a register. It does nothing that `step` does not.
#include "ascii.hpp"
#include "operand.hpp"
#include "unpickler.hpp"

#include <algorithm>

namespace parley::pickle {
namespace {

/// No opcode here looks at more bytes, itself included, but for a text's own.
constexpr std::ptrdiff_t most_bytes = 10;
constexpr std::size_t most_long_bytes = 8;

}  // namespace

/// Stops in front of whatever is not common or not whole: `step` knows what to say.
bool Unpickler::run_common() {
    std::byte* at = at_;
    std::size_t mark = 0;
    while (end_ - at >= most_bytes) {
        switch (static_cast<Opcode>(*at)) {
            case Opcode::BINGET: {
                const Cell* const stored = memo_.find(static_cast<std::uint8_t>(at[1]));
                if (stored == nullptr) break;
                push_fetched(*stored);
                at += 2;
                continue;
            }
            case Opcode::LONG_BINGET: {
                const Cell* const stored = memo_.find(load_little<std::uint32_t>(at + 1));
                if (stored == nullptr) break;
                push_fetched(*stored);
                at += 5;
                continue;
            }
            case Opcode::SHORT_BINUNICODE: {
                const auto size = static_cast<std::uint8_t>(at[1]);
                const auto* const text = reinterpret_cast<const char*>(at + 2);
                if (end_ - at - 2 < size || !is_ascii(text, size)) break;
                at[1] = std::byte{0};
                push(Cell::make_pointer(Tag::str, text, size));
                at += 2 + size;
                continue;
            }
            case Opcode::SHORT_BINBYTES: {
                const auto size = static_cast<std::uint8_t>(at[1]);
                if (end_ - at - 2 < size) break;
                at[1] = std::byte{0};
                push(Cell::make_pointer(Tag::bytes, at + 2, size));
                at += 2 + size;
                continue;
            }
            case Opcode::MEMOIZE:
                if (stack_.size() <= fence()) break;
                memo_.store_next(stack_.back());
                ++at;
                continue;
            case Opcode::MARK:
                marks_.push(stack_.size());
                ++at;
                continue;
            case Opcode::NONE:
                push(Cell::make(Tag::none));
                ++at;
                continue;
            case Opcode::NEWTRUE:
                push(Cell::make(Tag::boolean, 1));
                ++at;
                continue;
            case Opcode::NEWFALSE:
                push(Cell::make(Tag::boolean, 0));
                ++at;
                continue;
            case Opcode::BININT1:
                push(Cell::make(Tag::integer, static_cast<std::uint8_t>(at[1])));
                at += 2;
                continue;
            case Opcode::BININT2:
                push(Cell::make(Tag::integer, load_little<std::uint16_t>(at + 1)));
                at += 3;
                continue;
            case Opcode::BININT:
                push(Cell::make(Tag::integer, load_little<std::int32_t>(at + 1)));
                at += 5;
                continue;
            case Opcode::LONG1: {
                const auto size = static_cast<std::uint8_t>(at[1]);
                if (size > most_long_bytes) break;
                Cell cell = Cell::make(Tag::integer, load_long(at + 2, size));
                cell.head |= Cell::long_bit;
                push(cell);
                at += 2 + size;
                continue;
            }
            case Opcode::BINFLOAT:
                push(Cell::make_real(load_big_double(at + 1)));
                at += 9;
                continue;
            case Opcode::EMPTY_LIST:
                empty_list();
                ++at;
                continue;
            case Opcode::EMPTY_DICT:
                empty_table(Tag::dict);
                ++at;
                continue;
            case Opcode::EMPTY_TUPLE:
                push(Cell::make_pointer(Tag::tuple, nullptr));
                ++at;
                continue;
            case Opcode::APPENDS:
                opcode_at_ = at++;
                if (!take_mark(mark) || !append(mark, Change::Kind::extend)) return false;
                continue;
            case Opcode::SETITEMS:
                opcode_at_ = at++;
                if (!take_mark(mark) || !set_items(mark)) return false;
                continue;
            case Opcode::TUPLE2:
                opcode_at_ = at++;
                if (!small_tuple(2)) return false;
                continue;
            case Opcode::NEWOBJ:
                opcode_at_ = at++;
                if (!new_object(false)) return false;
                continue;
            case Opcode::BUILD:
                opcode_at_ = at++;
                if (!build()) return false;
                continue;
            case Opcode::PROTO: {
                const auto protocol = static_cast<std::uint8_t>(at[1]);
                if (protocol > highest_protocol) break;
                protocol_ = protocol;
                highest_ = std::max(highest_, protocol);
                at += 2;
                continue;
            }
            case Opcode::FRAME:
                if (load_little<std::uint64_t>(at + 1) > static_cast<std::uint64_t>(end_ - at - 9))
                    break;
                at += 9;
                continue;
            default:
                break;
        }
        break;
    }
    at_ = at;
    return true;
}

}  // namespace parley::pickle

#include "opcode_traits.hpp"

#include <array>

namespace parley::tools {
namespace {

using pickle::Opcode;
using Extent = OpcodeTraits::Extent;

// After pickletools.opcodes of CPython 3.13.
// clang-format off
constexpr OpcodeTraits table[] = {
    // opcode, protocol, extent of the argument, is_value, pops, takes_mark, pushes
    {Opcode::MARK, 0, Extent::none, false, 0, false, 1},
    {Opcode::STOP, 0, Extent::none, false, 1, false, 0},
    {Opcode::POP, 0, Extent::none, false, 1, false, 0},
    {Opcode::DUP, 0, Extent::none, false, 1, false, 2},
    {Opcode::FLOAT, 0, Extent::line, true, 0, false, 1},
    {Opcode::INT, 0, Extent::line, true, 0, false, 1},
    {Opcode::LONG, 0, Extent::line, true, 0, false, 1},
    {Opcode::NONE, 0, Extent::none, false, 0, false, 1},
    {Opcode::PERSID, 0, Extent::line, false, 0, false, 1},
    {Opcode::REDUCE, 0, Extent::none, false, 2, false, 1},
    {Opcode::STRING, 0, Extent::line, true, 0, false, 1},
    {Opcode::UNICODE, 0, Extent::line, true, 0, false, 1},
    {Opcode::APPEND, 0, Extent::none, false, 2, false, 1},
    {Opcode::BUILD, 0, Extent::none, false, 2, false, 1},
    {Opcode::GLOBAL, 0, Extent::two_lines, false, 0, false, 1},
    {Opcode::DICT, 0, Extent::none, false, 0, true, 1},
    {Opcode::GET, 0, Extent::line, false, 0, false, 1},
    {Opcode::INST, 0, Extent::two_lines, false, 0, true, 1},
    {Opcode::LIST, 0, Extent::none, false, 0, true, 1},
    {Opcode::PUT, 0, Extent::line, false, 0, false, 0},
    {Opcode::SETITEM, 0, Extent::none, false, 3, false, 1},
    {Opcode::TUPLE, 0, Extent::none, false, 0, true, 1},
    {Opcode::EMPTY_TUPLE, 1, Extent::none, false, 0, false, 1},
    {Opcode::POP_MARK, 1, Extent::none, false, 0, true, 0},
    {Opcode::BINFLOAT, 1, Extent::bytes_8, true, 0, false, 1},
    {Opcode::BININT, 1, Extent::bytes_4, true, 0, false, 1},
    {Opcode::BININT1, 1, Extent::bytes_1, true, 0, false, 1},
    {Opcode::BININT2, 1, Extent::bytes_2, true, 0, false, 1},
    {Opcode::BINPERSID, 1, Extent::none, false, 1, false, 1},
    {Opcode::BINSTRING, 1, Extent::counted_4, true, 0, false, 1},
    {Opcode::SHORT_BINSTRING, 1, Extent::counted_1, true, 0, false, 1},
    {Opcode::BINUNICODE, 1, Extent::counted_4, true, 0, false, 1},
    {Opcode::EMPTY_LIST, 1, Extent::none, false, 0, false, 1},
    {Opcode::APPENDS, 1, Extent::none, false, 1, true, 1},
    {Opcode::BINGET, 1, Extent::bytes_1, false, 0, false, 1},
    {Opcode::LONG_BINGET, 1, Extent::bytes_4, false, 0, false, 1},
    {Opcode::OBJ, 1, Extent::none, false, 0, true, 1},
    {Opcode::BINPUT, 1, Extent::bytes_1, false, 0, false, 0},
    {Opcode::LONG_BINPUT, 1, Extent::bytes_4, false, 0, false, 0},
    {Opcode::SETITEMS, 1, Extent::none, false, 1, true, 1},
    {Opcode::EMPTY_DICT, 1, Extent::none, false, 0, false, 1},
    {Opcode::PROTO, 2, Extent::bytes_1, false, 0, false, 0},
    {Opcode::NEWOBJ, 2, Extent::none, false, 2, false, 1},
    {Opcode::EXT1, 2, Extent::bytes_1, false, 0, false, 1},
    {Opcode::EXT2, 2, Extent::bytes_2, false, 0, false, 1},
    {Opcode::EXT4, 2, Extent::bytes_4, false, 0, false, 1},
    {Opcode::TUPLE1, 2, Extent::none, false, 1, false, 1},
    {Opcode::TUPLE2, 2, Extent::none, false, 2, false, 1},
    {Opcode::TUPLE3, 2, Extent::none, false, 3, false, 1},
    {Opcode::NEWTRUE, 2, Extent::none, false, 0, false, 1},
    {Opcode::NEWFALSE, 2, Extent::none, false, 0, false, 1},
    {Opcode::LONG1, 2, Extent::counted_1, true, 0, false, 1},
    {Opcode::LONG4, 2, Extent::counted_4, true, 0, false, 1},
    {Opcode::BINBYTES, 3, Extent::counted_4, true, 0, false, 1},
    {Opcode::SHORT_BINBYTES, 3, Extent::counted_1, true, 0, false, 1},
    {Opcode::SHORT_BINUNICODE, 4, Extent::counted_1, true, 0, false, 1},
    {Opcode::BINUNICODE8, 4, Extent::counted_8, true, 0, false, 1},
    {Opcode::BINBYTES8, 4, Extent::counted_8, true, 0, false, 1},
    {Opcode::EMPTY_SET, 4, Extent::none, false, 0, false, 1},
    {Opcode::ADDITEMS, 4, Extent::none, false, 1, true, 1},
    {Opcode::FROZENSET, 4, Extent::none, false, 0, true, 1},
    {Opcode::NEWOBJ_EX, 4, Extent::none, false, 3, false, 1},
    {Opcode::STACK_GLOBAL, 4, Extent::none, false, 2, false, 1},
    {Opcode::MEMOIZE, 4, Extent::none, false, 1, false, 1},
    {Opcode::FRAME, 4, Extent::bytes_8, false, 0, false, 0},
    {Opcode::BYTEARRAY8, 5, Extent::counted_8, true, 0, false, 1},
    {Opcode::NEXT_BUFFER, 5, Extent::none, false, 0, false, 1},
    {Opcode::READONLY_BUFFER, 5, Extent::none, false, 1, false, 1},
};
// clang-format on

constexpr std::array<const OpcodeTraits*, 256> by_opcode = [] {
    std::array<const OpcodeTraits*, 256> places{};
    for (const OpcodeTraits& traits : table)
        places[static_cast<std::uint8_t>(traits.opcode)] = &traits;
    return places;
}();

}  // namespace

const OpcodeTraits* find_opcode(std::uint8_t opcode) noexcept {
    return by_opcode[opcode];
}

}  // namespace parley::tools

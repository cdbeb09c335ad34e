// Every opcode of the pickle format, by the names that CPython's Lib/pickletools.py gives them.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::pickle {

/// The highest protocol that is read and written.
inline constexpr int highest_protocol = 5;

/// The opcodes by the protocol that brought them. After each its effect on the stack, top at the
/// right, and, behind the semicolon, the argument that follows it in the pickle.
enum class Opcode : std::uint8_t {
    // clang-format off
    // Protocol 0.
    MARK             = 0x28,  ///< -> mark
    STOP             = 0x2e,  ///< value ->
    POP              = 0x30,  ///< value ->
    DUP              = 0x32,  ///< value -> value value
    FLOAT            = 0x46,  ///< -> float ; a line
    INT              = 0x49,  ///< -> int ; a line
    LONG             = 0x4c,  ///< -> int ; a line
    NONE             = 0x4e,  ///< -> None
    PERSID           = 0x50,  ///< -> value ; a line
    REDUCE           = 0x52,  ///< value value -> value
    STRING           = 0x53,  ///< -> str ; a line
    UNICODE          = 0x56,  ///< -> str ; a line
    APPEND           = 0x61,  ///< list value -> list
    BUILD            = 0x62,  ///< value value -> value
    GLOBAL           = 0x63,  ///< -> value ; two lines
    DICT             = 0x64,  ///< mark ... -> dict
    GET              = 0x67,  ///< -> value ; a line
    INST             = 0x69,  ///< mark ... -> value ; two lines
    LIST             = 0x6c,  ///< mark ... -> list
    PUT              = 0x70,  ///< nothing ; a line
    SETITEM          = 0x73,  ///< dict value value -> dict
    TUPLE            = 0x74,  ///< mark ... -> tuple
    // Protocol 1.
    EMPTY_TUPLE      = 0x29,  ///< -> tuple
    POP_MARK         = 0x31,  ///< mark ... ->
    BINFLOAT         = 0x47,  ///< -> float ; 8 bytes
    BININT           = 0x4a,  ///< -> int ; 4 bytes
    BININT1          = 0x4b,  ///< -> int ; 1 byte
    BININT2          = 0x4d,  ///< -> int ; 2 bytes
    BINPERSID        = 0x51,  ///< value -> value
    BINSTRING        = 0x54,  ///< -> str ; 4-byte length, bytes
    SHORT_BINSTRING  = 0x55,  ///< -> str ; 1-byte length, bytes
    BINUNICODE       = 0x58,  ///< -> str ; 4-byte length, UTF-8
    EMPTY_LIST       = 0x5d,  ///< -> list
    APPENDS          = 0x65,  ///< list mark ... -> list
    BINGET           = 0x68,  ///< -> value ; 1 byte
    LONG_BINGET      = 0x6a,  ///< -> value ; 4 bytes
    OBJ              = 0x6f,  ///< mark value ... -> value
    BINPUT           = 0x71,  ///< nothing ; 1 byte
    LONG_BINPUT      = 0x72,  ///< nothing ; 4 bytes
    SETITEMS         = 0x75,  ///< dict mark ... -> dict
    EMPTY_DICT       = 0x7d,  ///< -> dict
    // Protocol 2.
    PROTO            = 0x80,  ///< nothing ; 1 byte
    NEWOBJ           = 0x81,  ///< value value -> value
    EXT1             = 0x82,  ///< -> value ; 1 byte
    EXT2             = 0x83,  ///< -> value ; 2 bytes
    EXT4             = 0x84,  ///< -> value ; 4 bytes
    TUPLE1           = 0x85,  ///< value -> tuple
    TUPLE2           = 0x86,  ///< value value -> tuple
    TUPLE3           = 0x87,  ///< value value value -> tuple
    NEWTRUE          = 0x88,  ///< -> bool
    NEWFALSE         = 0x89,  ///< -> bool
    LONG1            = 0x8a,  ///< -> int ; 1-byte length, two's complement
    LONG4            = 0x8b,  ///< -> int ; 4-byte length, two's complement
    // Protocol 3.
    BINBYTES         = 0x42,  ///< -> bytes ; 4-byte length, bytes
    SHORT_BINBYTES   = 0x43,  ///< -> bytes ; 1-byte length, bytes
    // Protocol 4.
    SHORT_BINUNICODE = 0x8c,  ///< -> str ; 1-byte length, UTF-8
    BINUNICODE8      = 0x8d,  ///< -> str ; 8-byte length, UTF-8
    BINBYTES8        = 0x8e,  ///< -> bytes ; 8-byte length, bytes
    EMPTY_SET        = 0x8f,  ///< -> set
    ADDITEMS         = 0x90,  ///< set mark ... -> set
    FROZENSET        = 0x91,  ///< mark ... -> frozenset
    NEWOBJ_EX        = 0x92,  ///< value value value -> value
    STACK_GLOBAL     = 0x93,  ///< str str -> value
    MEMOIZE          = 0x94,  ///< value -> value
    FRAME            = 0x95,  ///< nothing ; 8 bytes
    // Protocol 5.
    BYTEARRAY8       = 0x96,  ///< -> bytearray ; 8-byte length, bytes
    NEXT_BUFFER      = 0x97,  ///< -> buffer
    READONLY_BUFFER  = 0x98,  ///< buffer -> buffer
    // clang-format on
};

/// An opcode's name as in pickletools ("BINUNICODE"), or "?" for a byte that is none. Thread-safe.
[[nodiscard]] std::string_view opcode_name(std::uint8_t opcode) noexcept;

}  // namespace parley::pickle

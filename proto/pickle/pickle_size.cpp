#include "pickle_size.hpp"

#include <parley/pickle/opcode.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

namespace parley::pickle {
namespace {

/// What follows an opcode: so many bytes, or a length of so many bytes and then what it says.
struct Argument {
    unsigned size = 0;
    bool is_length = false;
    unsigned lines = 0;
};

// FRAME's length counts opcodes, and is skipped alone.
Argument argument_of(Opcode opcode) noexcept {
    switch (opcode) {
        case Opcode::BININT1:
        case Opcode::BINGET:
        case Opcode::BINPUT:
        case Opcode::PROTO:
        case Opcode::EXT1:
            return {1};
        case Opcode::BININT2:
        case Opcode::EXT2:
            return {2};
        case Opcode::BININT:
        case Opcode::LONG_BINGET:
        case Opcode::LONG_BINPUT:
        case Opcode::EXT4:
            return {4};
        case Opcode::BINFLOAT:
        case Opcode::FRAME:
            return {8};
        case Opcode::LONG1:
        case Opcode::SHORT_BINSTRING:
        case Opcode::SHORT_BINBYTES:
        case Opcode::SHORT_BINUNICODE:
            return {1, true};
        case Opcode::LONG4:
        case Opcode::BINSTRING:
        case Opcode::BINBYTES:
        case Opcode::BINUNICODE:
            return {4, true};
        case Opcode::BINBYTES8:
        case Opcode::BINUNICODE8:
        case Opcode::BYTEARRAY8:
            return {8, true};
        case Opcode::INT:
        case Opcode::LONG:
        case Opcode::FLOAT:
        case Opcode::STRING:
        case Opcode::UNICODE:
        case Opcode::PERSID:
        case Opcode::GET:
        case Opcode::PUT:
            return {0, false, 1};
        case Opcode::GLOBAL:
        case Opcode::INST:
            return {0, false, 2};
        default:
            return {};
    }
}

/// The length of the argument, or nothing if the bytes end before it does.
std::optional<std::size_t> length_of(const Argument& argument, ConstBytes bytes) noexcept {
    std::uint64_t size = argument.size;
    if (bytes.size() < size) return std::nullopt;
    if (argument.is_length) {
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), argument.size);
        if (length > bytes.size() - size) return std::nullopt;
        size += length;
    }
    for (unsigned line = 0; line < argument.lines; ++line) {
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(size);
        const auto end = std::find(begin, bytes.end(), std::byte{'\n'});
        if (end == bytes.end()) return std::nullopt;
        size = static_cast<std::uint64_t>(end - bytes.begin()) + 1;
    }
    return size;
}

}  // namespace

std::size_t pickle_size(ConstBytes bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto opcode = static_cast<Opcode>(bytes[at++]);
        if (opcode == Opcode::STOP) return at;
        const auto length = length_of(argument_of(opcode), bytes.subspan(at));
        if (!length) break;
        at += *length;
    }
    return bytes.size();
}

}  // namespace parley::pickle

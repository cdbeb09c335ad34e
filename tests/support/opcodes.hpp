// Goes through the opcodes of a pickle that is known to be whole, for tests that count them.
#pragma once

#include <parley/pickle/opcode.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace support {

using parley::pickle::Opcode;

namespace detail {

inline std::size_t little(std::string_view bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), bytes.size());
    return static_cast<std::size_t>(number);
}

/// The size of an opcode's argument, of which `rest` is all that follows.
inline std::size_t argument_size(Opcode opcode, std::string_view rest) {
    const auto counted = [&](std::size_t width) { return width + little(rest.substr(0, width)); };
    const auto lines = [&](int count) {
        std::size_t end = 0;
        while (count-- > 0)
            end = rest.find('\n', end) + 1;
        return end;
    };
    switch (opcode) {
        case Opcode::BININT1:
        case Opcode::BINGET:
        case Opcode::BINPUT:
        case Opcode::EXT1:
        case Opcode::PROTO:
            return 1;
        case Opcode::BININT2:
        case Opcode::EXT2:
            return 2;
        case Opcode::BININT:
        case Opcode::LONG_BINGET:
        case Opcode::LONG_BINPUT:
        case Opcode::EXT4:
            return 4;
        case Opcode::BINFLOAT:
        case Opcode::FRAME:
            return 8;
        case Opcode::SHORT_BINSTRING:
        case Opcode::SHORT_BINBYTES:
        case Opcode::SHORT_BINUNICODE:
        case Opcode::LONG1:
            return counted(1);
        case Opcode::BINSTRING:
        case Opcode::BINBYTES:
        case Opcode::BINUNICODE:
        case Opcode::LONG4:
            return counted(4);
        case Opcode::BINUNICODE8:
        case Opcode::BINBYTES8:
        case Opcode::BYTEARRAY8:
            return counted(8);
        case Opcode::INT:
        case Opcode::LONG:
        case Opcode::FLOAT:
        case Opcode::STRING:
        case Opcode::UNICODE:
        case Opcode::PERSID:
        case Opcode::GET:
        case Opcode::PUT:
            return lines(1);
        case Opcode::GLOBAL:
        case Opcode::INST:
            return lines(2);
        default:
            return 0;
    }
}

}  // namespace detail

/// The opcodes of a pickle in order.
inline std::vector<Opcode> opcodes_of(std::string_view pickle) {
    std::vector<Opcode> opcodes;
    while (!pickle.empty()) {
        opcodes.push_back(static_cast<Opcode>(pickle.front()));
        pickle.remove_prefix(1);
        pickle.remove_prefix(detail::argument_size(opcodes.back(), pickle));
    }
    return opcodes;
}

inline std::size_t count_opcode(std::string_view pickle, Opcode opcode) {
    std::size_t count = 0;
    for (const Opcode found : opcodes_of(pickle))
        count += found == opcode ? 1 : 0;
    return count;
}

}  // namespace support

// What `parley dis` knows of each opcode beyond its name: its argument, and its effect on the
// stack.
#pragma once

#include <parley/pickle/opcode.hpp>

#include <cstddef>
#include <cstdint>

namespace parley::tools {

struct OpcodeTraits {
    /// How far the argument reaches.
    enum class Extent : std::uint8_t {
        none,
        line,
        two_lines,
        bytes_1,
        bytes_2,
        bytes_4,
        bytes_8,
        counted_1,  ///< A length of one byte, and so many bytes.
        counted_4,
        counted_8,
    };

    pickle::Opcode opcode;
    std::uint8_t protocol;  ///< The first that has it.
    Extent extent;
    bool is_value;      ///< The argument is the value that is pushed.
    std::uint8_t pops;  ///< Items; below the mark where it takes one.
    bool takes_mark;    ///< Takes everything down to the topmost mark, and the mark.
    std::uint8_t pushes;
};

/// None where no protocol has the opcode. Thread-safe.
[[nodiscard]] const OpcodeTraits* find_opcode(std::uint8_t opcode) noexcept;

}  // namespace parley::tools

// A pickle, opcode by opcode.
#pragma once

#include "opcode_traits.hpp"

#include <parley/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::tools {

/// One opcode with its argument, in the memory of the pickle.
struct Instruction {
    const OpcodeTraits* traits;
    std::size_t position;
    std::string_view whole;     ///< From the opcode to the end of its argument.
    std::string_view argument;  ///< Without lengths and line feeds.
};

class PickleCursor {
public:
    explicit PickleCursor(std::string_view pickle) noexcept : pickle_(pickle) {}

    /// The next instruction. Fails where the pickle ends, or with no opcode.
    [[nodiscard]] Result<Instruction> next();

    /// Where the next instruction begins.
    [[nodiscard]] std::size_t position() const noexcept { return position_; }

private:
    [[nodiscard]] Result<std::string_view> argument(OpcodeTraits::Extent extent);
    [[nodiscard]] Result<std::string_view> bytes(std::uint64_t count);
    [[nodiscard]] Result<std::string_view> counted(std::size_t width);
    [[nodiscard]] Result<std::string_view> lines(int count);

    std::string_view pickle_;
    std::size_t position_ = 0;
};

/// The number that so many bytes, at most eight, say, little-endian.
[[nodiscard]] std::uint64_t little_endian(std::string_view bytes) noexcept;

}  // namespace parley::tools

// One instruction of a pickle as the line that pickletools.dis prints for it.
#pragma once

#include "pickle_cursor.hpp"

#include <parley/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::tools {

/// The number of a memo entry, a length, a code: any argument that is a number and no value.
[[nodiscard]] Result<std::int64_t> number_of(const Instruction& instruction);

/// The line, `indent` MARKs deep, with `words` behind it.
[[nodiscard]] Result<std::string> line_of(const Instruction& instruction, std::size_t indent,
                                          std::string_view words);

}  // namespace parley::tools

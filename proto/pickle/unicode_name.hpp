// The names of characters, as "\N{NAME}" in a Python literal spells them.
#pragma once

#include <optional>
#include <string_view>

namespace parley::pickle {

/// The code point of that name or alias, in either case of letters. The names themselves are not
/// kept, only 43 bits of their hash, which is enough to tell a misspelt one.
[[nodiscard]] std::optional<char32_t> code_point_named(std::string_view name);

}  // namespace parley::pickle

// Whether a piece of Python goes on in the next line: what a prompt has to know, and no more.
#pragma once

#include <string_view>

namespace parley::tools {

/// Whether a bracket or a triple-quoted string is still open at the end of the text, or its last
/// line ends in a backslash. A plain string that its line does not close is wrong, and no more
/// lines can mend it. Says nothing else of whether the text is right.
[[nodiscard]] bool is_unfinished(std::string_view text) noexcept;

}  // namespace parley::tools

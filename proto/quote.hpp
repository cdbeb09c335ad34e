// A peer's bytes in words of explanation: printable, in quotes, and never long.
#pragma once

#include <parley/step.hpp>

#include <string>
#include <string_view>

namespace parley {

/// The first bytes as Python would write them inside quotes, with "..." where there are more.
[[nodiscard]] std::string quote(ConstBytes bytes, std::size_t most = 32);
[[nodiscard]] std::string quote(std::string_view text, std::size_t most = 32);

}  // namespace parley

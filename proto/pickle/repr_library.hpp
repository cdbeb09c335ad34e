// How the types of the standard library, and numpy's, write themselves.
#pragma once

#include "repr_pieces.hpp"

#include <parley/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace parley::pickle {

/// An instance of such a type, as the newest CPython shows it; nothing for any other.
[[nodiscard]] std::optional<std::vector<ReprPiece>> describe_library(const Value& value);

/// What such an instance shows in its own place inside of itself.
[[nodiscard]] std::optional<std::string> library_recursion_text(const Value& value);

/// The same for numpy's arrays, scalars and dtypes, which are shown as numpy 2 does, or nearly.
[[nodiscard]] std::optional<std::vector<ReprPiece>> describe_numpy(const Value& value);

}  // namespace parley::pickle

// How repr() writes instances, classes and functions: as their own repr() would, as far as that can
// be known without running it.
#pragma once

#include "names.hpp"
#include "repr_pieces.hpp"

#include <parley/value.hpp>

#include <string>
#include <vector>

namespace parley::pickle {

/// An instance, in pieces.
[[nodiscard]] std::vector<ReprPiece> describe(const Value& object);

/// How many things `describe` looks at, about, whether they are shown or not.
[[nodiscard]] std::size_t work_of(const Value& object);

/// What stands in an instance's place inside of itself.
[[nodiscard]] std::string recursion_text(const Value& object);

/// A class or function: `<class 'int'>`.
[[nodiscard]] std::string global_text(const Value& global);

/// A class or function by the names that Python 3 has for it.
[[nodiscard]] QualifiedName modern_name(const Value& global) noexcept;

}  // namespace parley::pickle

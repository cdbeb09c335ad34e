// What Python 2 and Python 3 call the same modules, classes and functions, both ways, as
// Lib/_compat_pickle.py of CPython 3.13 has it.
#pragma once

#include <parley/pickle/cell.hpp>

#include <string_view>

namespace parley::pickle {

/// A global by its two names.
struct QualifiedName {
    std::string_view module;
    std::string_view name;

    [[nodiscard]] friend bool operator==(const QualifiedName&, const QualifiedName&) = default;
};

/// What Python 3 calls a global of Python 2 (Unpickler.find_class with fix_imports).
[[nodiscard]] QualifiedName modern_name(QualifiedName legacy) noexcept;
/// What Python 3 calls a global that was read.
[[nodiscard]] QualifiedName modern_name(const GlobalNode& global) noexcept;
/// What Python 2 calls a global of Python 3 (Pickler.save_global with fix_imports).
[[nodiscard]] QualifiedName legacy_name(QualifiedName modern) noexcept;

}  // namespace parley::pickle

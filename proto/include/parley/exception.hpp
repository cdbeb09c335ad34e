// Python's exceptions as values, as a server sends them back to its client.
#pragma once

#include <parley/well_known.hpp>

#include <string_view>
#include <vector>

namespace parley {

/// An instance of an exception: its class by name, and its args. Traceback and cause are never
/// pickled.
struct Exception {
    Value type;                    ///< The class: `global("builtins", "ValueError")`.
    std::vector<Value> args = {};  ///< exception.args.
    Value attributes = {};         ///< A dict of what else was set on it (notes, say), or None.

    /// One of Python's own: `Exception::builtin("ValueError", {"no such key"})`.
    [[nodiscard]] static Exception builtin(std::string_view name, std::vector<Value> args);
    /// The name of its class, without the module.
    [[nodiscard]] std::string_view name() const { return type.qualname(); }

    /// Reads anything that is made by calling a class: the class alone knows that it is an
    /// exception.
    [[nodiscard]] static Result<Exception> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

}  // namespace parley

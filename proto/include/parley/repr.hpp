// A value as text, the way Python's repr() writes it. docs/literal.md tells what is ours where
// Python would have to run code.
#pragma once

#include <parley/value.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace parley {

/// How much `repr` writes.
struct ReprOptions {
    /// The most bytes of text; what is over is cut off and "..." stands in its place. Values share
    /// parts, so that a short message can have a text without end: take care when there is no
    /// limit.
    std::optional<std::size_t> limit = std::size_t{16} << 20U;
    /// An int of more decimal digits is written in hexadecimal, which reads back all the same: the
    /// time for decimal grows with the square of the size. CPython 3.11 and later refuse to write
    /// more than 4300 digits (sys.set_int_max_str_digits).
    std::size_t max_digits = 100'000;
};

/// The value as CPython's repr() writes it, in UTF-8.
///
/// Builtin kinds are exactly as in the newest CPython, cycles (`[...]`, `{...}`) included, except
/// that sets keep the order in which they came. The types of the standard library that parley knows
/// look as they do there (`datetime.datetime(2024, 1, 2, 0, 0)`). No code of any other class can be
/// run here: its instances are written as a dataclass is, `Point(x=1, y=2)`, or as the call that
/// makes them. Takes any depth, and time linear in the text. Throws std::bad_alloc only.
/// Thread-safe.
[[nodiscard]] std::string repr(const Value& value, const ReprOptions& options = {});

}  // namespace parley

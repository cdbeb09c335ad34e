// Python literals: text in, a value out. Knows no names but those of the builtin constants, and
// runs nothing.
#pragma once

#include <parley/error.hpp>
#include <parley/value.hpp>

#include <string_view>

namespace parley {

/// What a Python literal says, after ast.literal_eval of CPython 3.13: numbers, strings, bytes,
/// tuples, lists, dicts, sets, True, False, None and `...`, with every rule of Python's grammar
/// about underscores, prefixes, escapes (`\N{BULLET}` too), joined strings, brackets and comments.
///
/// Reads back, besides, whatever `repr` writes for a builtin kind: `inf`, `nan` and `infj`,
/// `Ellipsis`, `frozenset({1})`, `bytearray(b'')`, and Python 2's `set([1])`. The text is UTF-8.
/// Nesting may be of any depth, integers of any size. Fails with bad_literal, the detail saying at
/// which line and column what was expected and what came. Thread-safe.
[[nodiscard]] Result<Value> literal_eval(std::string_view text);

}  // namespace parley

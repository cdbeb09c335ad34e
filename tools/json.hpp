// JSON as messages and messages as JSON, for those that mean the same there.
#pragma once

#include <parley/error.hpp>
#include <parley/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::tools {

/// The value of a JSON text, as Python's json.loads: integers keep all their digits. An
/// escaped lone surrogate, which Python takes, is no JSON here. Fails with bad_literal.
[[nodiscard]] Result<Value> json_loads(std::string_view text);

/// The JSON text of a value, as Python's json.dumps, in UTF-8 and at most `limit` bytes long. Fails
/// with wrong_type for what JSON has no form for: bytes, sets, NaN, keys other than str, instances,
/// values nested too deep or without end.
[[nodiscard]] Result<std::string> json_dumps(const Value& value, std::size_t limit);

}  // namespace parley::tools

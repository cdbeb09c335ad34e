// Python's collections module: OrderedDict, defaultdict, deque and Counter.
#pragma once

#include <parley/well_known.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace parley {

/// A collections.OrderedDict; every dict here keeps its order.
struct OrderedDict {
    Value items = dict();  ///< A dict.

    [[nodiscard]] static Result<OrderedDict> from_value(const Value& value);
    /// Throws TypeError (wrong_type) unless `items` is a dict.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// A collections.defaultdict.
struct DefaultDict {
    Value default_factory =
        {};                ///< What Python calls for a missing key: `global("builtins", "list")`.
    Value items = dict();  ///< A dict.

    [[nodiscard]] static Result<DefaultDict> from_value(const Value& value);
    /// Throws TypeError (wrong_type) unless `items` is a dict.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// A collections.Counter.
struct Counter {
    Value counts = dict();  ///< A dict; the counts are ints as a rule.

    /// An element's count, 0 where there is none. Throws TypeError for a count that is no 64-bit
    /// int.
    [[nodiscard]] std::int64_t operator[](const Value& element) const;

    [[nodiscard]] static Result<Counter> from_value(const Value& value);
    /// Throws TypeError (wrong_type) unless `counts` is a dict.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// A collections.deque.
struct Deque {
    std::vector<Value> items = {};
    std::optional<std::size_t> maxlen = {};

    [[nodiscard]] static Result<Deque> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

}  // namespace parley

// Instances of classes with fields: named tuples, dataclasses and whatever else keeps its
// attributes the usual way.
#pragma once

#include <parley/well_known.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace parley {

/// An instance of a class made by collections.namedtuple or typing.NamedTuple. The names of the
/// fields are the class's business and not in the message.
struct NamedTuple {
    Value type;                      ///< The class: `global("shapes", "Point")`.
    std::vector<Value> fields = {};  ///< In the order of the class.

    /// Reads any instance made by __new__ with nothing but positional arguments: its class alone
    /// knows that it is a named tuple.
    [[nodiscard]] static Result<NamedTuple> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// An instance of a dataclass, or of any class that leaves its pickling to Python.
struct DataClass {
    Value type;             ///< The class: `global("shapes", "Point")`.
    Value fields = dict();  ///< A dict of the attributes by name.
    bool slots = false;     ///< Its class has `__slots__` and no `__dict__`.

    /// An attribute, or nothing.
    [[nodiscard]] std::optional<Value> operator[](std::string_view name) const {
        return fields.find(name);
    }

    /// Reads any instance made by __new__ without arguments and then given its attributes. A
    /// dataclass that is both frozen and slotted sends its fields without their names and is none.
    [[nodiscard]] static Result<DataClass> from_value(const Value& value);
    /// Throws TypeError (wrong_type) unless `fields` is a dict.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

}  // namespace parley

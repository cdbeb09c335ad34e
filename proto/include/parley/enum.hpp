// Members of Python's enums.
#pragma once

#include <parley/well_known.hpp>

#include <string>

namespace parley {

/// A member of an enum.Enum, IntEnum, StrEnum or Flag, by its value or by its name: Python sends
/// most by value, and by name where the class asks for it (enum.pickle_by_enum_name).
struct EnumMember {
    Value type;             ///< The class: `global("shapes", "Color")`.
    Value value = {};       ///< Its value, where there is no name.
    std::string name = {};  ///< Its name, or empty where it is given by value.

    /// Reads anything that is made by calling a class with one argument: the class alone knows that
    /// it is an enum.
    [[nodiscard]] static Result<EnumMember> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const EnumMember&, const EnumMember&) = default;
};

}  // namespace parley

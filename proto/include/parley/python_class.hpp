// Names for C++ classes and enums in Python, so that they travel as real instances of a Python
// class. docs/typed.md tells what each form looks like there.
//
//     PARLEY_PYTHON_CLASS(Reading, "lab.readings", "Reading")
#pragma once

#include <string_view>

namespace parley {

/// How instances of a Python class are made.
enum class PythonForm {
    attributes,  ///< Attributes in `__dict__`: plain classes and dataclasses.
    slots,       ///< Attributes set one by one: `__slots__`, dataclasses with slots.
    namedtuple,  ///< cls.__new__(cls, first, second ...): namedtuple, NamedTuple.
    call,        ///< cls(first, second ...): any class with such a constructor; enums.
};

/// A Python class.
struct PythonName {
    std::string_view module;
    std::string_view qualname;
    PythonForm form = PythonForm::attributes;
};

/// The Python class of a C++ class, where it has one: `static constexpr PythonName name`.
/// Specialised by PARLEY_PYTHON_CLASS.
template <typename T>
struct PythonClass {};

/// The members of a Python enum by name, where they are not called as in C++ or lie beyond -128 to
/// 255: `static constexpr std::pair<std::string_view, Color> members[] = {{"RED", Color::red}}`.
/// Python 3.11.0 to 3.11.3, and enums that ask for it (pickle_by_enum_name), send names. Without
/// a specialisation C++'s own names are used, in any case and whatever their underscores.
template <typename Enum>
struct PythonMembers {};

}  // namespace parley

/// Says that the C++ class or enum travels as the Python class of this module and name; a
/// parley::PythonForm may follow. To stand at namespace scope, outside of all namespaces, behind
/// the class and wherever it is sent or received. With it, pointers to a base of the class find the
/// class by its name. Needs <parley/pickle/archive.hpp>, which <parley/connection.hpp> includes.
#define PARLEY_PYTHON_CLASS(Type, ...)                                                        \
    template <>                                                                               \
    struct parley::PythonClass<Type> {                                                        \
        static constexpr ::parley::PythonName name{__VA_ARGS__};                              \
        static inline const bool is_registered =                                              \
            ::parley::pickle::register_python_class<Type>(::parley::PythonClass<Type>::name); \
    };                                                                                        \
    static_assert(true)

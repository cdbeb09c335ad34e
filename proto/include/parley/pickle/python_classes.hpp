// Which C++ class is which Python class: what PARLEY_PYTHON_CLASS and Boost's export names say.
#pragma once

#include <parley/python_class.hpp>

#include <boost/serialization/extended_type_info.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>

namespace parley::pickle {

/// The Python class that an export name means, `lab.readings.Reading`, if it is of that form.
[[nodiscard]] std::optional<PythonName> parse_export_name(std::string_view name) noexcept;

/// Notes a class that pointers to its bases may lead to. Thread-safe, as the next two.
void add_python_class(const boost::serialization::extended_type_info& type, const PythonName& name);
/// The Python class of a C++ class, or null.
[[nodiscard]] const PythonName* find_python_class(
    const boost::serialization::extended_type_info& type);
/// The C++ class of a Python class, or null.
[[nodiscard]] const boost::serialization::extended_type_info* find_class(std::string_view module,
                                                                         std::string_view qualname);

template <typename T>
concept HasPythonClass = requires {
    { PythonClass<T>::name } -> std::convertible_to<PythonName>;
};

/// The Python class of a type, or null.
template <typename T>
[[nodiscard]] const PythonName* python_class() {
    if constexpr (HasPythonClass<T>) {
        return &PythonClass<T>::name;
    } else if constexpr (boost::serialization::guid_defined<T>::value) {
        static const std::optional<PythonName> name =
            parse_export_name(boost::serialization::guid<T>());
        return name ? &*name : nullptr;
    } else {
        return nullptr;
    }
}

}  // namespace parley::pickle

// How each C++ type and its Python counterpart turn into each other; docs/typed.md has the table.
// Specialised in the headers beside this one. A type without a specialisation is a class with a
// serialize function.
#pragma once

#include <parley/pickle/cell.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace parley::pickle {

class OutputArchive;
class InputArchive;

/// How well a value fits a type, as far as one look tells.
enum class Fit {
    none,      ///< It cannot be read as this type.
    possible,  ///< It may be: a class, or an int for a float.
    exact,     ///< It is what this type is written as.
};

/// `save` writes the opcodes of an object, `load` reads a value over an object. `fit` looks without
/// reading, for the alternatives of a variant. `expected` is what error messages call the type.
/// `is_hashable` says whether Python can hash what `save` writes.
///
/// Containers that exist before their items do have `open` and `fill` as well: what is between the
/// two can be referred to by the items.
template <typename T>
struct Mapping;

template <typename T>
struct ObjectMapping;

/// A class that is written member by member, by its serialize function.
template <typename T>
concept Serialized = std::is_class_v<T> && std::derived_from<Mapping<T>, ObjectMapping<T>>;

/// Arithmetic types that are numbers: bool is none, and characters are their codes.
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

/// What `bytes` is made of. `signed char` is a small number.
template <typename T>
concept ByteLike =
    std::same_as<T, std::byte> || std::same_as<T, unsigned char> || std::same_as<T, char>;

template <typename T>
concept OpenedFirst = requires(OutputArchive& archive, const T& object) {
    Mapping<T>::open(archive);
    Mapping<T>::fill(archive, object);
};

}  // namespace parley::pickle

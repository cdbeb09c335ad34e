// Classes with a serialize function: instances of their Python class, or dicts, or tuples.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <string>
#include <type_traits>

namespace parley::pickle {

template <typename T>
struct ObjectMapping {
    static_assert(std::is_class_v<T>, "neither a class nor any other type that can be pickled");

    static constexpr bool is_hashable = HasPythonClass<T>;

    static std::string expected() {
        const PythonName* const python = python_class<T>();
        if (python == nullptr) return "dict";
        return std::string(python->module) + '.' + std::string(python->qualname);
    }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        const PythonName* const python = python_class<T>();
        if (cell.tag() == Tag::object && python != nullptr) {
            return archive.is_class(*cell.object(), *python) ? Fit::exact : Fit::none;
        }
        const bool has_members = cell.tag() == Tag::dict || cell.tag() == Tag::object ||
                                 cell.tag() == Tag::tuple || cell.tag() == Tag::list;
        return has_members ? Fit::possible : Fit::none;
    }
    static void save(OutputArchive& archive, const T& object) { archive.save_part(object); }
    static void load(InputArchive& archive, const Cell& cell, T& object) {
        archive.load_part(cell, object);
    }
};

template <typename T>
struct Mapping : ObjectMapping<T> {};

}  // namespace parley::pickle

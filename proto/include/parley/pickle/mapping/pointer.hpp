// Pointers: None or the object, the same object for all that point to the same.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace parley::pickle {

template <typename Pointee>
struct PointerMapping {
    using T = std::remove_const_t<Pointee>;

    static constexpr bool is_hashable = Mapping<T>::is_hashable;
    static std::string expected() { return std::string(Mapping<T>::expected()) + " or None"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() == Tag::none) return Fit::exact;
        // A class derived from it will do as well.
        if (std::is_polymorphic_v<T> && cell.tag() == Tag::object) return Fit::possible;
        return Mapping<T>::fit(archive, cell);
    }
    static void save_pointer(OutputArchive& archive, const T* pointer) {
        if (pointer == nullptr)
            archive.encoder().none();
        else
            archive.save_pointee(*pointer);
    }
};

template <typename Pointee>
requires(!std::same_as<std::remove_const_t<Pointee>, char>) struct Mapping<Pointee*>
    : PointerMapping<Pointee> {
    static_assert(!std::is_function_v<Pointee> && !std::is_void_v<Pointee>,
                  "a pointer to a function or to void has nothing that can be pickled");
    using T = std::remove_const_t<Pointee>;

    static void save(OutputArchive& archive, const T* pointer) {
        PointerMapping<T>::save_pointer(archive, pointer);
    }
    static void load(InputArchive& archive, const Cell& cell, Pointee*& pointer) {
        pointer = nullptr;
        if (cell.tag() == Tag::none) return;
        pointer = archive.template load_pointee<T>(cell, Ownership::raw);
    }
};

template <typename Pointee, typename Deleter>
struct Mapping<std::unique_ptr<Pointee, Deleter>> : PointerMapping<Pointee> {
    static_assert(!std::is_array_v<Pointee>, "an array of unknown length: use std::vector");
    using T = std::remove_const_t<Pointee>;
    using Pointer = std::unique_ptr<Pointee, Deleter>;

    static void save(OutputArchive& archive, const Pointer& pointer) {
        PointerMapping<T>::save_pointer(archive, pointer.get());
    }
    static void load(InputArchive& archive, const Cell& cell, Pointer& pointer) {
        pointer.reset();
        if (cell.tag() == Tag::none) return;
        pointer.reset(archive.template load_pointee<T>(cell, Ownership::unique));
    }
};

template <typename Pointee>
struct Mapping<std::shared_ptr<Pointee>> : PointerMapping<Pointee> {
    static_assert(!std::is_array_v<Pointee>, "an array of unknown length: use std::vector");
    using T = std::remove_const_t<Pointee>;

    static void save(OutputArchive& archive, const std::shared_ptr<Pointee>& pointer) {
        PointerMapping<T>::save_pointer(archive, pointer.get());
    }
    static void load(InputArchive& archive, const Cell& cell, std::shared_ptr<Pointee>& pointer) {
        pointer.reset();
        if (cell.tag() == Tag::none) return;
        std::shared_ptr<void> owner;
        T* const object = archive.template load_pointee<T>(cell, Ownership::shared, &owner);
        pointer = std::shared_ptr<Pointee>(std::move(owner), object);
    }
};

/// Alive as long as the archive, and then as long as some shared_ptr keeps it.
template <typename Pointee>
struct Mapping<std::weak_ptr<Pointee>> : PointerMapping<Pointee> {
    static void save(OutputArchive& archive, const std::weak_ptr<Pointee>& pointer) {
        PointerMapping<Pointee>::save_pointer(archive, pointer.lock().get());
    }
    static void load(InputArchive& archive, const Cell& cell, std::weak_ptr<Pointee>& pointer) {
        std::shared_ptr<Pointee> shared;
        archive.read(cell, shared);
        pointer = shared;
    }
};

}  // namespace parley::pickle

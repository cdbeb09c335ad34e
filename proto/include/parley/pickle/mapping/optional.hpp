// optional: None or the value.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <boost/optional/optional_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace parley::pickle {

template <typename Optional, typename T>
struct OptionalMapping {
    static constexpr bool is_hashable = Mapping<T>::is_hashable;
    static std::string expected() { return std::string(Mapping<T>::expected()) + " or None"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return cell.tag() == Tag::none ? Fit::exact : Mapping<T>::fit(archive, cell);
    }
    static void save(OutputArchive& archive, const Optional& optional) {
        if (optional)
            archive.write_new(*optional);
        else
            archive.encoder().none();
    }
    static void load(InputArchive& archive, const Cell& cell, Optional& optional) {
        if (cell.tag() == Tag::none) return load_missing(optional);
        if constexpr (std::is_default_constructible_v<T>) {
            archive.read(cell, optional.emplace());
        } else {
            archive.template read_local<T>(cell, [&](T&& value) {
                optional.emplace(std::move(value));
                return std::addressof(*optional);
            });
        }
    }
    /// A member that the other side did not send.
    static void load_missing(Optional& optional) { optional.reset(); }
};

template <typename T>
struct Mapping<std::optional<T>> : OptionalMapping<std::optional<T>, T> {};

template <typename T>
struct Mapping<boost::optional<T>> : OptionalMapping<boost::optional<T>, T> {
    static void load(InputArchive& archive, const Cell& cell, boost::optional<T>& optional) {
        if (cell.tag() == Tag::none) return optional.reset();
        optional.emplace();
        archive.read(cell, *optional);
    }
};

/// What is None and nothing else.
struct NoneMapping {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "None"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        return cell.tag() == Tag::none ? Fit::exact : Fit::none;
    }
    template <typename T>
    static void save(OutputArchive& archive, const T&) {
        archive.encoder().none();
    }
    template <typename T>
    static void load(InputArchive& archive, const Cell& cell, T&) {
        if (cell.tag() != Tag::none) archive.fail_type("None", cell);
    }
};

template <>
struct Mapping<std::monostate> : NoneMapping {};
template <>
struct Mapping<std::nullptr_t> : NoneMapping {};
template <>
struct Mapping<std::nullopt_t> : NoneMapping {};

}  // namespace parley::pickle

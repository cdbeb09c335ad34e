// variant: the value of the alternative that it holds.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace parley::pickle {

/// Received by the type of the value: the first alternative that is written as such a value, or
/// else the first one that can be read from it. Of several classes the one that uses up all keys
/// goes before one that ignores some.
template <typename... Alternatives>
struct Mapping<std::variant<Alternatives...>> {
    using Variant = std::variant<Alternatives...>;
    static constexpr std::size_t count = sizeof...(Alternatives);

    static constexpr bool is_hashable = (Mapping<Alternatives>::is_hashable && ...);
    static std::string expected() {
        std::string all;
        std::size_t left = count;
        ((all += std::string(Mapping<Alternatives>::expected()) + (--left == 0 ? ""
                                                                   : left == 1 ? " or "
                                                                               : ", ")),
         ...);
        return all;
    }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        Fit best = Fit::none;
        ((best = std::max(best, Mapping<Alternatives>::fit(archive, cell))), ...);
        return best;
    }
    static void save(OutputArchive& archive, const Variant& variant) {
        if (variant.valueless_by_exception()) {
            archive.fail(Errc::not_picklable, "expected a variant that holds a value");
        }
        std::visit(
            [&](const auto& alternative) {
                using T = std::remove_cvref_t<decltype(alternative)>;
                if constexpr (needs_mark<T>)
                    archive.write_marked(alternative, class_mark<T>().c_str());
                else
                    archive.write(alternative);
            },
            variant);
    }
    static void load(InputArchive& archive, const Cell& cell, Variant& variant) {
        const std::array<Fit, count> fits{Mapping<Alternatives>::fit(archive, cell)...};
        if (const std::size_t marked = marked_one(archive, cell); marked != count) {
            return load_at(archive, cell, variant, marked);
        }
        const std::size_t only = only_candidate(fits);
        if (only != count) return load_at(archive, cell, variant, only);
        for (const Fit wanted : {Fit::exact, Fit::possible}) {
            if (load_best(archive, cell, variant, fits, wanted)) return;
        }
        archive.fail_type(expected(), cell);
    }

private:
    /// Classes that Python knows no name of look alike: they say which one they are where there are
    /// several.
    template <typename T>
    static constexpr bool is_nameless = Serialized<T> && !HasPythonClass<T>;
    static constexpr bool has_lookalikes = ((is_nameless<Alternatives> ? 1 : 0) + ...) > 1;
    template <typename T>
    static constexpr bool needs_mark = has_lookalikes&& is_nameless<T>;

    template <typename T>
    static const std::string& class_mark() {
        static const std::string mark = readable_name(typeid(T));
        return mark;
    }
    /// The alternative that the value says it is, or `count`.
    static std::size_t marked_one(InputArchive& archive, const Cell& cell) {
        if constexpr (has_lookalikes) {
            std::size_t at = 0;
            std::size_t found = count;
            const auto look = [&]<typename T>(std::type_identity<T>) {
                if constexpr (is_nameless<T>) {
                    if (found == count && archive.is_marked(cell, class_mark<T>())) found = at;
                }
                ++at;
            };
            (look(std::type_identity<Alternatives>()), ...);
            return found;
        }
        return count;
    }
    /// The alternative that fits if there is just one, or `count`.
    static std::size_t only_candidate(const std::array<Fit, count>& fits) {
        for (const Fit wanted : {Fit::exact, Fit::possible}) {
            std::size_t found = count;
            std::size_t candidates = 0;
            for (std::size_t at = 0; at < count; ++at) {
                if (fits[at] != wanted) continue;
                ++candidates;
                found = at;
            }
            if (candidates > 0) return candidates == 1 ? found : count;
        }
        return count;
    }
    static void load_at(InputArchive& archive, const Cell& cell, Variant& variant,
                        std::size_t wanted) {
        load_if(archive, cell, variant, wanted, std::index_sequence_for<Alternatives...>());
    }
    template <std::size_t... At>
    static void load_if(InputArchive& archive, const Cell& cell, Variant& variant,
                        std::size_t wanted, std::index_sequence<At...>) {
        ((At == wanted ? load_alternative<At>(archive, cell, variant) : void()), ...);
    }
    template <std::size_t At>
    static void load_alternative(InputArchive& archive, const Cell& cell, Variant& variant) {
        using T = std::variant_alternative_t<At, Variant>;
        if constexpr (std::is_default_constructible_v<T>) {
            archive.read(cell, variant.template emplace<At>());
        } else {
            archive.template read_local<T>(cell, [&](T&& value) {
                return std::addressof(variant.template emplace<At>(std::move(value)));
            });
        }
    }
    /// Tries those that fit so well, first for one that leaves no key unused.
    static bool load_best(InputArchive& archive, const Cell& cell, Variant& variant,
                          const std::array<Fit, count>& fits, Fit wanted) {
        std::size_t fallback = count;
        for (std::size_t at = 0; at < count; ++at) {
            if (fits[at] != wanted) continue;
            const bool is_read = archive.attempt([&] {
                archive.expect_use();
                load_at(archive, cell, variant, at);
                if (archive.is_used_up()) return true;
                if (fallback == count) fallback = at;
                return false;
            });
            if (is_read) return true;
        }
        if (fallback == count) return false;
        load_at(archive, cell, variant, fallback);
        return true;
    }
};

}  // namespace parley::pickle

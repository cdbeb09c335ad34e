// pair and tuple: tuples in Python.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace parley::pickle {

template <typename... Items>
struct TupleMapping {
    static constexpr std::size_t size = sizeof...(Items);
    static constexpr bool is_hashable = (Mapping<std::remove_const_t<Items>>::is_hashable && ...);
    static std::string_view expected() noexcept { return "tuple"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        const bool is_tuple = cell.tag() == Tag::tuple;
        if (!is_tuple && cell.tag() != Tag::list) return Fit::none;
        const std::uint64_t came = is_tuple ? cell.size() : cell.list()->size;
        if (came != size) return Fit::none;
        const Cell* const items = is_tuple ? cell.items() : cell.list()->items;
        return fit_items(archive, items, is_tuple ? Fit::exact : Fit::possible,
                         std::index_sequence_for<Items...>());
    }
    template <typename Tuple>
    static void save(OutputArchive& archive, const Tuple& tuple) {
        if (size > 3) archive.encoder().opcode(Opcode::MARK);
        if constexpr (size > 0) {
            Trail::Descent step(archive);
            write_items(archive, step, tuple, std::index_sequence_for<Items...>());
        }
        archive.end_tuple(size);
    }
    template <typename Tuple>
    static void load(InputArchive& archive, const Cell& cell, Tuple& tuple) {
        const std::span<const Cell> items = archive.items(cell, "tuple");
        if (items.size() != size) archive.fail_size(size, items.size(), "items");
        if constexpr (size > 0) {
            Trail::Descent step(archive);
            read_items(archive, step, items, tuple, std::index_sequence_for<Items...>());
        }
    }

private:
    template <std::size_t... Position>
    static Fit fit_items(const InputArchive& archive, const Cell* items, Fit fit,
                         std::index_sequence<Position...>) {
        ((fit = std::min(fit, Mapping<std::remove_const_t<Items>>::fit(archive, items[Position]))),
         ...);
        return fit;
    }
    template <typename Tuple, std::size_t... Position>
    static void write_items(OutputArchive& archive, Trail::Descent& step, const Tuple& tuple,
                            std::index_sequence<Position...>) {
        ((step.at_item(Position), archive.write(std::get<Position>(tuple))), ...);
    }
    template <typename Tuple, std::size_t... Position>
    static void read_items(InputArchive& archive, Trail::Descent& step, std::span<const Cell> items,
                           Tuple& tuple, std::index_sequence<Position...>) {
        ((step.at_item(Position), archive.read(items[Position], std::get<Position>(tuple))), ...);
    }
};

template <typename First, typename Second>
struct Mapping<std::pair<First, Second>> : TupleMapping<First, Second> {};
template <typename... Items>
struct Mapping<std::tuple<Items...>> : TupleMapping<Items...> {};

}  // namespace parley::pickle

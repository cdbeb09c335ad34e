// Sequences: containers with an order, arrays, spans and Boost's array wrapper. Lists in Python.
#pragma once

#include <parley/container_traits.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/mapping/numpy.hpp>
#include <parley/pickle/output_archive.hpp>

#include <boost/serialization/array_wrapper.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <forward_list>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boost {

template <class T, std::size_t N>
class array;

}  // namespace boost

namespace parley::pickle {

/// What all sequences of some type have in common. As a key a sequence is a tuple.
template <typename Item>
struct ListMapping {
    static constexpr bool is_hashable = Mapping<Item>::is_hashable;
    static std::string_view expected() noexcept { return "list"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() == Tag::list)
            return fit_first(archive, cell.list()->items, cell.list()->size);
        if (cell.tag() != Tag::tuple) return Fit::none;
        const Fit fit = fit_first(archive, cell.items(), cell.size());
        return fit == Fit::exact ? Fit::possible : fit;
    }
    static void open(OutputArchive& archive) { archive.encoder().opcode(Opcode::EMPTY_LIST); }

    /// Writes the items behind `open`.
    template <typename Range>
    static void fill_list(OutputArchive& archive, const Range& items, std::size_t size) {
        if (size == 0) return;
        if (size > 1) archive.encoder().opcode(Opcode::MARK);
        write_items(archive, items);
        archive.encoder().opcode(size > 1 ? Opcode::APPENDS : Opcode::APPEND);
    }
    template <typename Range>
    static void save_list(OutputArchive& archive, const Range& items, std::size_t size) {
        if (archive.in_key()) {
            if (size > 3) archive.encoder().opcode(Opcode::MARK);
            write_items(archive, items);
            return archive.end_tuple(size);
        }
        open(archive);
        fill_list(archive, items, size);
    }
    /// Reads over just so many items, one after the other.
    template <typename Iterator>
    static void load_array(InputArchive& archive, const Cell& cell, Iterator at, std::size_t size) {
        const std::span<const Cell> items = archive.items(cell, "list");
        if (items.size() != size) archive.fail_size(size, items.size(), "items");
        if constexpr (std::is_arithmetic_v<Item>) {
            if (load_numbers(archive, items, at)) return;
        }
        Trail::Descent step(archive);
        for (std::size_t position = 0; position < items.size(); ++position, ++at) {
            step.at_item(position);
            archive.read(items[position], *at);
        }
    }
    /// Whether every item is just such a number; they are read then.
    template <typename Iterator>
    static bool load_numbers(InputArchive& archive, std::span<const Cell> items, Iterator at) {
        for (const Cell& item : items) {
            if (Mapping<Item>::fit(archive, item) != Fit::exact) return false;
            Item number{};
            archive.read(item, number);
            *at++ = number;
        }
        return true;
    }

private:
    template <typename Range>
    static void write_items(OutputArchive& archive, const Range& items) {
        if constexpr (std::is_arithmetic_v<Item>) {
            for (const Item item : items)
                archive.write(item);
        } else {
            Trail::Descent step(archive);
            std::size_t position = 0;
            for (const Item& item : items) {
                step.at_item(position++);
                archive.write_new(item);
            }
        }
    }
    static Fit fit_first(const InputArchive& archive, const Cell* items, std::uint64_t size) {
        return size == 0 ? Fit::exact : Mapping<Item>::fit(archive, items[0]);
    }
};

template <SequenceContainer T>
requires(!ByteLike<typename T::value_type>) struct Mapping<T>
    : ListMapping<typename T::value_type> {
    using Item = typename T::value_type;
    using List = ListMapping<Item>;

    static void fill(OutputArchive& archive, const T& items) {
        List::fill_list(archive, items, items.size());
    }
    static void save(OutputArchive& archive, const T& items) {
        List::save_list(archive, items, items.size());
    }
    static void load(InputArchive& archive, const Cell& cell, T& items) {
        if constexpr (ElementType<Item>) {
            if (cell.tag() == Tag::object && load_ndarray(archive, cell, items)) return;
        }
        if constexpr (std::is_default_constructible_v<Item>) {
            load_in_place(archive, archive.items(cell, "list"), items);
        } else {
            load_one_by_one(archive, archive.items(cell, "list"), items);
        }
    }

private:
    static bool load_ndarray(InputArchive& archive, const Cell& cell, T& items) {
        const Result<NdArray> array = NdArray::from_value(archive.value(cell));
        if (!array || array->ndim() != 1) return false;
        check_capacity(archive, array->size());
        const std::vector<Item> elements = elements_of<Item>(archive, cell, *array, "list");
        items.assign(elements.begin(), elements.end());
        return true;
    }
    /// A container of limited capacity says so by what it throws, which is not what the peer did.
    static void check_capacity(InputArchive& archive, std::size_t size) {
        if constexpr (requires { T::capacity(); }) {
            if (size > T::capacity()) archive.fail_capacity(T::capacity(), size);
        }
    }
    static void load_in_place(InputArchive& archive, std::span<const Cell> cells, T& items) {
        check_capacity(archive, cells.size());
        items.clear();
        items.resize(cells.size());
        if constexpr (std::is_arithmetic_v<Item>) {
            if (List::load_numbers(archive, cells, items.begin())) return;
        }
        Trail::Descent step(archive);
        auto at = items.begin();
        for (std::size_t position = 0; position < cells.size(); ++position, ++at) {
            step.at_item(position);
            // The references of vector<bool> are no bools.
            if constexpr (std::same_as<decltype(*at), Item&>) {
                archive.read(cells[position], *at);
            } else {
                Item item{};
                archive.read(cells[position], item);
                *at = item;
            }
        }
    }
    static void load_one_by_one(InputArchive& archive, std::span<const Cell> cells, T& items) {
        check_capacity(archive, cells.size());
        items.clear();
        if constexpr (requires { items.reserve(cells.size()); }) items.reserve(cells.size());
        Trail::Descent step(archive);
        for (std::size_t position = 0; position < cells.size(); ++position) {
            step.at_item(position);
            archive.template read_local<Item>(cells[position], [&](Item&& item) {
                return std::addressof(items.emplace_back(std::move(item)));
            });
        }
    }
};

template <typename T, typename Allocator>
struct Mapping<std::forward_list<T, Allocator>> : ListMapping<T> {
    using List = std::forward_list<T, Allocator>;

    static void fill(OutputArchive& archive, const List& items) {
        ListMapping<T>::fill_list(archive, items, size_of(items));
    }
    static void save(OutputArchive& archive, const List& items) {
        ListMapping<T>::save_list(archive, items, size_of(items));
    }
    static void load(InputArchive& archive, const Cell& cell, List& items) {
        const std::size_t size = archive.items(cell, "list").size();
        items.clear();
        items.resize(size);
        ListMapping<T>::load_array(archive, cell, items.begin(), size);
    }

private:
    static std::size_t size_of(const List& items) noexcept {
        return static_cast<std::size_t>(std::distance(items.begin(), items.end()));
    }
};

/// std::valarray, without its header, which takes its time to compile.
template <typename T>
concept ValArray = std::is_class_v<T> && requires(T array, typename T::value_type value) {
    T(value, array.size());
    array.resize(array.size(), value);
    array.cshift(1);
    array.sum();
};

template <ValArray T>
struct Mapping<T> : ListMapping<typename T::value_type> {
    using List = ListMapping<typename T::value_type>;

    static void save(OutputArchive& archive, const T& items) {
        List::save_list(archive, items, items.size());
    }
    static void load(InputArchive& archive, const Cell& cell, T& items) {
        const std::size_t size = archive.items(cell, "list").size();
        items.resize(size);
        List::load_array(archive, cell, std::begin(items), size);
    }
};

/// What shows a sequence of fixed length that others own, or holds one.
template <typename Item, std::size_t Size>
struct ArrayMapping : ListMapping<Item> {
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        const bool is_list = cell.tag() == Tag::list && cell.list()->size == Size;
        const bool is_tuple = cell.tag() == Tag::tuple && cell.size() == Size;
        return is_list || is_tuple ? ListMapping<Item>::fit(archive, cell) : Fit::none;
    }
    template <typename Array>
    static void save(OutputArchive& archive, const Array& items) {
        ListMapping<Item>::save_list(archive, items, Size);
    }
    template <typename Array>
    static void load(InputArchive& archive, const Cell& cell, Array& items) {
        ListMapping<Item>::load_array(archive, cell, std::begin(items), Size);
    }
};

template <typename T, std::size_t Size>
requires(!ByteLike<T>) struct Mapping<std::array<T, Size>> : ArrayMapping<T, Size> {
};
template <typename T, std::size_t Size>
requires(!ByteLike<T>) struct Mapping<boost::array<T, Size>> : ArrayMapping<T, Size> {
};
template <typename T, std::size_t Size>
requires(!ByteLike<T>) struct Mapping<T[Size]> : ArrayMapping<T, Size> {
};

/// Reads over what the span shows, which must have the right size.
template <typename T, std::size_t Extent>
requires(!ByteLike<std::remove_const_t<T>>) struct Mapping<std::span<T, Extent>>
    : ListMapping<std::remove_const_t<T>> {
    static void save(OutputArchive& archive, std::span<T, Extent> items) {
        ListMapping<std::remove_const_t<T>>::save_list(archive, items, items.size());
    }
    static void load(InputArchive& archive, const Cell& cell, std::span<T, Extent> items) {
        static_assert(!std::is_const_v<T>, "a view owns no items: receive into a std::vector");
        ListMapping<T>::load_array(archive, cell, items.begin(), items.size());
    }
};

/// boost::serialization::make_array: as a span.
template <typename T>
struct Mapping<boost::serialization::array_wrapper<T>> : Mapping<std::span<T>> {
    using Wrapper = boost::serialization::array_wrapper<T>;

    static void save(OutputArchive& archive, const Wrapper& items) {
        Mapping<std::span<T>>::save(archive, {items.address(), items.count()});
    }
    static void load(InputArchive& archive, const Cell& cell, const Wrapper& items) {
        Mapping<std::span<T>>::load(archive, cell, {items.address(), items.count()});
    }
};

}  // namespace parley::pickle

// Containers of keys: dicts and sets in Python, and lists of what Python could not hash.
#pragma once

#include <parley/container_traits.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/mapping/sequence.hpp>
#include <parley/pickle/mapping/tuple.hpp>
#include <parley/pickle/output_archive.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley::pickle {

template <typename Key>
concept Hashable = Mapping<Key>::is_hashable;

template <typename Map>
concept DictLike = MapContainer<Map> && !MultiContainer<Map> && Hashable<typename Map::key_type>;
template <typename Set>
concept SetLike = KeyedContainer<Set> && !MapContainer<Set> && !MultiContainer<Set> &&
                  Hashable<typename Set::key_type>;

/// What an item is before it stands in its container.
template <typename T>
struct Movable {
    using Type = T;
};
template <typename Key, typename Mapped>
struct Movable<std::pair<const Key, Mapped>> {
    using Type = std::pair<Key, Mapped>;
};

template <DictLike Map>
struct Mapping<Map> {
    using Key = typename Map::key_type;
    using Mapped = typename Map::mapped_type;

    static constexpr bool is_hashable = false;
    static std::string_view expected() noexcept { return "dict"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() != Tag::dict) return Fit::none;
        const TableNode& table = *cell.table();
        if (table.size == 0) return Fit::exact;
        return std::min(Mapping<Key>::fit(archive, table.entries[0]),
                        Mapping<Mapped>::fit(archive, table.entries[1]));
    }
    static void open(OutputArchive& archive) { archive.encoder().opcode(Opcode::EMPTY_DICT); }
    static void fill(OutputArchive& archive, const Map& entries) {
        if (entries.empty()) return;
        archive.encoder().opcode(Opcode::MARK);
        Trail::Descent step(archive);
        std::size_t position = 0;
        for (const auto& [key, mapped] : entries) {
            if constexpr (std::convertible_to<const Key&, std::string_view>)
                step.at_text(key);
            else
                step.at_item(position++);
            archive.write_key(key);
            archive.write_new(mapped);
        }
        archive.encoder().opcode(Opcode::SETITEMS);
    }
    static void save(OutputArchive& archive, const Map& entries) {
        open(archive);
        fill(archive, entries);
    }
    static void load(InputArchive& archive, const Cell& cell, Map& map) {
        const std::span<const Cell> entries = archive.entries(cell, "dict");
        map.clear();
        if constexpr (requires { map.reserve(entries.size()); }) map.reserve(entries.size() / 2);
        Trail::Descent step(archive);
        for (std::size_t at = 0; at < entries.size(); at += 2) {
            step.at_key(entries[at]);
            archive.template read_local<Key>(entries[at], [&](Key&& key) {
                return load_entry(archive, entries[at + 1], map, std::move(key));
            });
            // A flat container moves its entries about.
            if constexpr (requires { typename Map::sequence_type; }) archive.forget_parts();
        }
    }

private:
    static const Key* load_entry(InputArchive& archive, const Cell& cell, Map& map, Key&& key) {
        if constexpr (std::is_default_constructible_v<Mapped>) {
            const auto entry = map.emplace_hint(map.end(), std::move(key), Mapped());
            archive.read(cell, entry->second);
            return std::addressof(entry->first);
        } else {
            const Key* where = nullptr;
            archive.template read_local<Mapped>(cell, [&](Mapped&& mapped) {
                const auto entry = map.emplace_hint(map.end(), std::move(key), std::move(mapped));
                where = std::addressof(entry->first);
                return std::addressof(entry->second);
            });
            return where;
        }
    }
};

template <SetLike Set>
struct Mapping<Set> {
    using Key = typename Set::key_type;

    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "set"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() != Tag::set && cell.tag() != Tag::frozenset) return Fit::none;
        const TableNode& table = *cell.table();
        return table.size == 0 ? Fit::exact : Mapping<Key>::fit(archive, table.entries[0]);
    }
    static void save(OutputArchive& archive, const Set& members) {
        archive.open_set();
        Trail::Descent step(archive);
        std::size_t position = 0;
        for (const Key& member : members) {
            step.at_item(position++);
            archive.write_key(member);
        }
        archive.close_set();
    }
    static void load(InputArchive& archive, const Cell& cell, Set& set) {
        const std::span<const Cell> members = archive.members(cell, "set");
        set.clear();
        if constexpr (requires { set.reserve(members.size()); }) set.reserve(members.size());
        Trail::Descent step(archive);
        for (std::size_t position = 0; position < members.size(); ++position) {
            step.at_item(position);
            archive.template read_local<Key>(members[position], [&](Key&& key) {
                return std::addressof(*set.emplace_hint(set.end(), std::move(key)));
            });
        }
    }
};

/// Equal keys, or keys that Python cannot hash: a list of keys, or of keys with their values.
template <KeyedContainer T>
requires(!DictLike<T> && !SetLike<T>) struct Mapping<T> : ListMapping<typename T::value_type> {
    using List = ListMapping<typename T::value_type>;

    static void fill(OutputArchive& archive, const T& items) {
        List::fill_list(archive, items, items.size());
    }
    static void save(OutputArchive& archive, const T& items) {
        List::save_list(archive, items, items.size());
    }
    static void load(InputArchive& archive, const Cell& cell, T& items) {
        using Item = typename Movable<typename T::value_type>::Type;
        const std::span<const Cell> cells = archive.members(cell, "list");
        items.clear();
        Trail::Descent step(archive);
        for (std::size_t position = 0; position < cells.size(); ++position) {
            step.at_item(position);
            archive.template read_local<Item>(cells[position], [&](Item&& item) {
                items.emplace_hint(items.end(), std::move(item));
                return static_cast<const Item*>(nullptr);
            });
        }
    }
};

}  // namespace parley::pickle

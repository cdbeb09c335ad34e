// The containers of the standard library as Python values, and back:
// `value.get<std::vector<int>>()`, `to_value(map)`. Numbers and text need only parley/value.hpp.
#pragma once

#include <parley/value.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace parley {
namespace detail {

[[noreturn]] inline void throw_size(std::size_t expected, std::size_t came) {
    throw_failure({Errc::wrong_type, "expected " + std::to_string(expected) + " items, came " +
                                         std::to_string(came)});
}

template <typename Set>
Set collect_set(const Value& value) {
    const Elements members = value.is_frozenset() ? value.as_frozenset() : value.as_set();
    Set set;
    for (const Value& member : members) {
        set.insert(member.template get<typename Set::value_type>());
    }
    return set;
}

template <typename Map>
Map collect_map(const Value& value) {
    Map map;
    for (const auto& [key, mapped] : value.items()) {
        map.insert_or_assign(key.template get<typename Map::key_type>(),
                             mapped.template get<typename Map::mapped_type>());
    }
    return map;
}

template <typename Tuple, std::size_t... Positions>
Tuple collect_tuple(const Value& value, std::index_sequence<Positions...>) {
    const Elements items = value.is_list() ? value.as_list() : value.as_tuple();
    if (items.size() != sizeof...(Positions)) throw_size(sizeof...(Positions), items.size());
    return Tuple(items[Positions].template get<std::tuple_element_t<Positions, Tuple>>()...);
}

}  // namespace detail

/// A list or tuple. Throws TypeError, here and below, for another kind and for what does not fit.
template <typename T>
struct FromValue<std::vector<T>> {
    static std::vector<T> from(const Value& value) {
        const Elements items = value.is_tuple() ? value.as_tuple() : value.as_list();
        std::vector<T> vector;
        vector.reserve(items.size());
        for (const Value& item : items)
            vector.push_back(item.get<T>());
        return vector;
    }
};
/// A dict's entries in order.
template <>
struct FromValue<std::vector<Entry>> {
    static std::vector<Entry> from(const Value& value) {
        std::vector<Entry> entries;
        entries.reserve(value.as_dict().size());
        for (const Entry& entry : value.items())
            entries.push_back(entry);
        return entries;
    }
};
/// Bytes or a bytearray, copied.
template <>
struct FromValue<std::vector<std::byte>> {
    static std::vector<std::byte> from(const Value& value) {
        const auto bytes = value.get<std::span<const std::byte>>();
        return {bytes.begin(), bytes.end()};
    }
};
/// A list or tuple of exactly so many items.
template <typename T, std::size_t Size>
struct FromValue<std::array<T, Size>> {
    static std::array<T, Size> from(const Value& value) {
        const Elements items = value.is_tuple() ? value.as_tuple() : value.as_list();
        if (items.size() != Size) detail::throw_size(Size, items.size());
        std::array<T, Size> array{};
        for (std::size_t i = 0; i < Size; ++i)
            array[i] = items[i].template get<T>();
        return array;
    }
};
template <typename... Items>
struct FromValue<std::tuple<Items...>> {
    static std::tuple<Items...> from(const Value& value) {
        return detail::collect_tuple<std::tuple<Items...>>(value,
                                                           std::index_sequence_for<Items...>());
    }
};
template <typename First, typename Second>
struct FromValue<std::pair<First, Second>> {
    static std::pair<First, Second> from(const Value& value) {
        return detail::collect_tuple<std::pair<First, Second>>(value,
                                                               std::make_index_sequence<2>());
    }
};
/// None or the value.
template <typename T>
struct FromValue<std::optional<T>> {
    static std::optional<T> from(const Value& value) {
        if (value.is_none()) return std::nullopt;
        return value.get<T>();
    }
};
/// A dict.
template <typename Key, typename Mapped, typename Compare>
struct FromValue<std::map<Key, Mapped, Compare>> {
    static auto from(const Value& value) {
        return detail::collect_map<std::map<Key, Mapped, Compare>>(value);
    }
};
template <typename Key, typename Mapped, typename Hash>
struct FromValue<std::unordered_map<Key, Mapped, Hash>> {
    static auto from(const Value& value) {
        return detail::collect_map<std::unordered_map<Key, Mapped, Hash>>(value);
    }
};
/// A set or frozenset.
template <typename Key, typename Compare>
struct FromValue<std::set<Key, Compare>> {
    static auto from(const Value& value) {
        return detail::collect_set<std::set<Key, Compare>>(value);
    }
};
template <typename Key, typename Hash>
struct FromValue<std::unordered_set<Key, Hash>> {
    static auto from(const Value& value) {
        return detail::collect_set<std::unordered_set<Key, Hash>>(value);
    }
};

/// Anything that has a Python form: what Value is made of, and the containers above. Sequences
/// become lists, pairs and tuples tuples, maps dicts, sets sets, an empty optional None, std::byte
/// bytes.
template <typename T>
[[nodiscard]] Value to_value(const T& thing);

namespace detail {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <typename T>
concept TupleLike = requires {
    std::tuple_size<T>::value;
}
&&!std::ranges::range<T>;
template <typename T>
concept MapLike = std::ranges::range<T> && requires {
    typename T::mapped_type;
};
template <typename T>
concept SetLike = std::ranges::range<T> && !MapLike<T> && requires {
    typename T::key_type;
};
template <typename T>
concept ByteRange = std::ranges::contiguous_range<const T> &&
    std::same_as<std::remove_cv_t<std::ranges::range_value_t<const T>>, std::byte>;

template <std::ranges::range Range>
std::vector<Value> values_of(const Range& range) {
    std::vector<Value> values;
    if constexpr (std::ranges::sized_range<const Range>) values.reserve(std::ranges::size(range));
    for (const auto& item : range)
        values.push_back(to_value(item));
    return values;
}

template <typename Map>
Value dict_of(const Map& map) {
    std::vector<Entry> entries;
    entries.reserve(map.size());
    for (const auto& [key, mapped] : map)
        entries.push_back({to_value(key), to_value(mapped)});
    return dict(entries);
}

}  // namespace detail

template <typename T>
Value to_value(const T& thing) {
    if constexpr (std::convertible_to<const T&, Value>) {
        return thing;
    } else if constexpr (detail::is_optional<T>) {
        return thing ? to_value(*thing) : Value();
    } else if constexpr (detail::TupleLike<T>) {
        return std::apply([](const auto&... items) { return tuple(to_value(items)...); }, thing);
    } else if constexpr (detail::ByteRange<T>) {
        return bytes(std::span<const std::byte>(thing));
    } else if constexpr (detail::MapLike<T>) {
        return detail::dict_of(thing);
    } else if constexpr (detail::SetLike<T>) {
        return set(detail::values_of(thing));
    } else {
        static_assert(std::ranges::range<const T>, "this type has no Python form");
        return list(detail::values_of(thing));
    }
}

}  // namespace parley

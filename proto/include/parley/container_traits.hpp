// Which class templates are containers to the archives, and of which kind.
#pragma once

#include <boost/container/container_fwd.hpp>
#include <boost/unordered/unordered_flat_map_fwd.hpp>
#include <boost/unordered/unordered_flat_set_fwd.hpp>
#include <boost/unordered/unordered_map_fwd.hpp>
#include <boost/unordered/unordered_set_fwd.hpp>

#include <concepts>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <set>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace parley {

/// Whether a class is a container like those of the standard library, and travels as a list, a set
/// or a dict. Specialise it as true for containers of your own that have no serialize function.
template <typename T>
inline constexpr bool is_container = false;

// clang-format off
template <typename T, typename A>
inline constexpr bool is_container<std::vector<T, A>> = true;
template <typename T, typename A>
inline constexpr bool is_container<std::deque<T, A>> = true;
template <typename T, typename A>
inline constexpr bool is_container<std::list<T, A>> = true;
template <typename K, typename C, typename A>
inline constexpr bool is_container<std::set<K, C, A>> = true;
template <typename K, typename C, typename A>
inline constexpr bool is_container<std::multiset<K, C, A>> = true;
template <typename K, typename T, typename C, typename A>
inline constexpr bool is_container<std::map<K, T, C, A>> = true;
template <typename K, typename T, typename C, typename A>
inline constexpr bool is_container<std::multimap<K, T, C, A>> = true;
template <typename K, typename H, typename E, typename A>
inline constexpr bool is_container<std::unordered_set<K, H, E, A>> = true;
template <typename K, typename H, typename E, typename A>
inline constexpr bool is_container<std::unordered_multiset<K, H, E, A>> = true;
template <typename K, typename T, typename H, typename E, typename A>
inline constexpr bool is_container<std::unordered_map<K, T, H, E, A>> = true;
template <typename K, typename T, typename H, typename E, typename A>
inline constexpr bool is_container<std::unordered_multimap<K, T, H, E, A>> = true;

template <typename T, typename A, typename O>
inline constexpr bool is_container<boost::container::vector<T, A, O>> = true;
template <typename T, typename A>
inline constexpr bool is_container<boost::container::stable_vector<T, A>> = true;
template <typename T, std::size_t N, typename A, typename O>
inline constexpr bool is_container<boost::container::small_vector<T, N, A, O>> = true;
template <typename T, typename A, typename O>
inline constexpr bool is_container<boost::container::devector<T, A, O>> = true;
template <typename T, typename A, typename O>
inline constexpr bool is_container<boost::container::deque<T, A, O>> = true;
template <typename T, typename A>
inline constexpr bool is_container<boost::container::list<T, A>> = true;
template <typename T, std::size_t N, typename O>
inline constexpr bool is_container<boost::container::static_vector<T, N, O>> = true;
template <typename T, typename A>
inline constexpr bool is_container<boost::container::slist<T, A>> = true;
template <typename K, typename C, typename A, typename O>
inline constexpr bool is_container<boost::container::set<K, C, A, O>> = true;
template <typename K, typename C, typename A, typename O>
inline constexpr bool is_container<boost::container::multiset<K, C, A, O>> = true;
template <typename K, typename C, typename A>
inline constexpr bool is_container<boost::container::flat_multiset<K, C, A>> = true;
template <typename K, typename T, typename C, typename A, typename O>
inline constexpr bool is_container<boost::container::multimap<K, T, C, A, O>> = true;
template <typename K, typename T, typename C, typename A>
inline constexpr bool is_container<boost::container::flat_multimap<K, T, C, A>> = true;
template <typename K, typename C, typename A>
inline constexpr bool is_container<boost::container::flat_set<K, C, A>> = true;
template <typename K, typename T, typename C, typename A, typename O>
inline constexpr bool is_container<boost::container::map<K, T, C, A, O>> = true;
template <typename K, typename T, typename C, typename A>
inline constexpr bool is_container<boost::container::flat_map<K, T, C, A>> = true;
template <typename K, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_set<K, H, E, A>> = true;
template <typename K, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_multiset<K, H, E, A>> = true;
template <typename K, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_flat_set<K, H, E, A>> = true;
template <typename K, typename T, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_map<K, T, H, E, A>> = true;
template <typename K, typename T, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_multimap<K, T, H, E, A>> = true;
template <typename K, typename T, typename H, typename E, typename A>
inline constexpr bool is_container<boost::unordered_flat_map<K, T, H, E, A>> = true;
// clang-format on

/// A container of keys, with or without values.
template <typename T>
concept KeyedContainer = is_container<T> && requires {
    typename T::key_type;
};
/// A container of keys with values.
template <typename T>
concept MapContainer = KeyedContainer<T> && requires {
    typename T::mapped_type;
};
/// A keyed container that may hold equal keys.
template <typename T>
concept MultiContainer = KeyedContainer<T> && requires(T container, typename T::value_type value) {
    { container.insert(value) } -> std::same_as<typename T::iterator>;
};
/// A container with an order of its own.
template <typename T>
concept SequenceContainer = is_container<T> && !KeyedContainer<T>;

}  // namespace parley

// Which classes the program sends or receives pointers to.
#pragma once

#include <parley/pickle/python_classes.hpp>

#include <boost/serialization/extended_type_info.hpp>
#include <boost/serialization/tracking.hpp>

#include <type_traits>

namespace parley::pickle {

/// Set, before main() begins, for the classes whose pointers some code handles with the archive.
template <typename Archive, typename T>
struct PointerUse {
    static inline bool is_used = false;
    struct Mark {
        Mark() noexcept { is_used = true; }
    };
    static inline const Mark mark{};
};

/// Whether objects of a class are remembered by address when they are parts of others: pointers may
/// lead to them. Boost.Serialization's tracking levels have the same meaning here.
template <typename Archive, typename T>
[[nodiscard]] bool is_tracked() noexcept {
    constexpr int level = boost::serialization::tracking_level<T>::value;
    constexpr bool is_exported = boost::serialization::guid_defined<T>::value ||
                                 (HasPythonClass<T> && std::is_polymorphic_v<T>);
    if constexpr (level == boost::serialization::track_never)
        return false;
    else if constexpr (level == boost::serialization::track_always || is_exported)
        return true;
    else
        return PointerUse<Archive, T>::is_used;
}

}  // namespace parley::pickle

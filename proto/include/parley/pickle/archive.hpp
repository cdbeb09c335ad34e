// Archives of Boost.Serialization that speak pickle, for every type that docs/typed.md names.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/adaptor.hpp>
#include <parley/pickle/mapping/big_integer.hpp>
#include <parley/pickle/mapping/bytes.hpp>
#include <parley/pickle/mapping/chrono.hpp>
#include <parley/pickle/mapping/keyed.hpp>
#include <parley/pickle/mapping/number.hpp>
#include <parley/pickle/mapping/numpy.hpp>
#include <parley/pickle/mapping/object.hpp>
#include <parley/pickle/mapping/optional.hpp>
#include <parley/pickle/mapping/pointer.hpp>
#include <parley/pickle/mapping/sequence.hpp>
#include <parley/pickle/mapping/text.hpp>
#include <parley/pickle/mapping/tuple.hpp>
#include <parley/pickle/mapping/uuid.hpp>
#include <parley/pickle/mapping/value.hpp>
#include <parley/pickle/mapping/variant.hpp>
#include <parley/pickle/output_archive.hpp>
#include <parley/pickle/typed.hpp>

#include <boost/serialization/export.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace parley::pickle {

template <Typed T>
Result<void> dumps(const T& object, Buffer& out, const EncodeOptions& options) {
    OutputArchive archive(out, options);
    return archive.catch_failure([&] { archive << object; });
}

/// Reads over an object that is of no use where that fails.
template <typename T>
[[nodiscard]] Result<void> load_over(T& object, const Value& value, const DecodeOptions& options) {
    InputArchive archive(value, options);
    return archive.catch_failure([&] { archive.read_whole(object); });
}

template <typename T>
Result<T> from_value(const Value& value, const DecodeOptions& options) {
    if constexpr (std::is_default_constructible_v<T>) {
        // In place: a copy would leave pointers to parts of it behind.
        Result<T> result(boost::system::in_place_value);
        Result<void> loaded = load_over(*result, value, options);
        if (!loaded) result = std::move(loaded).error();
        return result;
    } else {
        InputArchive archive(value, options);
        std::optional<T> object;
        Result<void> loaded = archive.catch_failure([&] {
            archive.template read_local<T>(archive.root(), [&](T&& read) {
                return std::addressof(object.emplace(std::move(read)));
            });
        });
        if (!loaded) return std::move(loaded).error();
        return std::move(*object);
    }
}

template <typename T>
Result<void> from_value_into(T& object, const Value& value, const DecodeOptions& options) {
    // What cannot be assigned, or holds pointers to its own parts, is read twice: once to see
    // whether it can be, and then where it is to stand.
    constexpr bool is_assignable = std::is_move_assignable_v<T> && !std::is_array_v<T>;
    bool may_move = is_assignable;
    if constexpr (Serialized<T>) may_move = may_move && !is_tracked<InputArchive, T>();
    T fresh{};
    if (Result<void> loaded = load_over(fresh, value, options); !loaded) return loaded;
    if (!may_move) return load_over(object, value, options);
    if constexpr (is_assignable) object = std::move(fresh);
    return {};
}

template <typename T>
Result<T> loads(Buffer&& bytes, const DecodeOptions& options) {
    const Result<Value> value = loads(std::move(bytes), options.load);
    if (!value) return value.error();
    return from_value<T>(*value, options);
}

template <typename T>
Result<T> loads(ConstBytes bytes, const DecodeOptions& options) {
    return loads<T>(Buffer(bytes), options);
}

template <typename T>
Result<void> loads_into(T& object, Buffer&& bytes, const DecodeOptions& options) {
    const Result<Value> value = loads(std::move(bytes), options.load);
    if (!value) return value.error();
    return from_value_into(object, *value, options);
}

template <typename T>
Result<void> decode_fresh(void* object, Buffer&& bytes, const DecodeOptions& options) {
    const Result<Value> value = loads(std::move(bytes), options.load);
    if (!value) return value.error();
    return load_over(*static_cast<T*>(object), *value, options);
}

/// Notes a class that pointers to its bases may lead to; PARLEY_PYTHON_CLASS calls it.
template <typename T>
bool register_python_class(const PythonName& name) {
    if constexpr (std::is_polymorphic_v<T>) {
        using Type = typename boost::serialization::type_info_implementation<T>::type;
        add_python_class(boost::serialization::singleton<Type>::get_const_instance(), name);
        if constexpr (!std::is_abstract_v<T>) {
            using boost::archive::detail::export_impl;
            export_impl<OutputArchive, T>::enable_save(boost::mpl::true_());
            export_impl<InputArchive, T>::enable_load(boost::mpl::true_());
        }
    }
    return true;
}

}  // namespace parley::pickle

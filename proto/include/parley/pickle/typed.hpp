// Pickles of C++ objects of any type that Boost.Serialization can serialize: object in, bytes out,
// and back. docs/typed.md has the table of what becomes what in Python.
//
//     struct Reading {
//         std::string sensor;
//         double value = 0;
//         template <typename Archive> void serialize(Archive& archive, unsigned) {
//             archive & BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value);
//         }
//     };
//     parley::Buffer pickled;
//     parley::pickle::dumps(Reading{"oven", 21.5}, pickled).value();
//     auto reading = parley::pickle::loads<Reading>(std::move(pickled)).value();
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace parley::pickle {

/// How an object is written.
struct EncodeOptions {
    /// 2 to 5. Python 2.7 reads 2, every Python 3 reads 3, 3.4 and later 4, 3.8 and later 5.
    int protocol = 4;
    /// How deep objects and containers may lie inside each other: each level takes stack.
    std::size_t max_depth = 1000;
};

/// How an object is read.
struct DecodeOptions {
    /// The limits of the reader.
    LoadOptions load = {};
    /// How deep objects and containers may lie inside each other: each level takes stack.
    std::size_t max_depth = 1000;
    /// How many items of containers are read at most: a container that the pickle shares is read as
    /// often as it is referred to. None for some more than the message can hold.
    std::optional<std::uint64_t> max_items = std::nullopt;
};

/// What has a typed form: anything but a Value, which is pickled as it is.
template <typename T>
concept Typed = std::is_object_v<T> && !std::convertible_to<const T&, Value>;

/// Appends the pickle of an object to a buffer, which keeps its capacity. Fails with not_picklable
/// or invalid_argument, the detail saying at which member; the buffer is then as it was. Lets
/// through what the object's own serialize function throws. Thread-safe.
template <Typed T>
[[nodiscard]] Result<void> dumps(const T& object, Buffer& out, const EncodeOptions& options = {});

/// The object of a pickle that fills all of the bytes. Fails as `loads` does for a Value, and with
/// wrong_type, out_of_range or missing_key, the detail saying at which member, what was expected
/// and what came; with pickle_too_deep or pickle_too_large over a limit. Lets through what the
/// object's own serialize function throws. Thread-safe.
template <typename T>
[[nodiscard]] Result<T> loads(ConstBytes bytes, const DecodeOptions& options = {});
/// The same, taking over the memory: the views of parley::Value and parley::ndarray point into it.
template <typename T>
[[nodiscard]] Result<T> loads(Buffer&& bytes, const DecodeOptions& options = {});
/// The same, over an object that is there already; on failure it is as it was. Needs a default
/// constructor.
template <typename T>
[[nodiscard]] Result<void> loads_into(T& object, Buffer&& bytes, const DecodeOptions& options = {});

/// The object that a value stands for, as `loads` makes it of bytes.
template <typename T>
[[nodiscard]] Result<T> from_value(const Value& value, const DecodeOptions& options = {});
template <typename T>
[[nodiscard]] Result<void> from_value_into(T& object, const Value& value,
                                           const DecodeOptions& options = {});

/// `dumps` and `loads_into` of some type, for code that is no template.
using Encode = Result<void> (*)(const void* object, Buffer& out, const EncodeOptions& options);
using Decode = Result<void> (*)(void* object, Buffer&& bytes, const DecodeOptions& options);

template <Typed T>
[[nodiscard]] Result<void> encode(const void* object, Buffer& out, const EncodeOptions& options) {
    return dumps(*static_cast<const T*>(object), out, options);
}
template <typename T>
[[nodiscard]] Result<void> decode(void* object, Buffer&& bytes, const DecodeOptions& options) {
    return loads_into(*static_cast<T*>(object), std::move(bytes), options);
}
/// The same over an object that nobody has used yet, nor will where it fails.
template <typename T>
[[nodiscard]] Result<void> decode_fresh(void* object, Buffer&& bytes, const DecodeOptions& options);

}  // namespace parley::pickle

// Any Python object as a C++ value: what recv() returns and send() takes. Knows no socket and runs
// no code. docs/pickle.md tells how each Python type is kept.
//
//     parley::Value request = parley::dict({{"method", "sum"}, {"values", parley::list(1, 2.5)}});
//     for (const parley::Value& item : request["values"].as_list()) total += item.get<double>();
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/pickle/cell.hpp>
#include <parley/pickle/message.hpp>

#include <compare>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley {

class Elements;
class Entries;
class Object;
struct Entry;
namespace pickle {
struct Access;
}

/// The Python types that parley tells apart.
enum class Kind : std::uint8_t {
    none,             ///< None
    bool_,            ///< bool
    int_,             ///< int of any size (Python 2's long too)
    float_,           ///< float
    complex,          ///< complex
    str,              ///< str (Python 2's unicode), kept as UTF-8; lone surrogates are allowed
    legacy_str,       ///< Python 2's str: bytes that meant text, or not
    bytes,            ///< bytes
    bytearray,        ///< bytearray
    list,             ///< list
    tuple,            ///< tuple
    dict,             ///< dict
    set,              ///< set
    frozenset,        ///< frozenset
    ellipsis,         ///< ...
    not_implemented,  ///< NotImplemented
    global,           ///< a class, a function, anything that is kept by its name
    object,           ///< an instance of a class: how it was made and what was done to it
    persistent_id,    ///< an object outside of the pickle, by the id it was given
    extension,        ///< a class or function by its code in copyreg's registry
    buffer,           ///< an out-of-band buffer of protocol 5
};

/// The name of a kind as Python has it ("NoneType", "int"), or parley's own where it has none.
/// Thread-safe.
[[nodiscard]] std::string_view kind_name(Kind kind) noexcept;

template <typename T>
concept CharacterLike = std::same_as<T, char> || std::same_as<T, wchar_t> ||
    std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>;
/// The C++ integers that mean numbers: neither bool nor a character.
template <typename T>
concept IntegerLike =
    std::integral<T> && !std::same_as<T, bool> && !CharacterLike<T> && sizeof(T) <= 8;
/// What converts to a std::string_view and is not a null pointer.
template <typename T>
concept TextLike = std::convertible_to<const T&, std::string_view> &&
    !std::same_as<std::remove_cvref_t<T>, std::nullptr_t>;

/// How `Value::get<T>()` makes a T; specialised here for numbers and text, in parley/convert.hpp
/// for the standard containers, and by programs for types of their own: `static T from(const
/// Value&)`, which throws TypeError where it cannot.
template <typename T>
struct FromValue;

/// A Python object.
///
/// An immutable handle, as cheap to copy as a shared pointer: containers and instances are shared,
/// not copied, and a part keeps its whole message alive. Any number of threads may read any copies
/// of it at once; one handle may not be assigned to while another thread uses that very handle.
/// Views that it hands out (text, bytes, spans) stay valid as long as any Value of the same message
/// lives. Cycles and any depth are fine. The functions that throw throw TypeError with what was
/// expected and what came.
class Value {
public:
    /// None.
    Value() noexcept : cell_(pickle::Cell::make(pickle::Tag::none)) {}
    Value(std::nullptr_t) noexcept : Value() {}
    Value(std::nullopt_t) noexcept : Value() {}
    template <std::same_as<bool> T>
    Value(T value) noexcept : cell_(pickle::Cell::make(pickle::Tag::boolean, value ? 1 : 0)) {}
    template <IntegerLike T>
    Value(T value)
        : cell_(pickle::Cell::make(pickle::Tag::integer, static_cast<std::int64_t>(value))) {
        if constexpr (std::unsigned_integral<T>) {
            if (!std::in_range<std::int64_t>(value)) make_unsigned(value);
        }
    }
    template <std::floating_point T>
    Value(T value) noexcept : cell_(pickle::Cell::make_real(static_cast<double>(value))) {}
    Value(std::complex<double> value);
    /// A str of UTF-8 text. Throws UsageError (invalid_argument) if it is not UTF-8; the three
    /// bytes that a lone surrogate would take are allowed, as with Python's surrogatepass.
    Value(std::string_view text);
    Value(const std::string& text) : Value(std::string_view(text)) {}
    Value(const char* text) : Value(std::string_view(text)) {}
    Value(std::u8string_view text)
        : Value(std::string_view(reinterpret_cast<const char*>(text.data()), text.size())) {}
    Value(const char8_t* text) : Value(std::u8string_view(text)) {}

    Value(const Value& other) noexcept
        : cell_(other.cell_), message_(other.cell_.is_pointer() ? other.message_ : nullptr) {
        if (message_ != nullptr) message_->retain();
    }
    Value(Value&& other) noexcept
        : cell_(std::exchange(other.cell_, pickle::Cell::make(pickle::Tag::none))),
          message_(std::exchange(other.message_, nullptr)) {}
    Value& operator=(const Value& other) noexcept {
        Value copy(other);
        return *this = std::move(copy);
    }
    Value& operator=(Value&& other) noexcept {
        std::swap(cell_, other.cell_);
        std::swap(message_, other.message_);
        return *this;
    }
    ~Value() {
        if (message_ != nullptr) message_->release();
    }

    [[nodiscard]] Kind kind() const noexcept;

    [[nodiscard]] bool is_none() const noexcept { return has(pickle::Tag::none); }
    [[nodiscard]] bool is_bool() const noexcept { return has(pickle::Tag::boolean); }
    /// An int of any size; a bool is none.
    [[nodiscard]] bool is_int() const noexcept {
        return has(pickle::Tag::integer) || has(pickle::Tag::big_integer);
    }
    [[nodiscard]] bool is_float() const noexcept { return has(pickle::Tag::real); }
    [[nodiscard]] bool is_complex() const noexcept { return has(pickle::Tag::complex); }
    [[nodiscard]] bool is_str() const noexcept { return has(pickle::Tag::str); }
    [[nodiscard]] bool is_legacy_str() const noexcept { return has(pickle::Tag::legacy_str); }
    [[nodiscard]] bool is_bytes() const noexcept {
        return has(pickle::Tag::bytes) || has(pickle::Tag::bytes_node);
    }
    [[nodiscard]] bool is_bytearray() const noexcept { return has(pickle::Tag::bytearray); }
    [[nodiscard]] bool is_list() const noexcept { return has(pickle::Tag::list); }
    [[nodiscard]] bool is_tuple() const noexcept { return has(pickle::Tag::tuple); }
    [[nodiscard]] bool is_dict() const noexcept { return has(pickle::Tag::dict); }
    [[nodiscard]] bool is_set() const noexcept { return has(pickle::Tag::set); }
    [[nodiscard]] bool is_frozenset() const noexcept { return has(pickle::Tag::frozenset); }
    [[nodiscard]] bool is_ellipsis() const noexcept { return has(pickle::Tag::ellipsis); }
    [[nodiscard]] bool is_not_implemented() const noexcept {
        return has(pickle::Tag::not_implemented);
    }
    [[nodiscard]] bool is_global() const noexcept { return has(pickle::Tag::global); }
    [[nodiscard]] bool is_object() const noexcept { return has(pickle::Tag::object); }
    [[nodiscard]] bool is_persistent_id() const noexcept { return has(pickle::Tag::persistent); }
    [[nodiscard]] bool is_extension() const noexcept { return has(pickle::Tag::extension); }
    [[nodiscard]] bool is_buffer() const noexcept { return has(pickle::Tag::buffer); }

    /// The C++ value of a value of exactly that kind. `as_int` throws TypeError (out_of_range) for
    /// an int over 64 bits: see `fits_int64` and parley/integer.hpp.
    [[nodiscard]] bool as_bool() const { return expect(pickle::Tag::boolean).integer != 0; }
    [[nodiscard]] std::int64_t as_int() const {
        if (!has(pickle::Tag::integer)) throw_not_int64();
        return cell_.integer;
    }
    [[nodiscard]] double as_float() const { return expect(pickle::Tag::real).real; }
    [[nodiscard]] std::complex<double> as_complex() const;
    [[nodiscard]] std::string_view as_str() const { return text(expect(pickle::Tag::str)); }
    [[nodiscard]] std::string_view as_legacy_str() const {
        return text(expect(pickle::Tag::legacy_str));
    }
    [[nodiscard]] std::span<const std::byte> as_bytes() const;
    [[nodiscard]] std::span<const std::byte> as_bytearray() const;
    [[nodiscard]] Elements as_list() const;
    [[nodiscard]] Elements as_tuple() const;
    [[nodiscard]] Elements as_set() const;
    [[nodiscard]] Elements as_frozenset() const;
    [[nodiscard]] Entries as_dict() const;
    [[nodiscard]] Object as_object() const;
    /// The id that stands for an object outside of the pickle.
    [[nodiscard]] Value as_persistent_id() const;
    [[nodiscard]] std::int32_t as_extension() const;
    [[nodiscard]] std::span<const std::byte> as_buffer() const;

    /// The same, or nothing where the value is of another kind (or an int does not fit).
    [[nodiscard]] std::optional<bool> if_bool() const noexcept;
    [[nodiscard]] std::optional<std::int64_t> if_int() const noexcept;
    [[nodiscard]] std::optional<double> if_float() const noexcept;
    [[nodiscard]] std::optional<std::complex<double>> if_complex() const noexcept;
    [[nodiscard]] std::optional<std::string_view> if_str() const noexcept;
    [[nodiscard]] std::optional<std::string_view> if_legacy_str() const noexcept;
    [[nodiscard]] std::optional<std::span<const std::byte>> if_bytes() const noexcept;
    [[nodiscard]] std::optional<std::span<const std::byte>> if_bytearray() const noexcept;
    [[nodiscard]] std::optional<Elements> if_list() const noexcept;
    [[nodiscard]] std::optional<Elements> if_tuple() const noexcept;
    [[nodiscard]] std::optional<Elements> if_set() const noexcept;
    [[nodiscard]] std::optional<Elements> if_frozenset() const noexcept;
    [[nodiscard]] std::optional<Entries> if_dict() const noexcept;
    [[nodiscard]] std::optional<Object> if_object() const noexcept;

    /// A float, or an int or bool as the float that Python's float() would give. Throws TypeError:
    /// wrong_type, or out_of_range for an int that no float is near to.
    [[nodiscard]] double as_number() const;
    /// Whether an int fits `as_int`.
    [[nodiscard]] bool fits_int64() const noexcept { return has(pickle::Tag::integer); }
    /// An int's two's complement, little-endian, as pickle's LONG1 has it: no byte too many, none
    /// at all for 0. Throws TypeError (wrong_type).
    [[nodiscard]] std::string int_bytes() const;
    /// A global's names as they came: Python 2's own where the pickle was of a protocol below 3.
    /// Throw TypeError (wrong_type).
    [[nodiscard]] std::string_view module() const;
    [[nodiscard]] std::string_view qualname() const;
    /// Whether this is the global that Python 3 has under these names, whichever Python sent it.
    [[nodiscard]] bool is_global(std::string_view module, std::string_view qualname) const noexcept;
    /// Whether an out-of-band buffer is read-only. Throws TypeError (wrong_type).
    [[nodiscard]] bool buffer_readonly() const;

    /// A C++ value: an int fits any integer type that is wide enough and any floating-point type,
    /// text a std::string or, as a view, a std::string_view. See FromValue. Throws TypeError.
    template <typename T>
    [[nodiscard]] T get() const {
        return FromValue<T>::from(*this);
    }

    /// The number of items, entries, bytes, or, for text, of UTF-8 bytes (not characters); like
    /// Python's len() otherwise. Throws TypeError (wrong_type).
    [[nodiscard]] std::size_t size() const;
    /// Whether `size()` is 0. Throws TypeError (wrong_type).
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// As in Python: an item by its position (negative ones count from the end), or a dict's value
    /// by its key. Throw TypeError: wrong_type for what has no items, out_of_range for a position,
    /// and missing_key for a key.
    [[nodiscard]] Value operator[](const Value& key) const { return at(key); }
    template <IntegerLike T>
    [[nodiscard]] Value operator[](T position) const {
        return at(position);
    }
    template <TextLike T>
    [[nodiscard]] Value operator[](const T& key) const {
        return at(std::string_view(key));
    }
    [[nodiscard]] Value at(const Value& key) const;
    template <IntegerLike T>
    [[nodiscard]] Value at(T position) const {
        if (!std::in_range<std::int64_t>(position)) return at(Value(position));
        return at_position(static_cast<std::int64_t>(position));
    }
    template <TextLike T>
    [[nodiscard]] Value at(const T& key) const {
        return at_text(std::string_view(key));
    }

    /// A dict's value, or nothing. Throws TypeError (wrong_type) for anything but a dict.
    [[nodiscard]] std::optional<Value> find(const Value& key) const;
    [[nodiscard]] std::optional<Value> find(std::string_view key) const;
    template <TextLike T>
    [[nodiscard]] std::optional<Value> find(const T& key) const {
        return find(std::string_view(key));
    }
    /// A dict's value, or the other one, as dict.get. Throws TypeError (wrong_type).
    template <typename Key>
    [[nodiscard]] Value get(const Key& key, Value otherwise = {}) const {
        std::optional<Value> found = find(key);
        return found ? std::move(*found) : std::move(otherwise);
    }
    /// Python's `in`: a dict's key, a set's member, an item of a list or tuple. Throws TypeError
    /// (wrong_type) for what has none of these.
    [[nodiscard]] bool contains(const Value& item) const;

    /// The items of a list, tuple, set or frozenset, or the keys of a dict, as Python iterates.
    /// Throws TypeError (wrong_type).
    [[nodiscard]] Elements elements() const;
    /// A dict's keys, and its values, in order. Throw TypeError (wrong_type).
    [[nodiscard]] Elements keys() const;
    [[nodiscard]] Elements values() const;
    /// A dict's keys with their values: `for (const auto& [key, value] : dict.items())`. Throws
    /// TypeError (wrong_type).
    [[nodiscard]] Entries items() const;

    /// Python's `is`: the same object; numbers and None are the same when they are equal bit by
    /// bit.
    [[nodiscard]] bool is(const Value& other) const noexcept;
    /// Python's `==`: 1 == 1.0 == True, list is not tuple, order is nothing to sets and dicts, an
    /// object inside a container equals itself, NaN too. Instances are equal when the same was done
    /// to make them. Takes time linear in both values whatever they share, and cycles are no
    /// trouble.
    [[nodiscard]] friend bool operator==(const Value& left, const Value& right) {
        return equal(left, right);
    }

    /// Python's `<` and its like: numbers by their worth, exactly at any size, text by its code
    /// points, bytes, lists and tuples by the first items that differ. What Python refuses to order
    /// is unordered, sets and dicts too unless they are equal. Bounded as `==` is.
    [[nodiscard]] friend std::partial_ordering operator<=>(const Value& left, const Value& right) {
        return order(left, right);
    }

    /// The protocol of the pickle this was read from; nothing for what the program made.
    [[nodiscard]] std::optional<int> protocol() const noexcept;

    /// Python's repr().
    friend std::ostream& operator<<(std::ostream& stream, const Value& value);

private:
    friend struct pickle::Access;

    /// Takes over one reference to the message.
    Value(pickle::Cell cell, pickle::Message* message) noexcept : cell_(cell), message_(message) {}

    [[nodiscard]] bool has(pickle::Tag tag) const noexcept { return cell_.tag() == tag; }
    [[nodiscard]] const pickle::Cell& expect(pickle::Tag tag) const {
        if (!has(tag)) throw_wrong_type(tag);
        return cell_;
    }
    [[nodiscard]] static std::string_view text(const pickle::Cell& cell) noexcept {
        return {cell.text(), cell.size()};
    }
    [[noreturn]] void throw_wrong_type(pickle::Tag expected) const;
    [[noreturn]] void throw_wrong_type(std::string_view expected) const;
    [[noreturn]] void throw_not_int64() const;
    void make_unsigned(std::uint64_t value);
    [[nodiscard]] Value at_position(std::int64_t position) const;
    [[nodiscard]] Value at_text(std::string_view key) const;
    [[nodiscard]] static bool equal(const Value& left, const Value& right);
    [[nodiscard]] static std::partial_ordering order(const Value& left, const Value& right);

    pickle::Cell cell_;
    pickle::Message* message_ = nullptr;
};

/// A hash that equal values have in common, as Python's hash(): 1, 1.0 and True have one. Another
/// in the next process. Throws TypeError (wrong_type) for what Python cannot hash.
[[nodiscard]] std::size_t hash(const Value& value);

/// Builds a list. Here and below values are shared with the new container, not copied.
[[nodiscard]] Value list(std::span<const Value> items);
[[nodiscard]] Value tuple(std::span<const Value> items);
/// Builds a set or a frozenset; equal members count once. Throw TypeError (wrong_type) for a member
/// that Python cannot hash.
[[nodiscard]] Value set(std::span<const Value> members);
[[nodiscard]] Value frozenset(std::span<const Value> members);
/// Builds a dict in this order; the last value of a key counts. Throws TypeError (wrong_type) for a
/// key that Python cannot hash.
[[nodiscard]] Value dict(std::span<const Entry> entries);
[[nodiscard]] Value dict(std::initializer_list<Entry> entries);

[[nodiscard]] inline Value list(std::initializer_list<Value> items) {
    return list(std::span(items.begin(), items.size()));
}
[[nodiscard]] inline Value tuple(std::initializer_list<Value> items) {
    return tuple(std::span(items.begin(), items.size()));
}
[[nodiscard]] inline Value set(std::initializer_list<Value> members) {
    return set(std::span(members.begin(), members.size()));
}
[[nodiscard]] inline Value frozenset(std::initializer_list<Value> members) {
    return frozenset(std::span(members.begin(), members.size()));
}
template <typename... Items>
requires(std::convertible_to<const Items&, Value>&&...) [[nodiscard]] Value
    list(const Items&... items) {
    return list({Value(items)...});
}
template <typename... Items>
requires(std::convertible_to<const Items&, Value>&&...) [[nodiscard]] Value
    tuple(const Items&... items) {
    return tuple({Value(items)...});
}
template <typename... Items>
requires(std::convertible_to<const Items&, Value>&&...) [[nodiscard]] Value
    set(const Items&... members) {
    return set({Value(members)...});
}
template <typename... Items>
requires(std::convertible_to<const Items&, Value>&&...) [[nodiscard]] Value
    frozenset(const Items&... members) {
    return frozenset({Value(members)...});
}
[[nodiscard]] Value list();
[[nodiscard]] Value tuple();
[[nodiscard]] Value set();
[[nodiscard]] Value frozenset();
[[nodiscard]] Value dict();

/// Python bytes: copied, or, from a Buffer, taken over without a copy.
[[nodiscard]] Value bytes(std::span<const std::byte> data);
[[nodiscard]] Value bytes(std::string_view data);
[[nodiscard]] Value bytes(Buffer&& data);
[[nodiscard]] Value bytearray(std::span<const std::byte> data);
[[nodiscard]] Value bytearray(std::string_view data);
[[nodiscard]] Value bytearray(Buffer&& data);
/// Python 2's str; Python 3 reads it as ASCII text.
[[nodiscard]] Value legacy_str(std::string_view data);
/// An int from its two's complement, little-endian.
[[nodiscard]] Value integer(std::span<const std::byte> twos_complement);
[[nodiscard]] Value ellipsis() noexcept;
[[nodiscard]] Value not_implemented() noexcept;
/// A class or function by the names that Python 3 has for it. Throws UsageError (invalid_argument)
/// for names that are not UTF-8 or hold a line feed.
[[nodiscard]] Value global(std::string_view module, std::string_view qualname);
/// An object that the receiver knows by this id (Unpickler.persistent_load).
[[nodiscard]] Value persistent_id(const Value& id);
/// A class or function by its code in copyreg's registry. Throws UsageError (invalid_argument)
/// unless the code is positive.
[[nodiscard]] Value extension(std::int32_t code);
/// A buffer to be written out of band, or in place as bytes (bytearray unless readonly).
[[nodiscard]] Value buffer(Buffer&& data, bool readonly);

}  // namespace parley

/// For std::unordered_map and the like; see parley::hash.
template <>
struct std::hash<parley::Value> {
    [[nodiscard]] std::size_t operator()(const parley::Value& value) const {
        return parley::hash(value);
    }
};

#include <parley/value_range.hpp>

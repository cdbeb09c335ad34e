// bool, integers, floating-point and complex numbers, and enums.
#pragma once

#include <parley/pickle/enumerator.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <boost/archive/basic_archive.hpp>
#include <boost/serialization/level.hpp>

#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley::pickle {

template <>
struct Mapping<bool> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "bool"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        return cell.tag() == Tag::boolean ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, bool value) { archive.encoder().boolean(value); }
    static void load(InputArchive& archive, const Cell& cell, bool& value) {
        if (cell.tag() != Tag::boolean) return load_scalar(archive, cell, value);
        value = cell.integer != 0;
    }
    static void load_scalar(InputArchive& archive, const Cell& cell, bool& value);
};

/// The range of an integer type, in words.
[[nodiscard]] std::string describe_range(std::int64_t least, std::uint64_t greatest);

/// A value of numpy's own number types as a plain number; Tag::absent for anything else.
[[nodiscard]] Cell scalar_of(const InputArchive& archive, const Cell& cell);

inline void Mapping<bool>::load_scalar(InputArchive& archive, const Cell& cell, bool& value) {
    const Cell scalar = scalar_of(archive, cell);
    if (scalar.tag() != Tag::boolean) archive.fail_type("bool", cell);
    value = scalar.integer != 0;
}

template <Integer T>
struct Mapping<T> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "int"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        if (cell.tag() == Tag::integer) {
            return std::in_range<Number>(cell.integer) ? Fit::exact : Fit::none;
        }
        std::uint64_t wide;
        return as_unsigned(cell, wide) ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, T value) {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t))
            archive.write_unsigned(value);
        else
            archive.encoder().integer(static_cast<std::int64_t>(value));
    }
    static void load(InputArchive& archive, const Cell& cell, T& value) {
        if (cell.tag() != Tag::integer) return load_wide(archive, cell, value);
        if (!std::in_range<Number>(cell.integer)) fail_range(archive, cell);
        value = static_cast<T>(cell.integer);
    }

private:
    // A number of the same range that is no character type.
    using Number = std::conditional_t<
        std::is_signed_v<T>,
        std::conditional_t<
            sizeof(T) == 1, std::int8_t,
            std::conditional_t<sizeof(T) == 2, std::int16_t,
                               std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>>,
        std::conditional_t<
            sizeof(T) == 1, std::uint8_t,
            std::conditional_t<sizeof(T) == 2, std::uint16_t,
                               std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>>;

    static bool as_unsigned(const Cell& cell, std::uint64_t& wide) noexcept {
        if constexpr (!std::same_as<Number, std::uint64_t>) return false;
        if (cell.tag() != Tag::big_integer || cell.size() != 9) return false;
        if (cell.data()[8] != std::byte{0}) return false;
        std::memcpy(&wide, cell.data(), sizeof wide);
        return true;
    }
    static void load_wide(InputArchive& archive, const Cell& cell, T& value) {
        std::uint64_t wide;
        if (as_unsigned(cell, wide)) {
            value = static_cast<T>(wide);
            return;
        }
        if (cell.tag() == Tag::big_integer) fail_range(archive, cell);
        const Cell scalar = scalar_of(archive, cell);
        if (scalar.tag() != Tag::integer) archive.fail_type("int", cell);
        if (!std::in_range<Number>(scalar.integer)) fail_range(archive, cell);
        value = static_cast<T>(scalar.integer);
    }
    [[noreturn]] static void fail_range(InputArchive& archive, const Cell& cell) {
        using Limits = std::numeric_limits<Number>;
        archive.fail_range(describe_range(static_cast<std::int64_t>(Limits::min()),
                                          static_cast<std::uint64_t>(Limits::max())),
                           cell);
    }
};

template <std::floating_point T>
struct Mapping<T> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "float"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        if (cell.tag() == Tag::real) {
            const bool is_same = std::isnan(cell.real) ||
                                 static_cast<double>(static_cast<T>(cell.real)) == cell.real;
            return is_same ? Fit::exact : Fit::possible;
        }
        return cell.tag() == Tag::integer || cell.tag() == Tag::big_integer ? Fit::possible
                                                                            : Fit::none;
    }
    static void save(OutputArchive& archive, T value) {
        archive.encoder().floating(static_cast<double>(value));
    }
    static void load(InputArchive& archive, const Cell& cell, T& value) {
        const double wide = cell.tag() == Tag::real ? cell.real : from_other(archive, cell);
        value = static_cast<T>(wide);
        if constexpr (sizeof(T) < sizeof(double)) {
            if (std::isinf(value) && !std::isinf(wide)) {
                archive.fail_range("a float of single precision", cell);
            }
        }
    }

private:
    static double from_other(InputArchive& archive, const Cell& cell) {
        if (cell.tag() == Tag::integer) return static_cast<double>(cell.integer);
        if (cell.tag() == Tag::big_integer) {
            const std::optional<double> wide = archive.if_number(cell);
            if (!wide) archive.fail_range("an int that a float can hold", cell);
            return *wide;
        }
        const Cell scalar = scalar_of(archive, cell);
        if (scalar.tag() == Tag::real) return scalar.real;
        if (scalar.tag() == Tag::integer) return static_cast<double>(scalar.integer);
        archive.fail_type("float", cell);
    }
};

template <std::floating_point T>
struct Mapping<std::complex<T>> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "complex"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) noexcept {
        if (cell.tag() == Tag::complex) return Fit::exact;
        return Mapping<T>::fit(archive, cell) == Fit::none ? Fit::none : Fit::possible;
    }
    static void save(OutputArchive& archive, const std::complex<T>& value) {
        archive.write_global("builtins", "complex");
        archive.write(value.real());
        archive.write(value.imag());
        archive.end_tuple(2);
        archive.encoder().opcode(Opcode::REDUCE);
    }
    static void load(InputArchive& archive, const Cell& cell, std::complex<T>& value) {
        if (cell.tag() == Tag::complex) {
            const ComplexNode& node = *cell.complex();
            value = {static_cast<T>(node.real), static_cast<T>(node.imag)};
            return;
        }
        if (Mapping<T>::fit(archive, cell) == Fit::none) archive.fail_type("complex", cell);
        T real;
        archive.read(cell, real);
        value = real;
    }
};

template <typename T>
requires std::is_enum_v<T> &&(!std::same_as<T, std::byte>)struct Mapping<T> {
    using Number = std::underlying_type_t<T>;

    static constexpr bool is_hashable = true;
    static std::string expected() {
        if constexpr (HasPythonClass<T>)
            return std::string(PythonClass<T>::name.module) + '.' +
                   std::string(PythonClass<T>::name.qualname);
        else
            return "int";
    }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() == Tag::object) return find_member(archive, cell) ? Fit::exact : Fit::none;
        if (cell.tag() != Tag::integer) return Fit::none;
        return HasPythonClass<T> ? Fit::possible : Fit::exact;
    }
    static void save(OutputArchive& archive, T value) {
        if constexpr (HasPythonClass<T>) {
            archive.write_class(PythonClass<T>::name);
            archive.write(static_cast<Number>(value));
            archive.end_tuple(1);
            archive.encoder().opcode(Opcode::REDUCE);
        } else {
            archive.write(static_cast<Number>(value));
        }
    }
    static void load(InputArchive& archive, const Cell& cell, T& value) {
        const Cell* number = &cell;
        if (cell.tag() == Tag::object) {
            const std::optional<Member> member = find_member(archive, cell);
            if (!member) archive.fail_type(expected(), cell);
            if (member->by_name) {
                value = *member->by_name;
                return;
            }
            number = member->by_value;
        }
        Number read;
        archive.read(*number, read);
        value = static_cast<T>(read);
    }

private:
    struct Member {
        const Cell* by_value = nullptr;
        std::optional<T> by_name = std::nullopt;
    };
    /// The member of the Python enum that an instance is, or nothing for anything else.
    static std::optional<Member> find_member(const InputArchive& archive, const Cell& cell) {
        if constexpr (HasPythonClass<T>) {
            const PythonName& python = PythonClass<T>::name;
            if (const Cell* const number = archive.enum_value(cell, python)) return Member{number};
            if (const auto name = archive.enum_name(cell, python)) {
                if (const auto value = find_enumerator<T>(*name)) return Member{nullptr, value};
            }
        }
        return std::nullopt;
    }
};

/// Converts to just this type, and so finds a constructor that takes no other.
template <typename Wanted>
struct Exactly {
    template <typename T>
    requires std::same_as<T, Wanted>
    operator T() const;
};
template <typename T, typename Number>
concept Takes = requires(Exactly<Number> number) {
    T{number};
};
/// The first of some types that a constructor of T's takes.
template <typename T, typename... Numbers>
struct FirstTaken {};
template <typename T, typename Number, typename... Others>
struct FirstTaken<T, Number, Others...> : FirstTaken<T, Others...> {};
template <typename T, typename Number, typename... Others>
requires Takes<T, Number>
struct FirstTaken<T, Number, Others...> {
    using Type = Number;
};

/// Numbers and strings in types of their own that are primitive to Boost.Serialization:
/// collection_size_type, say, and strong typedefs. Each has a constructor from its number, or from
/// the type that it is a kind of.
template <typename T>
requires std::is_class_v<T> &&(boost::serialization::implementation_level<T>::value ==
                               boost::serialization::primitive_type) &&
    (std::convertible_to<const T&, std::int64_t> ||
     std::convertible_to<const T&, std::string>)struct Mapping<T> {
    using Taken =
        typename FirstTaken<T, bool, char, signed char, unsigned char, short, unsigned short, int,
                            unsigned, long, unsigned long, long long, unsigned long long, float,
                            double, long double, std::string, boost::archive::class_id_type,
                            boost::archive::object_id_type>::Type;
    static constexpr bool is_plain =
        std::is_arithmetic_v<Taken> || std::same_as<Taken, std::string>;
    using Plain = std::conditional_t<is_plain, Taken, std::int64_t>;
    using Saved = std::conditional_t<std::is_arithmetic_v<Plain>, Plain, const Plain&>;

    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return Mapping<Plain>::expected(); }
    static Fit fit(const InputArchive& archive, const Cell& cell) noexcept {
        return Mapping<Plain>::fit(archive, cell);
    }
    static void save(OutputArchive& archive, const T& value) {
        archive.write(static_cast<Saved>(value));
    }
    static void load(InputArchive& archive, const Cell& cell, T& value) {
        Plain plain{};
        archive.read(cell, plain);
        if constexpr (is_plain)
            value = T{plain};
        else
            value = T{Taken(static_cast<std::size_t>(plain))};
    }
};

}  // namespace parley::pickle

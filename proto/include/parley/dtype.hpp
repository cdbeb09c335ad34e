// numpy's dtype: what one element of an array is.
#pragma once

#include <parley/well_known.hpp>

#include <bit>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace parley {

/// The C++ types that numpy has elements of.
template <typename T>
concept ElementType =
    std::same_as<T, bool> || IntegerLike<T> || std::same_as<T, float> || std::same_as<T, double> ||
    std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>>;

/// A numpy.dtype. A value, cheap to copy; thread-safe as values are.
class DType {
public:
    struct Field;

    /// As numpy reads it: "f8", "<i4", ">u2", "b1", "c16", "S5", "U3", "M8[ns]", "m8[10s]", "V16",
    /// "O". Without a mark the byte order is native. Throws UsageError (invalid_argument) for
    /// anything else.
    explicit DType(std::string_view text);
    /// A record of fields at their offsets. Throws UsageError (invalid_argument) where a field
    /// reaches past the end.
    [[nodiscard]] static DType structured(std::vector<Field> fields, std::size_t itemsize);
    /// The dtype of a C++ type: `DType::of<double>()` is "f8".
    template <ElementType T>
    [[nodiscard]] static DType of() {
        return DType(std::string(1, kind_of<T>()) + std::to_string(sizeof(T)));
    }
    template <ElementType T>
    [[nodiscard]] static constexpr char kind_of() noexcept {
        if constexpr (std::same_as<T, bool>)
            return 'b';
        else if constexpr (std::floating_point<T>)
            return 'f';
        else if constexpr (std::unsigned_integral<T>)
            return 'u';
        else if constexpr (std::integral<T>)
            return 'i';
        else
            return 'c';
    }

    /// 'b' bool, 'i' and 'u' integers, 'f' float, 'c' complex, 'm' timedelta64, 'M' datetime64, 'S'
    /// bytes, 'U' str in UTF-32, 'V' records and raw memory, 'O' objects.
    [[nodiscard]] char kind() const noexcept { return kind_; }
    /// In bytes.
    [[nodiscard]] std::size_t itemsize() const noexcept { return itemsize_; }
    /// '<', '>', or '|' where it does not matter.
    [[nodiscard]] char byteorder() const noexcept { return order_; }
    [[nodiscard]] bool is_native() const noexcept {
        return order_ == '|' || order_ == (std::endian::native == std::endian::little ? '<' : '>');
    }
    /// Of datetime64 and timedelta64: the unit ("ns"; "generic" for none) and how many of it make
    /// one.
    [[nodiscard]] const std::string& unit() const noexcept { return unit_; }
    [[nodiscard]] std::int64_t unit_count() const noexcept { return unit_count_; }
    /// A record's fields in order; empty for anything else.
    [[nodiscard]] const std::vector<Field>& fields() const noexcept;
    /// Where an element is itself an array: its shape, empty otherwise, ...
    [[nodiscard]] const std::vector<std::size_t>& subshape() const noexcept;
    /// ... and the dtype of that array's elements, or this dtype itself.
    [[nodiscard]] const DType& base() const noexcept;

    /// Whether the elements are T's: of the same kind and size, in native order. 64-bit integers
    /// stand for datetime64 and timedelta64, too.
    template <ElementType T>
    [[nodiscard]] bool holds() const noexcept {
        const bool is_time = (kind_ == 'M' || kind_ == 'm') && kind_of<T>() == 'i';
        return (kind_ == kind_of<T>() || is_time) && itemsize_ == sizeof(T) && is_native();
    }

    /// The text that numpy's dtype.str has: "<f8", "|S5", "<M8[ns]", "|V24" for records.
    [[nodiscard]] std::string str() const;
    /// As numpy's repr() shows it in an array: "float64", "'<U3'", "[('x', '<i4'), ('y', '<f8')]".
    [[nodiscard]] std::string description() const;

    /// The name of numpy's scalar type: "float64", "str_", "datetime64", "void".
    [[nodiscard]] std::string type_name() const;

    [[nodiscard]] static Result<DType> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const DType& left, const DType& right);

private:
    struct Parts;
    friend class DTypeReader;

    DType() = default;
    [[nodiscard]] std::string number_name() const;

    char kind_ = 'V';
    char order_ = '|';
    std::size_t itemsize_ = 0;
    std::string unit_ = {};
    std::int64_t unit_count_ = 1;
    std::int64_t alignment_ = -1;
    std::int64_t flags_ = 0;
    std::shared_ptr<const Parts> parts_ = {};
};

/// A field of a record.
struct DType::Field {
    std::string name;
    DType dtype;
    std::size_t offset;  ///< In bytes from the record's start.

    friend bool operator==(const Field&, const Field&) = default;
};

}  // namespace parley

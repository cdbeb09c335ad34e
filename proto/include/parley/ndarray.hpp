// numpy's arrays and scalars: their shape and elements, in place in the message that they came in.
//
//     parley::NdArray image = value.get<parley::NdArray>();
//     for (float pixel : image.view<float>()) total += pixel;
//     connection.send(parley::NdArray::of<double>(samples, {rows, columns}));
#pragma once

#include <parley/buffer.hpp>
#include <parley/dtype.hpp>
#include <parley/unaligned.hpp>
#include <parley/well_known.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley {

/// A numpy.ndarray, of numpy 1 or 2, however it was pickled.
///
/// Immutable; copies share the elements, which lie in the message as they came and keep it alive.
/// Thread-safe as values are. Subclasses (numpy.matrix, recarray) are read as plain arrays.
class NdArray {
public:
    /// How elements follow each other in memory: the last index varies fastest, or the first one.
    enum class Order { c, fortran };

    /// Takes over the elements. Throws UsageError (invalid_argument) unless there are as many bytes
    /// as dtype and shape say.
    NdArray(DType dtype, std::vector<std::size_t> shape, Buffer&& data, Order order = Order::c);
    /// Shares the elements: bytes, bytearray or buffer, or a list for an array of objects. Throws
    /// UsageError (invalid_argument) unless there are as many as dtype and shape say.
    NdArray(DType dtype, std::vector<std::size_t> shape, Value data, Order order = Order::c);
    /// Copies the elements, in C order. Throws UsageError (invalid_argument) unless there are as
    /// many as the shape says.
    template <ElementType T>
    [[nodiscard]] static NdArray of(std::span<const T> elements, std::vector<std::size_t> shape) {
        return NdArray(DType::of<T>(), std::move(shape), Buffer(std::as_bytes(elements)));
    }
    template <ElementType T>
    [[nodiscard]] static NdArray of(std::initializer_list<T> elements,
                                    std::vector<std::size_t> shape) {
        return of(std::span<const T>(elements.begin(), elements.size()), std::move(shape));
    }

    [[nodiscard]] const DType& dtype() const noexcept { return dtype_; }
    [[nodiscard]] const std::vector<std::size_t>& shape() const noexcept { return shape_; }
    [[nodiscard]] std::size_t ndim() const noexcept { return shape_.size(); }
    /// The number of elements.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// How many bytes apart neighbours are along each axis.
    [[nodiscard]] const std::vector<std::size_t>& strides() const noexcept { return strides_; }
    /// Whether the elements fill their memory in that order.
    [[nodiscard]] bool is_contiguous(Order order = Order::c) const noexcept;

    /// The memory of a contiguous array, in whatever order. Throws TypeError (wrong_type) for
    /// objects and for a field of records.
    [[nodiscard]] std::span<const std::byte> bytes() const;
    /// The elements of a contiguous array in the order in which they lie in memory, without a copy.
    /// Throws TypeError (wrong_type) unless `dtype().holds<T>()`.
    template <ElementType T>
    [[nodiscard]] UnalignedSpan<T> view() const {
        if (!dtype_.holds<T>()) throw_not_held(DType::of<T>());
        return UnalignedSpan<T>(bytes());
    }
    /// The same as a real span, where the message happens to hold the elements aligned.
    template <ElementType T>
    requires(!std::same_as<T, bool>) [[nodiscard]] std::optional<std::span<const T>> span() const {
        const UnalignedSpan<T> elements = view<T>();
        if (reinterpret_cast<std::uintptr_t>(elements.data()) % alignof(T) != 0)
            return std::nullopt;
        return std::span(reinterpret_cast<const T*>(elements.data()), elements.size());
    }
    /// A copy of the elements in C order, whatever their order in memory and byte order; converted,
    /// where no value is lost but a float's last digits. Throws TypeError: wrong_type, or
    /// out_of_range for a number that T does not have.
    template <ElementType T>
    [[nodiscard]] std::vector<T> to_vector() const;
    /// One element, converted in the same way. Throws TypeError, out_of_range for a bad index too.
    template <ElementType T>
    [[nodiscard]] T at(std::initializer_list<std::size_t> index) const;

    /// The elements of an array of str (as UTF-8) or bytes in C order, without the NULs that fill
    /// them up. Throws TypeError (wrong_type) for other arrays.
    [[nodiscard]] std::vector<std::string> to_strings() const;
    /// The elements of an array of objects in C order. Throws TypeError (wrong_type) for other
    /// arrays.
    [[nodiscard]] std::vector<Value> to_objects() const;
    /// One field of an array of records, in place. Throws TypeError (missing_key).
    [[nodiscard]] NdArray field(std::string_view name) const;

    /// Arrays, and scalars as arrays without dimensions.
    [[nodiscard]] static Result<NdArray> from_value(const Value& value);
    /// In a form that every numpy loads, and without a copy where the array came as bytes or
    /// Buffer.
    operator Value() const;  // NOLINT(google-explicit-constructor)

private:
    friend struct Array;
    friend struct NumpyScalar;

    [[noreturn]] void throw_not_held(const DType& wanted) const;
    [[nodiscard]] std::span<const std::byte> memory() const;
    [[nodiscard]] Value data_value() const;
    [[nodiscard]] NdArray with_dtype(const DType& dtype, std::size_t offset) const;
    [[nodiscard]] std::vector<std::size_t> offsets() const;
    [[nodiscard]] std::size_t offset_of(std::initializer_list<std::size_t> index) const;

    DType dtype_;
    std::vector<std::size_t> shape_;
    std::vector<std::size_t> strides_;
    std::size_t size_ = 0;
    std::size_t offset_ = 0;  // of the first element
    Value owner_;             // bytes in some form, or a list of objects
};

/// A numpy scalar: numpy.float64(1.5), numpy.datetime64('2024-01-02').
struct NumpyScalar {
    NdArray array;  ///< Without dimensions.

    template <ElementType T>
    [[nodiscard]] static NumpyScalar of(T value) {
        return {NdArray::of<T>({value}, {})};
    }
    /// Converted as in NdArray::to_vector.
    template <ElementType T>
    [[nodiscard]] T as() const {
        return array.at<T>({});
    }

    [[nodiscard]] static Result<NumpyScalar> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

}  // namespace parley

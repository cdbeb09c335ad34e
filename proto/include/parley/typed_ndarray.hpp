// Numeric arrays of one C++ type as numpy arrays, in messages of any type.
//
//     connection.send(parley::as_ndarray(std::span(samples), {rows, columns}));
//     auto image = connection.recv<parley::ndarray<float>>();
//     for (float pixel : image) total += pixel;
#pragma once

#include <parley/ndarray.hpp>
#include <parley/pickle/archive.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace parley {

/// A numpy array of any number of dimensions whose elements are T's, in C order.
///
/// Received from numpy it lies in the message as it came, without a copy, and keeps the message
/// alive; elements of another type or order are converted, where nothing is lost but a float's last
/// digits, and so are (nested) lists. Immutable; copies share the elements. Thread-safe as values
/// are.
template <ElementType T>
class ndarray {
public:
    using value_type = T;
    using iterator = typename UnalignedSpan<T>::Iterator;

    /// One dimension, no element.
    ndarray() : ndarray(std::span<const T>()) {}
    /// A copy of the elements, in one dimension or in C order. Throws UsageError (invalid_argument)
    /// unless there are as many as the shape says.
    explicit ndarray(std::span<const T> elements) : ndarray(elements, {elements.size()}) {}
    ndarray(std::span<const T> elements, std::vector<std::size_t> shape)
        : ndarray(NdArray::of<T>(elements, std::move(shape))) {}
    /// An array of just this dtype. Throws TypeError (wrong_type) for any other, and for one that
    /// is not contiguous in C order.
    explicit ndarray(NdArray array) : array_(std::move(array)), elements_(array_.view<T>()) {
        if (!array_.is_contiguous()) {
            throw_failure({Errc::wrong_type, "expected an array in C order"});
        }
    }

    [[nodiscard]] const std::vector<std::size_t>& shape() const noexcept { return array_.shape(); }
    [[nodiscard]] std::size_t ndim() const noexcept { return array_.ndim(); }
    /// The number of elements.
    [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
    [[nodiscard]] bool empty() const noexcept { return elements_.empty(); }
    /// The elements in C order, wherever they lie in memory.
    [[nodiscard]] iterator begin() const noexcept { return elements_.begin(); }
    [[nodiscard]] iterator end() const noexcept { return elements_.end(); }
    /// By position in C order, which must be below `size()`.
    [[nodiscard]] T operator[](std::size_t position) const noexcept { return elements_[position]; }
    /// By one index for each dimension. Throws TypeError (out_of_range).
    [[nodiscard]] T at(std::initializer_list<std::size_t> index) const {
        return array_.at<T>(index);
    }
    /// The elements as a real span, where they happen to be aligned.
    [[nodiscard]] std::optional<std::span<const T>> span() const requires(!std::same_as<T, bool>) {
        return array_.span<T>();
    }
    [[nodiscard]] std::span<const std::byte> bytes() const { return array_.bytes(); }
    [[nodiscard]] std::vector<T> to_vector() const { return {begin(), end()}; }
    /// The same array without its C++ type.
    [[nodiscard]] const NdArray& untyped() const noexcept { return array_; }

private:
    NdArray array_;
    UnalignedSpan<T> elements_;
};

/// Elements of the program's own that are sent as a numpy array. Valid as long as they are.
template <ElementType T>
struct ndarray_view {
    std::span<const T> elements;
    std::vector<std::size_t> shape;
};

/// Sends elements as a numpy array of one dimension.
template <typename Range>
[[nodiscard]] auto as_ndarray(const Range& elements) {
    const std::span view(elements);
    return ndarray_view<std::remove_const_t<typename decltype(view)::element_type>>{view,
                                                                                    {view.size()}};
}
/// The same of any shape, in C order. Throws UsageError (invalid_argument) unless there are as many
/// as the shape says.
template <typename Range>
[[nodiscard]] auto as_ndarray(const Range& elements, std::vector<std::size_t> shape) {
    auto view = as_ndarray(elements);
    pickle::check_shape(shape, view.elements.size());
    view.shape = std::move(shape);
    return view;
}

namespace pickle {

template <ElementType T>
struct Mapping<ndarray_view<T>> {
    static constexpr bool is_hashable = false;
    static std::string expected() { return "numpy.ndarray of " + DType::of<T>().type_name(); }
    static void save(OutputArchive& archive, const ndarray_view<T>& view) {
        write_ndarray(archive, DType::kind_of<T>(), sizeof(T), view.shape,
                      std::as_bytes(view.elements));
    }
    template <typename View>
    static void load(InputArchive&, const Cell&, View&) {
        static_assert(!std::same_as<View, View>, "a view owns nothing: receive into a ndarray");
    }
};

template <ElementType T>
struct Mapping<ndarray<T>> {
    static constexpr bool is_hashable = false;
    static std::string expected() { return Mapping<ndarray_view<T>>::expected(); }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        if (cell.tag() == Tag::list) return Fit::possible;
        if (cell.tag() != Tag::object) return Fit::none;
        const Result<NdArray> array = NdArray::from_value(archive.value(cell));
        if (!array) return Fit::none;
        return array->dtype().template holds<T>() ? Fit::exact : Fit::possible;
    }
    static void save(OutputArchive& archive, const ndarray<T>& array) {
        write_ndarray(archive, DType::kind_of<T>(), sizeof(T), array.shape(), array.bytes());
    }
    static void load(InputArchive& archive, const Cell& cell, ndarray<T>& array) {
        if (cell.tag() == Tag::list || cell.tag() == Tag::tuple) {
            return load_nested(archive, cell, array);
        }
        Result<NdArray> read = NdArray::from_value(archive.value(cell));
        if (!read) archive.fail_type(expected(), cell);
        if (read->dtype().template holds<T>() && read->is_contiguous()) {
            array = ndarray<T>(*std::move(read));
            return;
        }
        const std::vector<T> elements = elements_of<T>(archive, cell, *read, expected());
        array = make(std::vector<Element>(elements.begin(), elements.end()), read->shape());
    }

private:
    // vector<bool> has no array of bools to copy.
    using Element = std::conditional_t<std::same_as<T, bool>, unsigned char, T>;

    static ndarray<T> make(const std::vector<Element>& elements, std::vector<std::size_t> shape) {
        const auto* const first = reinterpret_cast<const T*>(elements.data());
        return ndarray<T>(std::span(first, elements.size()), std::move(shape));
    }
    static void load_nested(InputArchive& archive, const Cell& cell, ndarray<T>& array) {
        std::vector<std::size_t> shape;
        std::vector<Element> elements;
        load_level(archive, cell, 0, shape, elements);
        array = make(elements, std::move(shape));
    }

    /// Reads a list of lists of numbers; the first one at each level says how long all are.
    static void load_level(InputArchive& archive, const Cell& cell, std::size_t level,
                           std::vector<std::size_t>& shape, std::vector<Element>& elements) {
        const std::span<const Cell> items = archive.items(cell, "list");
        const bool is_first = level == shape.size();
        if (is_first) shape.push_back(items.size());
        if (items.size() != shape[level]) archive.fail_size(shape[level], items.size(), "items");
        Trail::Descent step(archive);
        for (std::size_t position = 0; position < items.size(); ++position) {
            step.at_item(position);
            const Cell& item = items[position];
            const bool is_nested = item.tag() == Tag::list || item.tag() == Tag::tuple;
            const bool goes_on = is_first && position == 0 ? is_nested : level + 1 < shape.size();
            if (goes_on) {
                load_level(archive, item, level + 1, shape, elements);
            } else {
                T element{};
                archive.read(item, element);
                elements.push_back(static_cast<Element>(element));
            }
        }
    }
};

}  // namespace pickle
}  // namespace parley

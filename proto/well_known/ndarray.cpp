#include "instance.hpp"
#include "ndarray_element.hpp"
#include "ndarray_shape.hpp"
#include "pickle/unicode.hpp"

#include <parley/ndarray.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

namespace parley {
namespace {

// The bytes that an array lies in, whichever kind of value has them.
std::span<const std::byte> memory_of(const Value& owner) {
    if (const auto bytes = owner.if_bytes()) return *bytes;
    if (const auto bytes = owner.if_bytearray()) return *bytes;
    if (owner.is_buffer()) return owner.as_buffer();
    if (const auto text = owner.if_legacy_str()) return std::as_bytes(std::span(*text));
    return {};
}

// The text of an element of str: UTF-32, filled up with NULs.
std::string utf8(const std::byte* from, std::size_t size, bool native) {
    std::string text;
    for (std::size_t i = 0; i < size; i += 4) {
        std::array<std::byte, 4> bytes{};
        std::memcpy(bytes.data(), from + i, 4);
        if (!native) std::reverse(bytes.begin(), bytes.end());
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data(), 4);
        if (value > 0x10ffff) throw_failure({Errc::out_of_range, "a character above U+10FFFF"});
        pickle::append_utf8(text, value);
    }
    return text;
}

}  // namespace

NdArray::NdArray(DType dtype, std::vector<std::size_t> shape, Buffer&& data, Order order)
    : NdArray(std::move(dtype), std::move(shape), parley::bytes(std::move(data)), order) {}

NdArray::NdArray(DType dtype, std::vector<std::size_t> shape, Value data, Order order)
    : dtype_(std::move(dtype)), shape_(std::move(shape)), owner_(std::move(data)) {
    const std::optional<std::size_t> size = well_known::count_of(shape_, dtype_.itemsize());
    if (!size || !well_known::is_data(owner_, dtype_, *size)) {
        throw_failure({Errc::invalid_argument, "the data is no array of that dtype and shape"});
    }
    size_ = *size;
    strides_ = well_known::strides_of(shape_, dtype_.itemsize(), order);
}

bool NdArray::is_contiguous(Order order) const noexcept {
    if (size_ == 0) return true;
    const std::vector<std::size_t> dense = well_known::strides_of(shape_, dtype_.itemsize(), order);
    for (std::size_t axis = 0; axis != ndim(); ++axis) {
        if (shape_[axis] != 1 && strides_[axis] != dense[axis]) return false;
    }
    return true;
}

std::span<const std::byte> NdArray::memory() const {
    return memory_of(owner_);
}

std::span<const std::byte> NdArray::bytes() const {
    if (owner_.is_list()) throw_failure({Errc::wrong_type, "an array of objects has no memory"});
    if (!is_contiguous(Order::c) && !is_contiguous(Order::fortran)) {
        throw_failure({Errc::wrong_type, "the elements do not follow each other in memory"});
    }
    return memory().subspan(offset_, size_ * dtype_.itemsize());
}

void NdArray::throw_not_held(const DType& wanted) const {
    throw_failure({Errc::wrong_type,
                   "elements of " + dtype_.description() + ", not of " + wanted.description()});
}

// Where each element is, in C order.
std::vector<std::size_t> NdArray::offsets() const {
    std::vector<std::size_t> result;
    result.reserve(size_);
    std::vector<std::size_t> index(ndim());
    std::size_t offset = offset_;
    while (result.size() != size_) {
        result.push_back(offset);
        for (std::size_t axis = ndim(); axis-- != 0;) {
            offset += strides_[axis];
            if (++index[axis] != shape_[axis]) break;
            offset -= strides_[axis] * shape_[axis];
            index[axis] = 0;
        }
    }
    return result;
}

std::size_t NdArray::offset_of(std::initializer_list<std::size_t> index) const {
    if (index.size() != ndim())
        throw_failure({Errc::out_of_range, "an index of another dimension"});
    std::size_t offset = offset_;
    for (std::size_t axis = 0; axis != index.size(); ++axis) {
        const std::size_t position = index.begin()[axis];
        if (position >= shape_[axis]) throw_failure({Errc::out_of_range, "an index past the end"});
        offset += position * strides_[axis];
    }
    return offset;
}

template <ElementType T>
std::vector<T> NdArray::to_vector() const {
    if (owner_.is_list()) throw_not_held(DType::of<T>());
    std::vector<T> result;
    if constexpr (!std::same_as<T, bool>) {
        if (dtype_.holds<T>() && is_contiguous()) {
            result.resize(size_);
            if (size_ != 0) std::memcpy(result.data(), bytes().data(), size_ * sizeof(T));
            return result;
        }
    }
    result.reserve(size_);
    const std::byte* const base = memory().data();
    for (const std::size_t offset : offsets()) {
        result.push_back(well_known::convert_element<T>(dtype_, base + offset));
    }
    return result;
}

template <ElementType T>
T NdArray::at(std::initializer_list<std::size_t> index) const {
    const std::size_t offset = offset_of(index);
    if (owner_.is_list()) throw_not_held(DType::of<T>());
    return well_known::convert_element<T>(dtype_, memory().data() + offset);
}

std::vector<std::string> NdArray::to_strings() const {
    const std::size_t width = dtype_.itemsize();
    if (dtype_.kind() != 'S' && dtype_.kind() != 'U') throw_not_held(DType("U"));
    std::vector<std::string> result;
    const std::byte* const base = memory().data();
    for (const std::size_t offset : offsets()) {
        std::string text = dtype_.kind() == 'U'
                               ? utf8(base + offset, width, dtype_.is_native())
                               : std::string(reinterpret_cast<const char*>(base) + offset, width);
        text.erase(text.find_last_not_of('\0') + 1);
        result.push_back(std::move(text));
    }
    return result;
}

std::vector<Value> NdArray::to_objects() const {
    if (!owner_.is_list()) throw_not_held(DType("O"));
    std::vector<Value> result;
    const Elements items = owner_.as_list();
    for (const std::size_t offset : offsets())
        result.push_back(items[offset / dtype_.itemsize()]);
    return result;
}

// An element that is itself an array adds its dimensions to this one's.
NdArray NdArray::with_dtype(const DType& dtype, std::size_t offset) const {
    NdArray part = *this;
    part.dtype_ = dtype.base();
    part.offset_ += offset;
    const std::vector<std::size_t> inner =
        well_known::strides_of(dtype.subshape(), dtype.base().itemsize(), Order::c);
    part.strides_.insert(part.strides_.end(), inner.begin(), inner.end());
    part.shape_.insert(part.shape_.end(), dtype.subshape().begin(), dtype.subshape().end());
    const std::optional<std::size_t> size =
        well_known::count_of(part.shape_, part.dtype_.itemsize());
    if (!size) throw_failure({Errc::out_of_range, "an array of too many elements"});
    part.size_ = *size;
    return part;
}

NdArray NdArray::field(std::string_view name) const {
    for (const DType::Field& field : dtype_.fields()) {
        if (field.name != name) continue;
        return with_dtype(field.dtype, field.offset);
    }
    throw_failure({Errc::missing_key, "no field is named '" + std::string(name) + "'"});
}

template std::vector<bool> NdArray::to_vector() const;
template std::vector<signed char> NdArray::to_vector() const;
template std::vector<unsigned char> NdArray::to_vector() const;
template std::vector<short> NdArray::to_vector() const;
template std::vector<unsigned short> NdArray::to_vector() const;
template std::vector<int> NdArray::to_vector() const;
template std::vector<unsigned> NdArray::to_vector() const;
template std::vector<long> NdArray::to_vector() const;
template std::vector<unsigned long> NdArray::to_vector() const;
template std::vector<long long> NdArray::to_vector() const;
template std::vector<unsigned long long> NdArray::to_vector() const;
template std::vector<float> NdArray::to_vector() const;
template std::vector<double> NdArray::to_vector() const;
template std::vector<std::complex<float>> NdArray::to_vector() const;
template std::vector<std::complex<double>> NdArray::to_vector() const;

using Index = std::initializer_list<std::size_t>;
template bool NdArray::at(Index) const;
template signed char NdArray::at(Index) const;
template unsigned char NdArray::at(Index) const;
template short NdArray::at(Index) const;
template unsigned short NdArray::at(Index) const;
template int NdArray::at(Index) const;
template unsigned NdArray::at(Index) const;
template long NdArray::at(Index) const;
template unsigned long NdArray::at(Index) const;
template long long NdArray::at(Index) const;
template unsigned long long NdArray::at(Index) const;
template float NdArray::at(Index) const;
template double NdArray::at(Index) const;
template std::complex<float> NdArray::at(Index) const;
template std::complex<double> NdArray::at(Index) const;

}  // namespace parley

// Numbers that lie in a received message at any address, in place.
#pragma once

#include <compare>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <span>
#include <type_traits>

namespace parley {

/// Numbers of type T one after the other, in native byte order but at any address: a std::span
/// would need them aligned, and what came over the wire rarely is. Reads by copying each, which
/// compilers turn into plain loads. Valid as long as the memory is.
template <typename T>
requires std::is_trivially_copyable_v<T>
class UnalignedSpan {
public:
    class Iterator {
    public:
        using iterator_concept = std::random_access_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = T;

        Iterator() = default;
        explicit Iterator(const std::byte* at) noexcept : at_(at) {}

        [[nodiscard]] T operator*() const noexcept { return load(at_); }
        [[nodiscard]] T operator[](difference_type n) const noexcept { return *(*this + n); }
        Iterator& operator+=(difference_type n) noexcept {
            at_ += n * width;
            return *this;
        }
        Iterator& operator-=(difference_type n) noexcept { return *this += -n; }
        Iterator& operator++() noexcept { return *this += 1; }
        Iterator& operator--() noexcept { return *this += -1; }
        Iterator operator++(int) noexcept {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        Iterator operator--(int) noexcept {
            const Iterator before = *this;
            --*this;
            return before;
        }
        [[nodiscard]] friend Iterator operator+(Iterator it, difference_type n) noexcept {
            return it += n;
        }
        [[nodiscard]] friend Iterator operator+(difference_type n, Iterator it) noexcept {
            return it += n;
        }
        [[nodiscard]] friend Iterator operator-(Iterator it, difference_type n) noexcept {
            return it -= n;
        }
        [[nodiscard]] friend difference_type operator-(Iterator left, Iterator right) noexcept {
            return (left.at_ - right.at_) / width;
        }
        friend auto operator<=>(const Iterator&, const Iterator&) = default;

    private:
        const std::byte* at_ = nullptr;
    };

    UnalignedSpan() = default;
    /// Of as many whole numbers as the bytes hold.
    explicit UnalignedSpan(std::span<const std::byte> bytes) noexcept
        : data_(bytes.data()), size_(bytes.size() / sizeof(T)) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    /// By position from 0, which must be below `size()`.
    [[nodiscard]] T operator[](std::size_t position) const noexcept {
        return load(data_ + position * sizeof(T));
    }
    [[nodiscard]] Iterator begin() const noexcept { return Iterator(data_); }
    [[nodiscard]] Iterator end() const noexcept { return Iterator(data_ + size_ * sizeof(T)); }

private:
    static constexpr std::ptrdiff_t width = sizeof(T);

    static T load(const std::byte* from) noexcept {
        if constexpr (std::is_same_v<T, bool>) {
            return *from != std::byte{0};  // whatever its other bits are
        } else {
            T value;
            std::memcpy(&value, from, sizeof(T));
            return value;
        }
    }

    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace parley

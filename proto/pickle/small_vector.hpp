// A stack of plain values whose first ones take no heap: what reading and writing a small message
// needs costs no allocation.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

namespace parley::pickle {

/// Holds trivially copyable values; the first `Inline` of them in place. Not thread-safe.
template <typename T, std::size_t Inline>
class SmallVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    SmallVector() noexcept : begin_(inline_values()), end_(begin_), limit_(begin_ + Inline) {}
    SmallVector(const SmallVector&) = delete;
    SmallVector& operator=(const SmallVector&) = delete;
    ~SmallVector() {
        if (begin_ != inline_values()) std::free(begin_);
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(end_ - begin_);
    }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] T* begin() noexcept { return begin_; }
    [[nodiscard]] T* end() noexcept { return end_; }
    [[nodiscard]] const T* begin() const noexcept { return begin_; }
    [[nodiscard]] const T* end() const noexcept { return end_; }
    [[nodiscard]] T& operator[](std::size_t position) noexcept { return begin_[position]; }
    [[nodiscard]] const T& operator[](std::size_t position) const noexcept {
        return begin_[position];
    }
    [[nodiscard]] T& back() noexcept { return end_[-1]; }

    /// Makes sure that one more `push_unchecked` has room.
    void reserve_one() {
        if (end_ == limit_) grow(size() + 1);
    }
    void push_unchecked(const T& value) noexcept { *end_++ = value; }
    void push(const T& value) {
        if (end_ == limit_) {
            const T copy = value;
            grow(size() + 1);
            *end_++ = copy;
        } else {
            *end_++ = value;
        }
    }
    void pop() noexcept { --end_; }
    void truncate(std::size_t size) noexcept { end_ = begin_ + size; }
    void clear() noexcept { end_ = begin_; }

private:
    [[nodiscard]] T* inline_values() noexcept { return reinterpret_cast<T*>(storage_); }

    void grow(std::size_t needed) {
        const std::size_t count = size();
        std::size_t capacity = 2 * static_cast<std::size_t>(limit_ - begin_);
        if (capacity < needed) capacity = needed;
        const bool was_inline = begin_ == inline_values();
        void* const memory = std::realloc(was_inline ? nullptr : begin_, capacity * sizeof(T));
        if (memory == nullptr) throw std::bad_alloc();
        if (was_inline) std::memcpy(memory, begin_, count * sizeof(T));
        begin_ = static_cast<T*>(memory);
        end_ = begin_ + count;
        limit_ = begin_ + capacity;
    }

    T* begin_;
    T* end_;
    T* limit_;
    alignas(T) std::byte storage_[Inline * sizeof(T)];
};

}  // namespace parley::pickle

// A stack of plain values whose first ones take no heap: what reading and writing a small message
// needs costs no allocation.
#pragma once

#include <parley/pickle/message.hpp>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

namespace parley::pickle {

/// Holds trivially copyable values; the first `Inline` of them in place. Charges its heap to a
/// message, if there is one, for as long as it has it. Not thread-safe.
template <typename T, std::size_t Inline>
class SmallVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit SmallVector(Message* charged = nullptr) noexcept
        : begin_(inline_values()), end_(begin_), limit_(begin_ + Inline), charged_(charged) {}
    SmallVector(const SmallVector&) = delete;
    SmallVector& operator=(const SmallVector&) = delete;
    ~SmallVector() {
        if (begin_ == inline_values()) return;
        std::free(begin_);
        if (charged_ != nullptr) charged_->refund(capacity() * sizeof(T));
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
    [[nodiscard]] std::size_t capacity() const noexcept {
        return static_cast<std::size_t>(limit_ - begin_);
    }

    void grow(std::size_t needed) {
        const std::size_t count = size();
        const bool was_inline = begin_ == inline_values();
        std::size_t wanted = 2 * capacity();
        if (wanted < needed) wanted = needed;
        const std::size_t more = (was_inline ? wanted : wanted - capacity()) * sizeof(T);
        if (charged_ != nullptr) charged_->charge(more);
        void* const memory = std::realloc(was_inline ? nullptr : begin_, wanted * sizeof(T));
        if (memory == nullptr) {
            if (charged_ != nullptr) charged_->refund(more);
            throw std::bad_alloc();
        }
        if (was_inline) std::memcpy(memory, begin_, count * sizeof(T));
        begin_ = static_cast<T*>(memory);
        end_ = begin_ + count;
        limit_ = begin_ + wanted;
    }

    T* begin_;
    T* end_;
    T* limit_;
    Message* charged_;
    alignas(T) std::byte storage_[Inline * sizeof(T)];
};

}  // namespace parley::pickle

// Bytes in one block of memory, owned: what recv_bytes returns and what a message is read into.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace parley {

/// A resizable block of bytes with one owner. Unlike std::vector it never fills new memory; a block
/// of 4 MiB or more lies in huge pages where the system has them, becomes memory only where it is
/// written to, and grows by remapping its pages. Of the smaller blocks from 128 KiB on, the process
/// keeps the one that was freed last for the next. Move-only: a copy of a big message is never an
/// accident. Not thread-safe.
class Buffer {
public:
    Buffer() noexcept = default;
    /// A block of so many bytes of indeterminate value. Throws std::bad_alloc.
    explicit Buffer(std::size_t size);
    /// A copy of these bytes. Throws std::bad_alloc.
    explicit Buffer(std::span<const std::byte> bytes);
    Buffer(Buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer();

    [[nodiscard]] std::byte* data() noexcept { return data_; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::byte* begin() noexcept { return data_; }
    [[nodiscard]] std::byte* end() noexcept { return data_ + size_; }
    [[nodiscard]] const std::byte* begin() const noexcept { return data_; }
    [[nodiscard]] const std::byte* end() const noexcept { return data_ + size_; }

    /// The bytes as text, whatever they encode.
    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(data_), size_};
    }

    /// Keeps the first bytes; new ones have no defined value. Capacity grows by half at least.
    void resize(std::size_t size) {
        if (size > capacity_) grow(size);
        size_ = size;
    }
    void reserve(std::size_t capacity);
    void append(std::span<const std::byte> bytes);
    void clear() noexcept { size_ = 0; }

private:
    void grow(std::size_t size);

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace parley

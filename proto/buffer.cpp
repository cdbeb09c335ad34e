#include <parley/buffer.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace parley {

Buffer::Buffer(std::size_t size) {
    reserve(size);
    size_ = size;
}

Buffer::Buffer(std::span<const std::byte> bytes) {
    append(bytes);
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    Buffer taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    std::swap(capacity_, taken.capacity_);
    return *this;
}

Buffer::~Buffer() {
    std::free(data_);
}

void Buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    void* grown = std::realloc(data_, capacity);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<std::byte*>(grown);
    capacity_ = capacity;
}

void Buffer::resize(std::size_t size) {
    if (size > capacity_) reserve(std::max(size, capacity_ + capacity_ / 2));
    size_ = size;
}

void Buffer::append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::size_t old_size = size_;
    resize(old_size + bytes.size());
    std::memcpy(data_ + old_size, bytes.data(), bytes.size());
}

}  // namespace parley

// Small blocks are malloc's. A big one is a mapping of its own in huge pages, where the system has
// them: taking new memory page by page costs more time than the socket that fills it.
#include <parley/buffer.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace parley {
namespace {

constexpr std::size_t mapped_from = std::size_t{4} << 20;
constexpr std::size_t huge_page = std::size_t{2} << 20;
// Blocks that malloc maps begin 16 bytes behind a page, the payload of a frame in the kernel 4
// bytes behind one. Of two places in a page so close to each other, some processors copy to the
// higher one many times slower than anywhere else.
constexpr std::size_t aligned_from = std::size_t{32} << 10;
constexpr std::size_t alignment = 64;
// A multiple of every page size in use.
constexpr std::size_t granule = std::size_t{64} << 10;

bool is_mapped(std::size_t capacity) {
    return capacity >= mapped_from;
}

std::size_t rounded(std::size_t capacity) {
    if (!is_mapped(capacity)) return capacity;
    if (capacity > SIZE_MAX / 2) throw std::bad_alloc();
    return (capacity + granule - 1) / granule * granule;
}

// Address space that begins at a huge page. It becomes memory only where it is written to.
std::byte* map(std::size_t size) {
    void* mapping = ::mmap(nullptr, size + huge_page, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) throw std::bad_alloc();
    auto* begin = static_cast<std::byte*>(mapping);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % huge_page;
    if (before > 0) ::munmap(begin, before);
    begin += before;
    if (before < huge_page) ::munmap(begin + size, huge_page - before);
#ifdef MADV_HUGEPAGE
    ::madvise(begin, size, MADV_HUGEPAGE);
#endif
    return begin;
}

void release(std::byte* block, std::size_t capacity) noexcept {
    if (is_mapped(capacity))
        ::munmap(block, capacity);
    else
        std::free(block);
}

std::byte* grow_in_heap(std::byte* block, std::size_t size, std::size_t capacity) {
    void* grown = nullptr;
    if (size == 0 && capacity >= aligned_from) {
        grown = std::aligned_alloc(alignment, (capacity + alignment - 1) / alignment * alignment);
        if (grown != nullptr) std::free(block);
    } else {
        grown = block == nullptr ? std::malloc(capacity) : std::realloc(block, capacity);
    }
    if (grown == nullptr) throw std::bad_alloc();
    return static_cast<std::byte*>(grown);
}

// Moves the pages, not the bytes, where the old block was a mapping too.
std::byte* grow_mapped(std::byte* block, std::size_t old_capacity, std::size_t size,
                       std::size_t capacity) {
    std::byte* grown = map(capacity);
#ifdef MREMAP_FIXED
    if (is_mapped(old_capacity) && ::mremap(block, old_capacity, old_capacity,
                                            MREMAP_MAYMOVE | MREMAP_FIXED, grown) != MAP_FAILED)
        return grown;
#endif
    if (size > 0) std::memcpy(grown, block, size);
    release(block, old_capacity);
    return grown;
}

}  // namespace

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
    release(data_, capacity_);
}

void Buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    capacity = rounded(capacity);
    data_ = is_mapped(capacity) ? grow_mapped(data_, capacity_, size_, capacity)
                                : grow_in_heap(data_, size_, capacity);
    capacity_ = capacity;
}

void Buffer::grow(std::size_t size) {
    reserve(std::max(size, capacity_ + capacity_ / 2));
}

void Buffer::append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::size_t old_size = size_;
    resize(old_size + bytes.size());
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): resize has made room
    std::memcpy(data_ + old_size, bytes.data(), bytes.size());
}

}  // namespace parley

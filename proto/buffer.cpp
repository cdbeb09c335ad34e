// Small blocks are malloc's. A big one is a mapping of its own in huge pages, where the system has
// them: taking new memory page by page costs more time than the socket that fills it.
#include <parley/buffer.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define PARLEY_HAS_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARLEY_HAS_ADDRESS_SANITIZER
#endif
#endif
#ifdef PARLEY_HAS_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace parley {
namespace {

constexpr std::size_t mapped_from = std::size_t{4} << 20;
constexpr std::size_t huge_page = std::size_t{2} << 20;
// Blocks that malloc maps begin 16 bytes behind a page, the payload of a frame in the kernel 4
// bytes behind one. Of two places in a page so close to each other, some processors copy to the
// higher one many times slower than anywhere else.
constexpr std::size_t aligned_from = std::size_t{32} << 10;
constexpr std::size_t alignment = 64;
// Blocks that malloc gives back to the system when they are freed, or soon after.
constexpr std::size_t kept_from = std::size_t{128} << 10;
// A multiple of every page size in use.
constexpr std::size_t granule = std::size_t{64} << 10;

bool is_mapped(std::size_t capacity) {
    return capacity >= mapped_from;
}

std::size_t round_up(std::size_t size, std::size_t unit) {
    return (size + unit - 1) / unit * unit;
}

std::size_t rounded(std::size_t capacity) {
    if (capacity < aligned_from) return capacity;
    if (capacity > SIZE_MAX / 2) throw std::bad_alloc();
    capacity = round_up(capacity, alignment);
    return is_mapped(capacity) ? round_up(capacity, granule) : capacity;
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

struct Block {
    std::byte* begin = nullptr;
    std::size_t capacity = 0;
};

// To the address sanitizer a block that is kept is as good as freed, but for its capacity.
#ifdef PARLEY_HAS_ADDRESS_SANITIZER
void forbid(Block block) noexcept {
    ASAN_POISON_MEMORY_REGION(block.begin + alignment, block.capacity - alignment);
}
void allow(Block block) noexcept {
    ASAN_UNPOISON_MEMORY_REGION(block.begin, block.capacity);
}
#else
void forbid(Block) noexcept {}
void allow(Block) noexcept {}
#endif

// The block of the heap that was freed last, for the next message of about its size: taking new
// memory for each message costs several times what the socket does. Its capacity is at its front.
constinit std::atomic<std::byte*> spare = nullptr;

void keep(Block block) noexcept {
    std::memcpy(block.begin, &block.capacity, sizeof block.capacity);
    forbid(block);
    std::free(spare.exchange(block.begin, std::memory_order_acq_rel));
}

Block take_spare(std::size_t capacity) noexcept {
    Block block{.begin = spare.exchange(nullptr, std::memory_order_acquire)};
    if (block.begin == nullptr) return {};
    std::memcpy(&block.capacity, block.begin, sizeof block.capacity);
    allow(block);
    if (capacity <= block.capacity && block.capacity / 2 <= capacity) return block;
    keep(block);
    return {};
}

void release(Block block) noexcept {
    if (is_mapped(block.capacity))
        ::munmap(block.begin, block.capacity);
    else if (block.capacity >= kept_from)
        keep(block);
    else
        std::free(block.begin);
}

Block grow_in_heap(Block old, std::size_t size, std::size_t capacity) {
    void* grown = nullptr;
    if (size == 0 && capacity >= aligned_from) {
        Block block = capacity >= kept_from ? take_spare(capacity) : Block();
        if (block.begin == nullptr) {
            grown = std::aligned_alloc(alignment, capacity);
            if (grown == nullptr) throw std::bad_alloc();
            block = {static_cast<std::byte*>(grown), capacity};
        }
        release(old);
        return block;
    }
    grown = old.begin == nullptr ? std::malloc(capacity) : std::realloc(old.begin, capacity);
    if (grown == nullptr) throw std::bad_alloc();
    return {static_cast<std::byte*>(grown), capacity};
}

// Moves the pages, not the bytes, where the old block was a mapping too.
Block grow_mapped(Block old, std::size_t size, std::size_t capacity) {
    const Block grown{map(capacity), capacity};
#ifdef MREMAP_FIXED
    if (is_mapped(old.capacity) &&
        ::mremap(old.begin, old.capacity, old.capacity, MREMAP_MAYMOVE | MREMAP_FIXED,
                 grown.begin) != MAP_FAILED)
        return grown;
#endif
    if (size > 0) std::memcpy(grown.begin, old.begin, size);
    release(old);
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
    release({data_, capacity_});
}

void Buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    capacity = rounded(capacity);
    const Block old{data_, capacity_};
    const Block grown = is_mapped(capacity) ? grow_mapped(old, size_, capacity)
                                            : grow_in_heap(old, size_, capacity);
    data_ = grown.begin;
    capacity_ = grown.capacity;
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

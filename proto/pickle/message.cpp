#include "memory_limit.hpp"

#include <parley/pickle/message.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace parley::pickle {
namespace {

constexpr std::size_t first_chunk = 512;
constexpr std::size_t biggest_chunk = std::size_t{16} << 20;
constexpr std::size_t huge_page = std::size_t{2} << 20;
/// Arrays of so many bytes get a block of their own.
constexpr std::size_t block_threshold = std::size_t{64} << 10;

/// Page faults cost more than anything else that is done to big memory.
void* allocate_big(std::size_t size) {
    if (size < 2 * huge_page) return std::malloc(size);
    size = (size + huge_page - 1) & ~(huge_page - 1);
    void* const memory = std::aligned_alloc(huge_page, size);
    if (memory != nullptr) madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

}  // namespace

struct Message::Chunk {
    Chunk* next;
};

struct Message::Block {
    Block* previous;
    Block* next;

    [[nodiscard]] Cell* cells() noexcept { return reinterpret_cast<Cell*>(this + 1); }
    [[nodiscard]] static Block* of(Cell* cells) noexcept {
        return reinterpret_cast<Block*>(cells) - 1;
    }
};
static_assert(sizeof(Cell) == 2 * sizeof(void*));

struct Message::KeptBuffer {
    Buffer buffer;
    KeptBuffer* next;
};

Message* Message::make(std::size_t room) {
    room = (room + 15) & ~std::size_t{15};
    void* const memory = std::malloc(sizeof(Message) + room);
    if (memory == nullptr) throw std::bad_alloc();
    auto* const message = ::new (memory) Message;
    message->cursor_ = reinterpret_cast<std::byte*>(message + 1);
    message->limit_ = message->cursor_ + room;
    message->memory_ = sizeof(Message) + room;
    message->next_chunk_ = std::max(first_chunk, 2 * room);
    return message;
}

void* Message::allocate_chunk(std::size_t size) {
    const std::size_t wanted = std::max(std::min(next_chunk_, biggest_chunk), size + sizeof(Chunk));
    charge(wanted);
    auto* const chunk = static_cast<Chunk*>(allocate_big(wanted));
    if (chunk == nullptr) throw std::bad_alloc();
    chunk->next = std::exchange(chunks_, chunk);
    next_chunk_ = std::min(biggest_chunk, 2 * next_chunk_);
    auto* const begin = reinterpret_cast<std::byte*>(chunk + 1);
    auto* const end = reinterpret_cast<std::byte*>(chunk) + wanted;
    // A thing too big for the rest of the current chunk need not waste that rest.
    if (static_cast<std::size_t>(end - begin) - size >=
        static_cast<std::size_t>(limit_ - cursor_)) {
        cursor_ = begin + size;
        limit_ = end;
    }
    return begin;
}

void Message::charge(std::size_t size) {
    if (size > memory_limit - std::min(memory_limit, memory_)) throw MemoryLimitReached();
    memory_ += size;
    peak_ = std::max(peak_, memory_);
}

Cell* Message::array(std::size_t capacity) {
    const std::size_t size = capacity * sizeof(Cell);
    if (size < block_threshold) return static_cast<Cell*>(allocate(size));
    charge(size);
    auto* const block = static_cast<Block*>(std::malloc(sizeof(Block) + size));
    if (block == nullptr) throw std::bad_alloc();
    link(block);
    return block->cells();
}

void Message::link(Block* block) noexcept {
    block->previous = nullptr;
    block->next = blocks_;
    if (blocks_ != nullptr) blocks_->previous = block;
    blocks_ = block;
}

void Message::unlink(Block* block) noexcept {
    (block->previous != nullptr ? block->previous->next : blocks_) = block->next;
    if (block->next != nullptr) block->next->previous = block->previous;
}

Cell* Message::grow(Cell* cells, std::size_t size, std::size_t capacity, std::size_t new_capacity) {
    const std::size_t old_bytes = capacity * sizeof(Cell);
    const std::size_t new_bytes = new_capacity * sizeof(Cell);
    if (old_bytes >= block_threshold) return resize_block(cells, old_bytes, new_bytes);
    if (new_bytes < block_threshold && reinterpret_cast<std::byte*>(cells + capacity) == cursor_ &&
        static_cast<std::size_t>(limit_ - cursor_) >= new_bytes - old_bytes) {
        cursor_ += new_bytes - old_bytes;
        return cells;
    }
    Cell* const moved = array(new_capacity);
    if (size != 0) std::memcpy(moved, cells, size * sizeof(Cell));
    return moved;
}

Cell* Message::resize_block(Cell* cells, std::size_t old_bytes, std::size_t new_bytes) {
    Block* block = Block::of(cells);
    charge(new_bytes - old_bytes);
    unlink(block);
    auto* const moved = static_cast<Block*>(std::realloc(block, sizeof(Block) + new_bytes));
    link(moved != nullptr ? moved : block);
    if (moved == nullptr) throw std::bad_alloc();
    if (new_bytes >= 2 * huge_page) advise_huge(moved, new_bytes);
    return moved->cells();
}

void Message::advise_huge(void* memory, std::size_t size) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t begin = (address + huge_page - 1) & ~(huge_page - 1);
    const std::uintptr_t end = (address + size) & ~(huge_page - 1);
    if (begin < end) {
        madvise(static_cast<std::byte*>(memory) + (begin - address), end - begin, MADV_HUGEPAGE);
    }
}

std::byte* Message::bytes(std::size_t size) {
    return static_cast<std::byte*>(allocate_with_header(size));
}

std::byte* Message::copy(std::span<const std::byte> bytes) {
    std::byte* const memory = this->bytes(bytes.size());
    if (!bytes.empty()) std::memcpy(memory, bytes.data(), bytes.size());
    return memory;
}

Buffer& Message::keep(Buffer&& buffer) {
    memory_ += buffer.capacity();
    auto* const kept = ::new (allocate(sizeof(KeptBuffer)))
        KeptBuffer{std::move(buffer), std::exchange(buffers_, nullptr)};
    buffers_ = kept;
    return kept->buffer;
}

void Message::keep(Message* other) {
    if (other == nullptr || other == this) return;
    depth_ = std::max(depth_, other->depth_ + 1);
    // The same few messages come again and again.
    const std::uint32_t recent = std::min<std::uint32_t>(dependency_count_, 8);
    for (std::uint32_t i = dependency_count_ - recent; i < dependency_count_; ++i) {
        if (dependencies_[i] == other) return;
    }
    if (dependency_count_ == dependency_capacity_) grow_dependencies();
    other->retain();
    dependencies_[dependency_count_++] = other;
}

void Message::grow_dependencies() {
    const std::uint32_t capacity = std::max<std::uint32_t>(4, 2 * dependency_capacity_);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers it is
    auto** const grown = static_cast<Message**>(allocate(capacity * sizeof *dependencies_));
    std::copy_n(dependencies_, dependency_count_, grown);
    dependencies_ = grown;
    dependency_capacity_ = capacity;
}

void Message::destroy(Message* message) noexcept {
    Message* dead = message;
    while (dead != nullptr) {
        Message* const next = std::exchange(dead, dead->next_dead_);
        next->free_parts(dead);
    }
}

void Message::free_parts(Message*& dead) noexcept {
    for (Message* dependency : dependencies()) {
        if (dependency->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
        dependency->next_dead_ = std::exchange(dead, dependency);
    }
    for (KeptBuffer* kept = buffers_; kept != nullptr;) {
        KeptBuffer* const next = kept->next;
        kept->~KeptBuffer();
        kept = next;
    }
    while (blocks_ != nullptr)
        std::free(std::exchange(blocks_, blocks_->next));
    while (chunks_ != nullptr)
        std::free(std::exchange(chunks_, chunks_->next));
    this->~Message();
    std::free(this);
}

}  // namespace parley::pickle

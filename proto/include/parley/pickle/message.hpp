// The one owner of all nodes of a message: an arena that is freed as a whole, so that neither
// cycles nor depth matter when it goes. Programs hold Values, which hold it.
#pragma once

#include <parley/buffer.hpp>
#include <parley/pickle/cell.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>

namespace parley::pickle {

/// A container was changed when others had seen it already: what it held, what was added, and when.
/// The writer keeps that order. Dicts keep copies, since values can be replaced.
struct LateChange {
    Cell container;
    std::uint64_t begin;  ///< The first entry that was added.
    std::uint64_t end;    ///< Past the last one.
    const Cell* entries;  ///< A dict's keys and values as they came.
    std::uint64_t entry_count;
    const Cell* initial;  ///< What a dict held at its first late change.
    std::uint64_t time;
    LateChange* previous;
};

/// An arena with a reference count. Counting is thread-safe; everything else belongs to whoever
/// makes the message, until it is handed out in a Value and changes no more.
class Message {
public:
    /// A new message with one reference and about so much room. Throws std::bad_alloc.
    [[nodiscard]] static Message* make(std::size_t room);
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(this);
    }

    /// Memory of no defined value, aligned for a Cell.
    [[nodiscard]] void* allocate(std::size_t size) {
        size = (size + 7) & ~std::size_t{7};
        if (static_cast<std::size_t>(limit_ - cursor_) < size) return allocate_chunk(size);
        void* const memory = cursor_;
        cursor_ += size;
        return memory;
    }
    /// Memory with a header before it, whose flags and hash are zero.
    [[nodiscard]] void* allocate_with_header(std::size_t size) {
        auto* const header = static_cast<NodeHeader*>(allocate(size + sizeof(NodeHeader)));
        *header = NodeHeader{};
        return header + 1;
    }
    template <typename Node>
    [[nodiscard]] Node* node() {
        return ::new (allocate_with_header(sizeof(Node))) Node;
    }
    /// An array that `grow` can grow.
    [[nodiscard]] Cell* array(std::size_t capacity);
    /// An array made by `array` or `grow`, with more room: moved where it must be. Big arrays have
    /// memory of their own, which grows by remapping pages.
    [[nodiscard]] Cell* grow(Cell* cells, std::size_t size, std::size_t capacity,
                             std::size_t new_capacity);
    /// Memory for so many bytes, with a flags byte before it.
    [[nodiscard]] std::byte* bytes(std::size_t size);
    [[nodiscard]] std::byte* copy(std::span<const std::byte> bytes);

    /// Keeps a buffer that cells point into. The buffer returned stays in place.
    Buffer& keep(Buffer&& buffer);
    /// Keeps another message whose nodes this one refers to. Keeping itself is nothing.
    void keep(Message* other);

    /// Counts memory that the reader takes for the time being, its stack and memo and the like, as
    /// if it were the message's. Throws MemoryLimitReached, and counts nothing then.
    void charge(std::size_t size);
    void refund(std::size_t size) noexcept { memory_ -= size; }

    /// Bytes of memory held for this message alone, the buffers that it keeps included.
    [[nodiscard]] std::size_t memory() const noexcept { return memory_; }
    /// The most that it has been, with what the reader took.
    [[nodiscard]] std::size_t peak_memory() const noexcept { return std::max(peak_, memory_); }

    /// Over so much memory the next allocation throws MemoryLimitReached.
    std::size_t memory_limit = static_cast<std::size_t>(-1);

    static constexpr std::uint8_t no_protocol = 0xff;

    std::uint8_t protocol = no_protocol;  ///< Of the pickle it was read from.
    bool has_shared = false;              ///< Some node is referenced more than once, perhaps.
    bool natural = true;      ///< Written depth first from its root, it comes out as it came in.
    bool disordered = false;  ///< Depth first is not the order in which its objects came to be.
    bool has_calls = false;   ///< Some value is written as a call of a well-known name.
    std::uint64_t time = 0;   ///< Calls and changes so far; see `stamp`.
    std::uint64_t object_count = 0;
    ObjectNode* last_object = nullptr;
    LateChange* last_late = nullptr;
    Cell root = Cell::make(Tag::absent);

    /// When a call or a change takes place: later than all before it, in this message and in those
    /// that it keeps.
    [[nodiscard]] std::uint64_t stamp() noexcept { return std::uint64_t{depth_} << 40 | time++; }
    [[nodiscard]] std::uint64_t now() const noexcept { return std::uint64_t{depth_} << 40 | time; }

    /// The messages kept.
    [[nodiscard]] std::span<Message* const> dependencies() const noexcept {
        return {dependencies_, dependency_count_};
    }

private:
    struct Chunk;
    struct Block;
    struct KeptBuffer;

    Message() noexcept = default;
    ~Message() = default;
    static void destroy(Message* message) noexcept;
    void free_parts(Message*& dead) noexcept;
    void* allocate_chunk(std::size_t size);
    void link(Block* block) noexcept;
    void unlink(Block* block) noexcept;
    Cell* resize_block(Cell* cells, std::size_t old_bytes, std::size_t new_bytes);
    static void advise_huge(void* memory, std::size_t size) noexcept;
    void grow_dependencies();

    std::atomic<std::uint32_t> references_{1};
    std::uint32_t depth_ = 0;  ///< Above every message it keeps.
    std::uint32_t dependency_count_ = 0;
    std::uint32_t dependency_capacity_ = 0;
    std::byte* cursor_ = nullptr;
    std::byte* limit_ = nullptr;
    std::size_t memory_ = 0;
    std::size_t peak_ = 0;
    std::size_t next_chunk_ = 0;
    Chunk* chunks_ = nullptr;
    Block* blocks_ = nullptr;
    KeptBuffer* buffers_ = nullptr;
    Message** dependencies_ = nullptr;
    Message* next_dead_ = nullptr;
};

}  // namespace parley::pickle

#include <parley/asynchronous/handler_memory.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace parley::asynchronous {
namespace {

struct Piece {
    Piece* next;
};

constexpr std::size_t step = 32;  ///< Sizes are rounded up to its multiples.
constexpr std::size_t size_count = 32;
constexpr std::size_t max_kept = 64 << 10;  ///< Bytes of one size, by each thread.

/// Pieces of one size, the last one given back first.
struct Shelf {
    Piece* first;
    std::size_t kept;  ///< Bytes.
};

/// What a thread keeps.
struct Kept {
    std::array<Shelf, size_count> shelves;
    std::size_t limit;  ///< Bytes of one size: none before there is somebody who clears at exit.
    bool is_over;       ///< The thread ends: nothing is kept any more.
};
constinit thread_local Kept kept{};

struct Clearing {
    Clearing() noexcept = default;
    Clearing(const Clearing&) = delete;
    Clearing& operator=(const Clearing&) = delete;
    ~Clearing() {
        for (const Shelf& shelf : kept.shelves) {
            for (Piece* piece = shelf.first; piece != nullptr;)
                ::operator delete(std::exchange(piece, piece->next));
        }
        kept = {{}, 0, true};
    }
};

/// False once the thread ends.
[[gnu::cold]] bool begin_to_keep() noexcept {
    if (kept.is_over) return false;
    static thread_local const Clearing clearing;
    kept.limit = max_kept;
    return true;
}

constexpr std::size_t index_of(std::size_t size) noexcept {
    return (size - 1) / step;
}

constexpr std::size_t rounded(std::size_t index) noexcept {
    return (index + 1) * step;
}

}  // namespace

void* take_handler_memory(std::size_t size) {
    const std::size_t index = index_of(size);
    if (index >= size_count) return ::operator new(size);
    Shelf& shelf = kept.shelves[index];
    if (shelf.first == nullptr) return ::operator new(rounded(index));
    shelf.kept -= rounded(index);
    return std::exchange(shelf.first, shelf.first->next);
}

void give_handler_memory(void* memory, std::size_t size) noexcept {
    const std::size_t index = index_of(size);
    if (index >= size_count) return ::operator delete(memory);
    Shelf& shelf = kept.shelves[index];
    const std::size_t total = shelf.kept + rounded(index);
    if (total > kept.limit && (kept.limit > 0 || !begin_to_keep())) {
        return ::operator delete(memory);
    }
    shelf.first = ::new (memory) Piece{shelf.first};
    shelf.kept = total;
}

}  // namespace parley::asynchronous

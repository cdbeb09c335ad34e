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
constexpr std::size_t size_count = 8;
constexpr std::size_t max_kept = 64 << 10;  ///< In bytes, by each thread.

/// What a thread keeps: by size, the last one given back first.
struct Kept {
    std::array<Piece*, size_count> pieces;
    std::size_t size;
    bool is_cleared_at_exit;  ///< There is somebody who will.
    bool is_over;             ///< The thread ends: nothing is kept any more.
};
constinit thread_local Kept kept{};

struct Clearing {
    Clearing() noexcept = default;
    Clearing(const Clearing&) = delete;
    Clearing& operator=(const Clearing&) = delete;
    ~Clearing() {
        for (Piece* piece : kept.pieces) {
            while (piece != nullptr)
                ::operator delete(std::exchange(piece, piece->next));
        }
        kept = {{}, 0, true, true};
    }
};

[[gnu::cold]] void clear_at_exit() noexcept {
    static thread_local const Clearing clearing;
    kept.is_cleared_at_exit = true;
}

constexpr std::size_t index_of(std::size_t size) noexcept {
    return (size - 1) / step;
}

}  // namespace

void* take_handler_memory(std::size_t size) {
    const std::size_t index = index_of(size);
    if (index >= size_count) return ::operator new(size);
    Piece*& first = kept.pieces[index];
    const std::size_t whole = (index + 1) * step;
    if (first == nullptr) return ::operator new(whole);
    kept.size -= whole;
    return std::exchange(first, first->next);
}

void give_handler_memory(void* memory, std::size_t size) noexcept {
    const std::size_t index = index_of(size);
    const std::size_t whole = (index + 1) * step;
    if (index >= size_count || kept.is_over || kept.size + whole > max_kept) {
        return ::operator delete(memory);
    }
    if (!kept.is_cleared_at_exit) clear_at_exit();
    Piece*& first = kept.pieces[index];
    first = ::new (memory) Piece{first};
    kept.size += whole;
}

}  // namespace parley::asynchronous

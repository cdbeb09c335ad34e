#include <parley/asynchronous/handler_memory.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <utility>

// What is kept belongs to nobody: the address sanitizer is to know.
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) (static_cast<void>(memory), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ASAN_POISON_MEMORY_REGION(memory, size)
#endif

namespace parley::asynchronous {
namespace {

struct Piece {
    Piece* next;
};

constexpr std::size_t step = 32;  ///< Sizes are rounded up to its multiples.
constexpr std::size_t size_count = 32;
constexpr std::size_t max_kept = 64 << 10;  ///< Bytes of one size, by each thread.

constexpr std::size_t index_of(std::size_t size) noexcept {
    return (size - 1) / step;
}

constexpr std::size_t rounded(std::size_t index) noexcept {
    return (index + 1) * step;
}

/// Pieces of one size, the last one given back first.
class Shelf {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] std::size_t kept() const noexcept { return kept_; }
    void put(void* memory, std::size_t size) noexcept {
        first_ = ::new (memory) Piece{first_};
        kept_ += size;
        ASAN_POISON_MEMORY_REGION(memory, size);
    }
    [[nodiscard]] void* take(std::size_t size) noexcept {
        ASAN_UNPOISON_MEMORY_REGION(first_, size);
        kept_ -= size;
        return std::exchange(first_, first_->next);
    }

private:
    Piece* first_;
    std::size_t kept_;  // bytes
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
        for (std::size_t index = 0; index < size_count; ++index) {
            Shelf& shelf = kept.shelves[index];
            while (!shelf.empty())
                ::operator delete(shelf.take(rounded(index)));
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

}  // namespace

void* take_handler_memory(std::size_t size) {
    const std::size_t index = index_of(size);
    if (index >= size_count) return ::operator new(size);
    Shelf& shelf = kept.shelves[index];
    return shelf.empty() ? ::operator new(rounded(index)) : shelf.take(rounded(index));
}

void give_handler_memory(void* memory, std::size_t size) noexcept {
    const std::size_t index = index_of(size);
    if (index >= size_count) return ::operator delete(memory);
    Shelf& shelf = kept.shelves[index];
    if (shelf.kept() + rounded(index) > kept.limit && (kept.limit > 0 || !begin_to_keep())) {
        return ::operator delete(memory);
    }
    shelf.put(memory, rounded(index));
}

}  // namespace parley::asynchronous

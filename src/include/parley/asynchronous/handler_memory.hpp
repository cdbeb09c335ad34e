// Where handlers without an allocator of their own are kept while their calls are under way.
#pragma once

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associator.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace parley::asynchronous {

/// Memory that is aligned for any fundamental type. Each thread keeps what it gives back for its
/// next calls, up to 64 KiB of each of 32 sizes: Asio's own keeps two pieces, which many sends at
/// once run out of. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] void* take_handler_memory(std::size_t size);
void give_handler_memory(void* memory, std::size_t size) noexcept;

template <typename T>
class HandlerAllocator {
public:
    using value_type = T;

    HandlerAllocator() noexcept = default;
    template <typename Other>
    HandlerAllocator(const HandlerAllocator<Other>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        if constexpr (is_overaligned)
            return std::allocator<T>().allocate(count);
        else
            return static_cast<T*>(take_handler_memory(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        if constexpr (is_overaligned)
            std::allocator<T>().deallocate(memory, count);
        else
            give_handler_memory(memory, count * sizeof(T));
    }

private:
    static constexpr bool is_overaligned = alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
};

template <>
class HandlerAllocator<void> {
public:
    using value_type = void;

    HandlerAllocator() noexcept = default;
    template <typename Other>
    HandlerAllocator(const HandlerAllocator<Other>&) noexcept {}
};

template <typename One, typename Other>
[[nodiscard]] bool operator==(const HandlerAllocator<One>&,
                              const HandlerAllocator<Other>&) noexcept {
    return true;
}

/// A handler with the allocator above, and in all else as it is.
template <typename Inner>
class KeptHandler {
public:
    using allocator_type = HandlerAllocator<void>;

    explicit KeptHandler(Inner inner) : inner_(std::move(inner)) {}

    template <typename... Results>
    void operator()(Results&&... results) {
        std::move(inner_)(std::forward<Results>(results)...);
    }

    [[nodiscard]] allocator_type get_allocator() const noexcept { return {}; }
    [[nodiscard]] const Inner& inner() const noexcept { return inner_; }

private:
    Inner inner_;
};

/// The handler itself where it has an allocator, or else with the one above.
template <typename Handler>
[[nodiscard]] auto with_handler_memory(Handler&& handler) {
    using Plain = std::decay_t<Handler>;
    using Ours = HandlerAllocator<void>;
    if constexpr (std::is_same_v<boost::asio::associated_allocator_t<Plain, Ours>, Ours>) {
        return KeptHandler<Plain>(std::forward<Handler>(handler));
    } else {
        return Plain(std::forward<Handler>(handler));
    }
}

}  // namespace parley::asynchronous

template <template <typename, typename> class Associator, typename Inner, typename Default>
struct boost::asio::associator<Associator, parley::asynchronous::KeptHandler<Inner>, Default>
    : Associator<Inner, Default> {
    static auto get(const parley::asynchronous::KeptHandler<Inner>& handler) noexcept {
        return Associator<Inner, Default>::get(handler.inner());
    }
    static auto get(const parley::asynchronous::KeptHandler<Inner>& handler,
                    const Default& candidate) noexcept {
        return Associator<Inner, Default>::get(handler.inner(), candidate);
    }
};

#include "support/catch.hpp"

#include <parley/asynchronous/handler_memory.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <cstring>
#include <memory>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

using parley::asynchronous::give_handler_memory;
using parley::asynchronous::take_handler_memory;

namespace {

std::vector<void*> take_many(std::size_t count, std::size_t size) {
    std::vector<void*> pieces;
    for (std::size_t i = 0; i < count; ++i) {
        pieces.push_back(take_handler_memory(size));
        std::memset(pieces.back(), 0x5a, size);
    }
    return pieces;
}

void give_all(const std::vector<void*>& pieces, std::size_t size) {
    for (void* const piece : pieces)
        give_handler_memory(piece, size);
}

}  // namespace

#ifdef __SANITIZE_ADDRESS__
TEST_CASE("handler memory: the address sanitizer knows what nobody holds", "[handler_memory]") {
    void* const piece = take_handler_memory(64);
    give_handler_memory(piece, 64);
    CHECK(__asan_address_is_poisoned(piece) != 0);
    CHECK(take_handler_memory(64) == piece);
    CHECK(__asan_region_is_poisoned(piece, 64) == nullptr);
    give_handler_memory(piece, 64);
}
#endif

TEST_CASE("handler memory: what a thread gives back it takes again", "[handler_memory]") {
    const std::size_t size = GENERATE(1U, 32U, 33U, 72U, 256U);
    const std::vector<void*> pieces = take_many(50, size);
    CHECK(std::set(pieces.begin(), pieces.end()).size() == 50);
    give_all(pieces, size);
    const std::vector<void*> again = take_many(50, size);
    CHECK(std::set(again.begin(), again.end()) == std::set(pieces.begin(), pieces.end()));
    give_all(again, size);
}

TEST_CASE("handler memory: a handler too large to be kept has memory all the same",
          "[handler_memory]") {
    const std::size_t size = GENERATE(1025U, 100000U);
    give_all(take_many(3, size), size);
}

TEST_CASE("handler memory: one thread takes what another gives back, beyond what it may keep",
          "[handler_memory]") {
    for (int round = 0; round < 3; ++round) {
        const std::vector<void*> pieces = take_many(2000, 64);
        std::thread([&] {
            give_all(pieces, 64);
            give_all(take_many(10, 64), 64);
        }).join();
    }
}

TEST_CASE("handler memory: a handler with an allocator of its own keeps to it",
          "[handler_memory]") {
    auto with_own = boost::asio::bind_allocator(
        std::allocator<int>(), [held = std::make_unique<int>(8)] { return *held; });
    using Own = decltype(with_own);
    auto kept = parley::asynchronous::with_handler_memory(std::move(with_own));
    STATIC_REQUIRE(std::is_same_v<decltype(kept), Own>);
    CHECK(kept() == 8);
}

TEST_CASE("handler memory: a handler without an allocator keeps all else that it has",
          "[handler_memory]") {
    boost::asio::io_context context;
    boost::asio::cancellation_signal signal;
    // To be called as an rvalue alone.
    struct OnceOnly {
        std::unique_ptr<int> held;
        int& sum;
        void operator()(int number) && { sum += number + *held; }
    };
    int sum = 0;
    auto handler = boost::asio::bind_cancellation_slot(
        signal.slot(), boost::asio::bind_executor(context.get_executor(),
                                                  OnceOnly{std::make_unique<int>(1), sum}));
    auto kept = parley::asynchronous::with_handler_memory(std::move(handler));
    STATIC_REQUIRE(std::is_same_v<boost::asio::associated_allocator_t<decltype(kept)>,
                                  parley::asynchronous::HandlerAllocator<void>>);
    CHECK(boost::asio::get_associated_executor(kept) == context.get_executor());
    CHECK(boost::asio::get_associated_cancellation_slot(kept) == signal.slot());
    parley::asynchronous::with_handler_memory(OnceOnly{std::make_unique<int>(1), sum})(2);
    CHECK(sum == 3);
}

TEST_CASE("handler memory: an allocator of Asio's own is a handler's own, too",
          "[handler_memory]") {
    auto handler = boost::asio::bind_allocator(boost::asio::recycling_allocator<void>(), [] {});
    auto kept = parley::asynchronous::with_handler_memory(std::move(handler));
    STATIC_REQUIRE(std::is_same_v<decltype(kept), decltype(handler)>);
}

TEST_CASE("handler memory: many pieces of one size leave room for those of another",
          "[handler_memory]") {
    give_all(take_many(2000, 64), 64);
    const std::vector<void*> pieces = take_many(2, 200);
    give_all(pieces, 200);
    const std::vector<void*> again = take_many(2, 200);
    CHECK(std::set(again.begin(), again.end()) == std::set(pieces.begin(), pieces.end()));
    give_all(again, 200);
}

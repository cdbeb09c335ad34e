#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/buffer.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <utility>

using parley::Buffer;
using support::as_bytes;

TEST_CASE("buffer: begins empty, without memory", "[buffer]") {
    const Buffer buffer;
    CHECK(buffer.empty());
    CHECK(buffer.capacity() == 0);
    CHECK(buffer.view().empty());
}

TEST_CASE("buffer: appends and keeps what it holds while it grows", "[buffer]") {
    Buffer buffer;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        buffer.append(as_bytes("0123456789"));
        expected += "0123456789";
    }
    CHECK(buffer.view() == expected);
    buffer.resize(5);
    CHECK(buffer.view() == "01234");
    buffer.reserve(100000);
    CHECK(buffer.capacity() >= 100000);
    CHECK(buffer.view() == "01234");
}

TEST_CASE("buffer: a big block survives growing", "[buffer]") {
    Buffer buffer(std::size_t{3} << 20);
    for (std::byte& byte : buffer)
        byte = std::byte{0x5a};
    buffer.resize(std::size_t{20} << 20);
    for (std::size_t i = 0; i < std::size_t{3} << 20; i += 4096)
        CHECK(buffer.data()[i] == std::byte{0x5a});
}

TEST_CASE("buffer: a mapped block keeps what it holds as it moves", "[buffer]") {
    Buffer buffer(std::size_t{5} << 20);
    buffer.data()[0] = std::byte{1};
    buffer.data()[buffer.size() - 1] = std::byte{2};
    const std::size_t last = buffer.size() - 1;
    for (const std::size_t size : {std::size_t{9} << 20, (std::size_t{20} << 20) + 1}) {
        buffer.resize(size);
        CHECK(buffer.capacity() >= size);
        CHECK(buffer.data()[0] == std::byte{1});
        CHECK(buffer.data()[last] == std::byte{2});
        buffer.data()[size - 1] = std::byte{3};
    }
    const Buffer moved = std::move(buffer);
    CHECK(moved.data()[last] == std::byte{2});
}

TEST_CASE("buffer: one message after the other lies in memory that the process has", "[buffer]") {
    const auto page_faults = [] {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        return usage.ru_minflt;
    };
    constexpr std::size_t size = std::size_t{1} << 20;
    Buffer last;
    long before = 0;
    for (int i = 0; i < 102; ++i) {
        if (i == 2) before = page_faults();
        Buffer next(size);
        std::fill(next.begin(), next.end(), std::byte{1});
        last = std::move(next);
    }
    CHECK(page_faults() - before < 256);
}

TEST_CASE("buffer: a freed block is the next one's where that is half as big at least",
          "[buffer]") {
    constexpr std::size_t size = std::size_t{128} << 10;
    Buffer{size};  // in place of what others have left
    Buffer{4 * size};
    CHECK(Buffer(2 * size).capacity() == 4 * size);
    const Buffer small(2 * size - 64);
    CHECK(small.capacity() == 2 * size - 64);
    const Buffer reusing(4 * size);
    CHECK(reusing.capacity() == 4 * size);
}

TEST_CASE("buffer: blocks around the size that is mapped are freed as they were taken",
          "[buffer]") {
    constexpr std::size_t mapped = std::size_t{4} << 20;
    const auto resident_pages = [] {
        std::ifstream statm("/proc/self/statm");
        long total = 0;
        long resident = 0;
        statm >> total >> resident;
        return resident;
    };
    const std::size_t size = mapped - GENERATE(0UL, 1UL, 63UL, 64UL, 65UL);
    long before = 0;
    for (int i = 0; i < 22; ++i) {
        if (i == 2) before = resident_pages();
        Buffer buffer(size);
        std::fill(buffer.begin(), buffer.end(), std::byte{1});
        buffer.resize(2 * mapped);
    }
    CHECK(resident_pages() - before < 10 * static_cast<long>(mapped / 4096));
}

TEST_CASE("buffer: a vast block takes address space and no memory", "[buffer]") {
    Buffer buffer;
    buffer.reserve(std::size_t{64} << 30);
    buffer.append(as_bytes("a few bytes"));
    CHECK(buffer.view() == "a few bytes");
}

TEST_CASE("buffer: moving leaves nothing behind", "[buffer]") {
    Buffer first(as_bytes("first"));
    Buffer second = std::move(first);
    CHECK(first.capacity() == 0);  // NOLINT(bugprone-use-after-move)
    CHECK(second.view() == "first");
    Buffer third(as_bytes("third"));
    third = std::move(second);
    CHECK(second.capacity() == 0);  // NOLINT(bugprone-use-after-move)
    CHECK(third.view() == "first");
    Buffer& self = third;
    third = std::move(self);
    CHECK(third.view() == "first");
}

TEST_CASE("buffer: an impossible size throws and leaves the buffer as it was", "[buffer]") {
    Buffer buffer(as_bytes("kept"));
    CHECK_THROWS_AS(buffer.reserve(~std::size_t{0}), std::bad_alloc);
    CHECK(buffer.view() == "kept");
}

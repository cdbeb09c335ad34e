// A message above 2 GiB through real system calls. Its memory is one mebibyte mapped over and over.
#include "support/catch.hpp"
#include "support/sockets.hpp"
#include "support/threads.hpp"

#include <parley/pipe.hpp>

#include <sys/mman.h>

#include <algorithm>

using namespace support;

namespace {

class Sparse {
public:
    Sparse(std::size_t size, std::byte content) : size_(size) {
        const Raw file(::memfd_create("sparse", MFD_CLOEXEC));
        REQUIRE(::ftruncate(file.fileno(), chunk) == 0);
        data_ = static_cast<std::byte*>(::mmap(nullptr, size_ + chunk, PROT_NONE,
                                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        REQUIRE(data_ != MAP_FAILED);
        for (std::size_t at = 0; at < size_; at += chunk) {
            REQUIRE(::mmap(data_ + at, chunk, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                           file.fileno(), 0) != MAP_FAILED);
        }
        std::fill_n(data_, chunk, content);
    }
    Sparse(const Sparse&) = delete;
    ~Sparse() { ::munmap(data_, size_ + chunk); }

    parley::MutableBytes bytes() const { return {data_, size_}; }

private:
    static constexpr std::size_t chunk = 1 << 20;
    std::size_t size_;
    std::byte* data_ = nullptr;
};

}  // namespace

TEST_CASE("connection: a message above 2 GiB goes through, and the next one after it",
          "[connection]") {
    constexpr std::size_t size = (std::size_t{1} << 31) + 12345;
    const Sparse out(size, std::byte{'x'});
    const Sparse in(size, std::byte{});
    auto ends = parley::Pipe();
    Worker sender([&] {
        ends.first.send_bytes(out.bytes());
        ends.first.send_bytes("next");
    });
    CHECK(ends.second.recv_bytes_into(in.bytes()) == size);
    CHECK(in.bytes().back() == std::byte{'x'});
    CHECK(ends.second.recv_bytes().view() == "next");
    CHECK_FALSE(sender.failure());
    CHECK(ends.second.counters().stream_received == size + 12 + 4 + 4);
}

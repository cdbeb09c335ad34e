#include "src/gathered_sends.hpp"

#include "support/catch.hpp"

#include <malloc.h>

using parley::GatheredSends;

TEST_CASE("gathered sends: what has left makes room for what comes", "[connection]") {
    GatheredSends sends;
    const auto in_use = [] { return ::mallinfo2().uordblks; };
    const std::size_t before = in_use();
    std::size_t next = 0;
    for (std::size_t size = 0; size < 100'000; ++size) {
        sends.reserve_one();
        sends.push_back({{}, size, {}});
        if (size < 50) continue;
        // Never empty from here on, and in order.
        if (sends.pop_front().payload_size != next++) FAIL("out of order");
    }
    CHECK(sends.all().size() == 50);
    CHECK(in_use() - before < 64 * 1024);
}

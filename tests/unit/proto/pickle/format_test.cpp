// Without a library to link: fmt as headers alone.
#define FMT_HEADER_ONLY
#include "support/catch.hpp"

#include <parley/format.hpp>

#if __has_include(<fmt/format.h>)
TEST_CASE("format: values go into format strings as their repr", "[value]") {
    CHECK(fmt::format("{} and {:>8}", parley::list(1, "a"), parley::Value("b")) ==
          "[1, 'a'] and      'b'");
}
#endif

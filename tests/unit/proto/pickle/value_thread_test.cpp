#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>
#include <parley/value.hpp>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::string_literals;
using parley::Value;

namespace {

/// All that threads may do with a value of theirs at once.
bool use(const Value& value, std::string_view expected) {
    bool right = true;
    for (int round = 0; round < 50; ++round) {
        const Value copy = value;
        const Value pair = parley::list(copy, copy["list"], parley::tuple(copy["list"]));
        right = right && pair[0]["list"].is(pair[2][0]) && copy["list"].size() == 3;
        right = right && parley::pickle::dumps(copy).value().view() == expected;
        right = right && parley::pickle::dumps(pair).has_value() && pair[0] == value;
    }
    return right;
}

}  // namespace

TEST_CASE("value: threads read, write and share one value at once", "[value]") {
    const std::string pickle = "}(\x8c\4list\x94](K\1\x8c\3two\x94h\1e\x8c\1kh\0u."s;
    const Value value = parley::pickle::loads(support::as_bytes(pickle)).value();
    const std::string expected(parley::pickle::dumps(value).value().view());
    std::vector<char> right(4, 0);
    std::vector<std::thread> threads;
    for (char& result : right) {
        threads.emplace_back(
            [&result, &value, &expected] { result = use(value, expected) ? 1 : 0; });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(right == std::vector<char>(4, 1));
}

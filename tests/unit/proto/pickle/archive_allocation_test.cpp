// What typed messages cost in allocations: none for a member, few for a message.
#include "support/allocations.hpp"
#include "support/typed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thrift {

/// Members that have nothing on the heap: short strings are in place.
struct Reading {
    std::string sensor = "oven";
    std::int64_t id = 1;
    double value = 21.5;
    bool valid = true;
    std::optional<float> deviation = 0.5F;
    std::uint8_t level[3] = {1, 2, 3};
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(id) &
            BOOST_SERIALIZATION_NVP(value) & BOOST_SERIALIZATION_NVP(valid) &
            BOOST_SERIALIZATION_NVP(deviation) & BOOST_SERIALIZATION_NVP(level);
    }
};
struct DataReading : Reading {};
struct Unnamed {
    int x = 1;
    double y = 2;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& x& y;
    }
};

/// Allocations of one call.
template <typename Call>
std::size_t allocations_of(Call call) {
    const std::size_t before = support::allocations();
    call();
    return support::allocations() - before;
}

template <typename T>
std::size_t allocations_to_write(std::size_t count) {
    const std::vector<T> objects(count);
    parley::Buffer out;
    parley::pickle::dumps(objects, out).value();
    out.clear();
    return allocations_of([&] { parley::pickle::dumps(objects, out).value(); });
}

/// Without those of the vector that is read into.
template <typename T>
std::size_t allocations_to_read(std::size_t count) {
    parley::Buffer pickled = support::pickled(std::vector<T>(count));
    std::vector<T> objects;
    return allocations_of(
        [&] { objects = parley::pickle::loads<std::vector<T>>(std::move(pickled)).value(); });
}

}  // namespace thrift

PARLEY_PYTHON_CLASS(thrift::DataReading, "lab.readings", "Reading");

using thrift::allocations_to_read;
using thrift::allocations_to_write;

TEST_CASE("archive: writing allocates for a message, and for none of its members", "[archive]") {
    const std::size_t few = 20;
    CHECK(allocations_to_write<thrift::Reading>(10) <= few);
    CHECK(allocations_to_write<thrift::Reading>(10) == allocations_to_write<thrift::Reading>(5000));
    CHECK(allocations_to_write<thrift::DataReading>(10) ==
          allocations_to_write<thrift::DataReading>(5000));
    CHECK(allocations_to_write<thrift::Unnamed>(10) == allocations_to_write<thrift::Unnamed>(5000));
    CHECK(allocations_to_write<int>(5000) <= few);
    CHECK(allocations_to_write<double>(5000) <= few);
}

TEST_CASE("archive: reading allocates for a message, and for none of its members", "[archive]") {
    const std::size_t few = 20;
    CHECK(allocations_to_read<thrift::Reading>(10) <= few);
    CHECK(allocations_to_read<thrift::Reading>(10) == allocations_to_read<thrift::Reading>(5000));
    CHECK(allocations_to_read<thrift::DataReading>(10) ==
          allocations_to_read<thrift::DataReading>(5000));
    CHECK(allocations_to_read<thrift::Unnamed>(10) == allocations_to_read<thrift::Unnamed>(5000));
    CHECK(allocations_to_read<int>(5000) <= few);
}

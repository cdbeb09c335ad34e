#include "instance.hpp"

#include <parley/range.hpp>

#include <optional>
#include <vector>

namespace parley {
namespace {

constexpr well_known::Name range_type = {"builtins", "range"};
constexpr well_known::Name slice_type = {"builtins", "slice"};

}  // namespace

std::uint64_t Range::size() const noexcept {
    const auto distance = [](std::int64_t low, std::int64_t high) {
        return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    };
    if (step > 0 && start < stop)
        return (distance(start, stop) - 1) / static_cast<std::uint64_t>(step) + 1;
    if (step < 0 && start > stop)
        return (distance(stop, start) - 1) / (0 - static_cast<std::uint64_t>(step)) + 1;
    return 0;
}

Result<Range> Range::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = well_known::arguments(value, range_type);
    if (!args || args->size() != 3) return well_known::wrong_type("range", value);
    for (const Value& bound : *args) {
        if (!bound.is_int()) return well_known::wrong_type("int", bound);
        if (!bound.fits_int64()) return well_known::out_of_range("a range beyond 64 bits");
    }
    const Range range = {(*args)[0].as_int(), (*args)[1].as_int(), (*args)[2].as_int()};
    if (range.step == 0) return well_known::out_of_range("a range whose step is 0");
    return range;
}

Range::operator Value() const {
    if (step == 0) throw_failure(well_known::out_of_range("a range whose step is 0"));
    return call(global(range_type.module, range_type.qualname), tuple(start, stop, step));
}

Result<Slice> Slice::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = well_known::arguments(value, slice_type);
    if (!args || args->size() != 3) return well_known::wrong_type("slice", value);
    return Slice{(*args)[0], (*args)[1], (*args)[2]};
}

Slice::operator Value() const {
    return call(global(slice_type.module, slice_type.qualname), tuple(start, stop, step));
}

}  // namespace parley

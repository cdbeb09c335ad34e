// Any value, read as each of the library's types: it is one or it is refused, and what it is goes
// out and comes back as the same. Printing it takes no more than the limit allows.
#include "support/bytes.hpp"
#include "support/fuzz.hpp"

#include <parley/array.hpp>
#include <parley/collections.hpp>
#include <parley/datetime.hpp>
#include <parley/decimal.hpp>
#include <parley/enum.hpp>
#include <parley/exception.hpp>
#include <parley/fraction.hpp>
#include <parley/ndarray.hpp>
#include <parley/path.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/range.hpp>
#include <parley/record.hpp>
#include <parley/repr.hpp>
#include <parley/uuid.hpp>

using parley::Value;
using support::require;

namespace {

constexpr std::size_t limit = 20'000;

template <typename T>
void read_as(const Value& value) {
    const parley::Result<T> known = T::from_value(value);
    if (!known) {
        const auto code = known.error().code;
        require(code == parley::Errc::wrong_type || code == parley::Errc::out_of_range,
                "a value that is not of the type is of another, or out of range");
        return;
    }
    require(T::from_value(Value(*known)).has_value(), "what was read goes out and comes back");
}

// Elements in every way that an array hands them out; what is not of the kind throws TypeError.
template <typename Action>
void attempt(Action action) {
    try {
        action();
    } catch (const parley::TypeError&) {
    }
}

void look_into(const parley::NdArray& array) {
    attempt([&] { require(array.to_vector<double>().size() == array.size(), "every element"); });
    attempt([&] { require(array.to_vector<std::int8_t>().size() == array.size(), "no other"); });
    attempt([&] { require(array.to_strings().size() == array.size(), "every text"); });
    attempt([&] { require(array.to_objects().size() == array.size(), "every object"); });
    attempt([&] { require(array.view<std::int64_t>().size() == array.size(), "in place"); });
    for (const parley::DType::Field& field : array.dtype().fields()) {
        attempt([&] { static_cast<void>(Value(array.field(field.name))); });
    }
}

void read_as_everything(const Value& value) {
    read_as<parley::Array>(value);
    read_as<parley::Counter>(value);
    read_as<parley::DType>(value);
    read_as<parley::DataClass>(value);
    read_as<parley::Date>(value);
    read_as<parley::DateTime>(value);
    read_as<parley::Decimal>(value);
    read_as<parley::DefaultDict>(value);
    read_as<parley::Deque>(value);
    read_as<parley::EnumMember>(value);
    read_as<parley::Exception>(value);
    read_as<parley::Fraction>(value);
    read_as<parley::NamedTuple>(value);
    read_as<parley::NdArray>(value);
    read_as<parley::NumpyScalar>(value);
    read_as<parley::OrderedDict>(value);
    read_as<parley::Path>(value);
    read_as<parley::Range>(value);
    read_as<parley::Slice>(value);
    read_as<parley::Time>(value);
    read_as<parley::TimeDelta>(value);
    read_as<parley::TimeZone>(value);
    read_as<parley::Uuid>(value);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value =
        parley::pickle::loads(support::as_bytes(support::FuzzInput(data, size).rest()));
    if (!value) return 0;
    require(parley::repr(*value, {.limit = limit}).size() <= limit + 3, "no more than the limit");
    read_as_everything(*value);
    if (const auto array = parley::NdArray::from_value(*value)) look_into(*array);
    return 0;
}

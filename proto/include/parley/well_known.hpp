// What every type of Python's library that has a C++ face of its own (parley/datetime.hpp,
// parley/decimal.hpp, parley/ndarray.hpp ...) has in common.
#pragma once

#include <parley/error.hpp>
#include <parley/value.hpp>

#include <concepts>

namespace parley {

/// A C++ type that stands for one of Python's library. `T::from_value(value)` reads an instance, of
/// whichever Python and protocol, and fails with wrong_type for anything else, or with out_of_range
/// for what Python could not have sent; `value.get<T>()` is the same, but throws. A T converts to a
/// Value by itself, so that it can stand wherever one can: `connection.send(parley::list(Date{...},
/// 1))`. Values go out in the form that every CPython loads which has the type.
template <typename T>
concept WellKnown = requires(const Value& value, const T& known) {
    { T::from_value(value) } -> std::same_as<Result<T>>;
    static_cast<Value>(known);
};

template <WellKnown T>
struct FromValue<T> {
    static T from(const Value& value) { return T::from_value(value).value(); }
};

}  // namespace parley

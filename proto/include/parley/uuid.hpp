// Python's uuid.UUID as Boost's.
#pragma once

#include <parley/well_known.hpp>

#include <boost/uuid/uuid.hpp>

namespace parley {

/// A uuid.UUID. What Python knows of its safety (is_safe) is not kept.
struct Uuid {
    boost::uuids::uuid id;

    [[nodiscard]] static Result<Uuid> from_value(const Value& value);
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Uuid&, const Uuid&) = default;
};

template <>
struct FromValue<boost::uuids::uuid> {
    static boost::uuids::uuid from(const Value& value) { return value.get<Uuid>().id; }
};

}  // namespace parley

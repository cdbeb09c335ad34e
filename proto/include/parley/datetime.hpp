// Python's datetime module as std::chrono: date, time, datetime, timedelta and timezone.
//
//     parley::DateTime when = value.get<parley::DateTime>();
//     if (auto instant = when.utc()) age = std::chrono::system_clock::now() - *instant;
//     connection.send(parley::DateTime::at(std::chrono::sys_days{2024y / 1 / 2}));
#pragma once

#include <parley/well_known.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace parley {

/// datetime.timedelta, in its own normalised form, whose range (a billion days) is wider than that
/// of std::chrono::microseconds in 64 bits.
struct TimeDelta {
    std::int32_t days = 0;          ///< -999,999,999 to 999,999,999.
    std::int32_t seconds = 0;       ///< 0 to 86,399.
    std::int32_t microseconds = 0;  ///< 0 to 999,999.

    [[nodiscard]] static TimeDelta of(std::chrono::microseconds duration) noexcept;
    /// Throws TypeError (out_of_range) beyond some 292,000 years.
    [[nodiscard]] std::chrono::microseconds duration() const;
    /// Whether every part is within its range.
    [[nodiscard]] bool ok() const noexcept;

    [[nodiscard]] static Result<TimeDelta> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for parts beyond their ranges.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend auto operator<=>(const TimeDelta&, const TimeDelta&) = default;
};

/// datetime.timezone: a fixed distance from UTC, less than a day either way, with or without a
/// name.
struct TimeZone {
    std::chrono::microseconds offset{0};  ///< East of Greenwich is positive.
    std::optional<std::string> name = {};

    [[nodiscard]] static Result<TimeZone> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for an offset of a day or more.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const TimeZone&, const TimeZone&) = default;
};

/// datetime.date: the years 1 to 9999 of the Gregorian calendar. A datetime is none here.
struct Date {
    std::chrono::year_month_day day;

    [[nodiscard]] static Result<Date> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for a day that does not exist, or not in Python.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend auto operator<=>(const Date&, const Date&) = default;
};

/// datetime.time.
struct Time {
    std::chrono::microseconds since_midnight{0};  ///< Less than a day.
    Value tzinfo = {};                            ///< Any tzinfo object, or None.
    bool fold = false;  ///< The second of two times that look alike when clocks are set back.

    [[nodiscard]] static Result<Time> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for a time of a day or more.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// datetime.datetime: what a clock on the wall shows, and perhaps the time zone it hangs in.
///
/// Any tzinfo object is kept as a value; offsets are known for datetime.timezone alone. A Python
/// before 3.6 refuses one with `fold` set.
struct DateTime {
    std::chrono::local_time<std::chrono::microseconds> local;  ///< Years 1 to 9999.
    Value tzinfo = {};                                         ///< None where it is naive.
    bool fold = false;

    /// An instant, with the time zone UTC.
    [[nodiscard]] static DateTime at(std::chrono::sys_time<std::chrono::microseconds> instant);
    /// The tzinfo, where it is a datetime.timezone.
    [[nodiscard]] std::optional<TimeZone> timezone() const;
    /// The instant, where the tzinfo is a datetime.timezone.
    [[nodiscard]] std::optional<std::chrono::sys_time<std::chrono::microseconds>> utc() const;

    [[nodiscard]] static Result<DateTime> from_value(const Value& value);
    /// Throws TypeError (out_of_range) for a year that Python does not have.
    operator Value() const;  // NOLINT(google-explicit-constructor)
};

/// A timedelta; TypeError (out_of_range) beyond some 292,000 years.
template <>
struct FromValue<std::chrono::microseconds> {
    static std::chrono::microseconds from(const Value& value) {
        return value.get<TimeDelta>().duration();
    }
};
template <>
struct FromValue<std::chrono::year_month_day> {
    static std::chrono::year_month_day from(const Value& value) { return value.get<Date>().day; }
};
/// A datetime with a fixed time zone; TypeError (wrong_type) for one without.
template <>
struct FromValue<std::chrono::sys_time<std::chrono::microseconds>> {
    static std::chrono::sys_time<std::chrono::microseconds> from(const Value& value);
};

}  // namespace parley

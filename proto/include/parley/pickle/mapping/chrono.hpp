// Times of std::chrono: timedelta, datetime and date.
#pragma once

#include <parley/datetime.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley::pickle {

/// A span of time as timedelta counts it. Python has no nanoseconds: what is less than a
/// microsecond is cut off, towards the past.
template <typename Duration>
[[nodiscard]] TimeDelta to_timedelta(OutputArchive& archive, const Duration& duration);
/// The other way round. Fails where the type cannot hold it, or only a part of it.
template <typename Duration>
void from_timedelta(InputArchive& archive, const Cell& cell, const TimeDelta& delta,
                    Duration& duration);

/// Writes the call that makes one.
void write_timedelta(OutputArchive& archive, const TimeDelta& delta);
void write_datetime(OutputArchive& archive, std::chrono::sys_time<std::chrono::microseconds> when);
void write_date(OutputArchive& archive, std::chrono::year_month_day day);
/// Reads an instant; a datetime without a time zone is taken to be in UTC.
[[nodiscard]] std::chrono::sys_time<std::chrono::microseconds> read_datetime(InputArchive& archive,
                                                                             const Cell& cell);
/// Whether the cell is an instance of a class of the module `datetime`.
[[nodiscard]] bool is_datetime(const InputArchive& archive, const Cell& cell,
                               std::string_view name);

template <typename Rep, typename Period>
struct Mapping<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;

    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "datetime.timedelta"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return is_datetime(archive, cell, "timedelta") ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, const Duration& duration) {
        write_timedelta(archive, to_timedelta(archive, duration));
    }
    static void load(InputArchive& archive, const Cell& cell, Duration& duration) {
        const Result<TimeDelta> delta = TimeDelta::from_value(archive.value(cell));
        if (!delta) archive.fail_type(expected(), cell);
        from_timedelta(archive, cell, *delta, duration);
    }
};

template <typename Duration>
struct Mapping<std::chrono::time_point<std::chrono::system_clock, Duration>> {
    using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;

    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "datetime.datetime"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return is_datetime(archive, cell, "datetime") ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, const Time& time) {
        const TimeDelta since_epoch = to_timedelta(archive, time.time_since_epoch());
        // A datetime's years are within 64 bits of microseconds; others are refused there.
        const bool is_near = since_epoch.days > -3'652'060 && since_epoch.days < 3'652'060;
        if (!is_near) archive.fail(Errc::not_picklable, "expected a time of the years 1 to 9999");
        write_datetime(archive,
                       std::chrono::sys_time<std::chrono::microseconds>(since_epoch.duration()));
    }
    static void load(InputArchive& archive, const Cell& cell, Time& time) {
        Duration since_epoch;
        const auto read = read_datetime(archive, cell).time_since_epoch();
        from_timedelta(archive, cell, TimeDelta::of(read), since_epoch);
        time = Time(since_epoch);
    }
};

template <>
struct Mapping<std::chrono::year_month_day> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "datetime.date"; }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return is_datetime(archive, cell, "date") ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, const std::chrono::year_month_day& day) {
        write_date(archive, day);
    }
    static void load(InputArchive& archive, const Cell& cell, std::chrono::year_month_day& day) {
        const Result<Date> date = Date::from_value(archive.value(cell));
        if (!date) archive.fail_type(expected(), cell);
        day = date->day;
    }
};

template <typename Duration>
TimeDelta to_timedelta(OutputArchive& archive, const Duration& duration) {
    using std::chrono::duration_cast;
    using Days = std::chrono::duration<double, std::chrono::days::period>;
    constexpr int most_days = 999'999'999;
    const double rough = duration_cast<Days>(duration).count();
    const bool is_near = std::abs(rough) < most_days + 2;
    const auto days = std::chrono::floor<std::chrono::days>(is_near ? duration : Duration());
    if (!is_near || days.count() < -most_days || days.count() > most_days) {
        archive.fail(Errc::not_picklable, "expected a duration of at most 999999999 days");
    }
    const auto rest = std::chrono::floor<std::chrono::microseconds>(duration - days);
    TimeDelta delta = TimeDelta::of(rest);
    delta.days += static_cast<std::int32_t>(days.count());
    return delta;
}

template <typename Duration>
void from_timedelta(InputArchive& archive, const Cell& cell, const TimeDelta& delta,
                    Duration& duration) {
    using Rep = typename Duration::rep;
    using Tick = std::ratio_divide<std::micro, typename Duration::period>;
    __extension__ using Wide = __int128;
    const Wide seconds = Wide{delta.days} * 86'400 + delta.seconds;
    const Wide ticks = (seconds * 1'000'000 + delta.microseconds) * Tick::num;
    if constexpr (std::floating_point<Rep>) {
        duration = Duration(static_cast<Rep>(ticks) / static_cast<Rep>(Tick::den));
    } else {
        const Wide count = ticks / Tick::den;
        if (count * Tick::den != ticks) {
            archive.fail_range("a time that the type holds without a rest", cell);
        }
        if (count < std::numeric_limits<Rep>::min() || count > std::numeric_limits<Rep>::max()) {
            archive.fail_range("a time within the range of the type", cell);
        }
        duration = Duration(static_cast<Rep>(count));
    }
}

}  // namespace parley::pickle

// The states of datetime.date (4 bytes), time (6) and datetime (10) are big-endian fields, as the
// constructors of CPython's Lib/_pydatetime.py take them; the highest bit of the hour of a time,
// and of the month of a datetime, is the fold.
#include "instance.hpp"

#include <parley/datetime.hpp>

#include <string>
#include <utility>
#include <vector>

namespace parley {
namespace {

using namespace std::chrono_literals;
using Microseconds = std::chrono::microseconds;
using well_known::arguments;
using well_known::Name;
using well_known::out_of_range;
using well_known::wrong_type;

constexpr Name date_type = {"datetime", "date"};
constexpr Name time_type = {"datetime", "time"};
constexpr Name datetime_type = {"datetime", "datetime"};
constexpr Name timedelta_type = {"datetime", "timedelta"};
constexpr Name timezone_type = {"datetime", "timezone"};

constexpr unsigned fold_bit = 0x80;
constexpr Microseconds day_length = 24h;

Value make(Name type, const std::vector<Value>& args) {
    return call(global(type.module, type.qualname), tuple(args));
}

// Big-endian fields of a state, read from its front.
class StateReader {
public:
    explicit StateReader(std::string_view state) noexcept : state_(state) {}

    unsigned take(std::size_t size) noexcept {
        unsigned value = 0;
        for (const char byte : state_.substr(0, size)) {
            value = value << 8U | static_cast<unsigned char>(byte);
        }
        state_.remove_prefix(size);
        return value;
    }

private:
    std::string_view state_;
};

void put(std::string& state, std::int64_t value, unsigned size) {
    for (unsigned i = size; i-- != 0;) {
        state += static_cast<char>(static_cast<unsigned>(value) >> (8 * i) & 0xffU);
    }
}

void put_date(std::string& state, std::chrono::year_month_day day, bool fold) {
    put(state, static_cast<int>(day.year()), 2);
    put(state, static_cast<unsigned>(day.month()) | (fold ? fold_bit : 0U), 1);
    put(state, static_cast<unsigned>(day.day()), 1);
}

void put_time(std::string& state, Microseconds time, bool fold) {
    const std::int64_t seconds = time / 1s;
    put(state, seconds / 3600 | (fold ? std::int64_t{fold_bit} : 0), 1);
    put(state, seconds / 60 % 60, 1);
    put(state, seconds % 60, 1);
    put(state, time % 1s / 1us, 3);
}

std::optional<std::chrono::year_month_day> take_date(StateReader& state) {
    const std::chrono::year year(static_cast<int>(state.take(2)));
    const std::chrono::month month(state.take(1) & ~fold_bit);
    const std::chrono::year_month_day day(year, month, std::chrono::day(state.take(1)));
    if (!day.ok() || year < 1y || year > 9999y) return std::nullopt;
    return day;
}

std::optional<Microseconds> take_time(StateReader& state) {
    const unsigned hours = state.take(1) & ~fold_bit;
    const unsigned minutes = state.take(1);
    const unsigned seconds = state.take(1);
    const unsigned micro = state.take(3);
    if (hours > 23 || minutes > 59 || seconds > 59 || micro > 999'999) return std::nullopt;
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           std::chrono::seconds(seconds) + Microseconds(micro);
}

bool has_fold(std::string_view state, std::size_t position) noexcept {
    return (static_cast<unsigned char>(state[position]) & fold_bit) != 0;
}

// The state among an instance's arguments, if it is of that size.
struct Stated {
    std::string state;
    Value tzinfo;
};

std::optional<Stated> stated(const Value& value, Name type, std::size_t size) {
    const std::optional<std::vector<Value>> args = arguments(value, type);
    if (!args || args->empty() || args->size() > 2) return std::nullopt;
    std::optional<std::string> state = well_known::byte_string(args->front());
    if (!state || state->size() != size) return std::nullopt;
    return Stated{*std::move(state), args->size() == 2 ? args->back() : Value()};
}

std::vector<Value> state_arguments(const std::string& state, const Value& tzinfo) {
    std::vector<Value> args = {bytes(state)};
    if (!tzinfo.is_none()) args.push_back(tzinfo);
    return args;
}

bool is_day(std::chrono::year_month_day day) noexcept {
    return day.ok() && day.year() >= 1y && day.year() <= 9999y;
}

}  // namespace

TimeDelta TimeDelta::of(Microseconds duration) noexcept {
    const auto day = std::chrono::floor<std::chrono::days>(duration);
    const Microseconds rest = duration - day;
    return {static_cast<std::int32_t>(day.count()), static_cast<std::int32_t>(rest / 1s),
            static_cast<std::int32_t>(rest % 1s / 1us)};
}

Microseconds TimeDelta::duration() const {
    constexpr std::int32_t most = 106'751'990;
    if (days < -most || days > most) {
        throw_failure(out_of_range(std::to_string(days) + " days in microseconds"));
    }
    return std::chrono::days(days) + std::chrono::seconds(seconds) + Microseconds(microseconds);
}

Result<TimeDelta> TimeDelta::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = arguments(value, timedelta_type);
    if (!args || args->size() != 3) return wrong_type("datetime.timedelta", value);
    const auto days = well_known::integer<std::int32_t>((*args)[0]);
    const auto seconds = well_known::integer<std::int32_t>((*args)[1]);
    const auto micro = well_known::integer<std::int32_t>((*args)[2]);
    if (!days || !seconds || !micro) return wrong_type("datetime.timedelta of ints", value);
    const TimeDelta delta = {*days, *seconds, *micro};
    if (!delta.ok()) return out_of_range("a datetime.timedelta that Python does not have");
    return delta;
}

bool TimeDelta::ok() const noexcept {
    return days >= -999'999'999 && days <= 999'999'999 && seconds >= 0 && seconds < 86'400 &&
           microseconds >= 0 && microseconds < 1'000'000;
}

TimeDelta::operator Value() const {
    if (!ok()) throw_failure(out_of_range("a datetime.timedelta that Python does not have"));
    return make(timedelta_type, {days, seconds, microseconds});
}

Result<TimeZone> TimeZone::from_value(const Value& value) {
    const std::optional<std::vector<Value>> args = arguments(value, timezone_type);
    if (!args || args->empty() || args->size() > 2) return wrong_type("datetime.timezone", value);
    const Result<TimeDelta> delta = TimeDelta::from_value(args->front());
    if (!delta) return delta.error();
    if (delta->days < -1 || delta->days > 0) return out_of_range("a time zone of a day or more");
    TimeZone zone = {delta->duration()};
    if (args->size() == 2) {
        zone.name = well_known::text(args->back());
        if (!zone.name) return wrong_type("str", args->back());
    }
    return zone;
}

TimeZone::operator Value() const {
    if (offset <= -day_length || offset >= day_length) {
        throw_failure(out_of_range("a time zone of a day or more"));
    }
    std::vector<Value> args = {TimeDelta::of(offset)};
    if (name) args.emplace_back(*name);
    return make(timezone_type, args);
}

Result<Date> Date::from_value(const Value& value) {
    const std::optional<Stated> found = stated(value, date_type, 4);
    if (!found) return wrong_type("datetime.date", value);
    StateReader state(found->state);
    const auto day = take_date(state);
    if (!day) return out_of_range("a datetime.date that Python does not have");
    return Date{*day};
}

Date::operator Value() const {
    if (!is_day(day)) throw_failure(out_of_range("a datetime.date that Python does not have"));
    std::string state;
    put_date(state, day, false);
    return make(date_type, {bytes(state)});
}

Result<Time> Time::from_value(const Value& value) {
    const std::optional<Stated> found = stated(value, time_type, 6);
    if (!found) return wrong_type("datetime.time", value);
    StateReader state(found->state);
    const auto time = take_time(state);
    if (!time) return out_of_range("a datetime.time that Python does not have");
    return Time{*time, found->tzinfo, has_fold(found->state, 0)};
}

Time::operator Value() const {
    if (since_midnight < 0us || since_midnight >= day_length) {
        throw_failure(out_of_range("a datetime.time that Python does not have"));
    }
    std::string state;
    put_time(state, since_midnight, fold);
    return make(time_type, state_arguments(state, tzinfo));
}

DateTime DateTime::at(std::chrono::sys_time<Microseconds> instant) {
    return {std::chrono::local_time<Microseconds>(instant.time_since_epoch()), TimeZone{}};
}

std::optional<TimeZone> DateTime::timezone() const {
    Result<TimeZone> zone = TimeZone::from_value(tzinfo);
    if (!zone) return std::nullopt;
    return *std::move(zone);
}

std::optional<std::chrono::sys_time<Microseconds>> DateTime::utc() const {
    const std::optional<TimeZone> zone = timezone();
    if (!zone) return std::nullopt;
    return std::chrono::sys_time<Microseconds>(local.time_since_epoch() - zone->offset);
}

Result<DateTime> DateTime::from_value(const Value& value) {
    const std::optional<Stated> found = stated(value, datetime_type, 10);
    if (!found) return wrong_type("datetime.datetime", value);
    StateReader state(found->state);
    const auto day = take_date(state);
    const auto time = take_time(state);
    if (!day || !time) return out_of_range("a datetime.datetime that Python does not have");
    return DateTime{std::chrono::local_days(*day) + *time, found->tzinfo,
                    has_fold(found->state, 2)};
}

DateTime::operator Value() const {
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day day(midnight);
    if (!is_day(day)) throw_failure(out_of_range("a datetime.datetime that Python does not have"));
    std::string state;
    put_date(state, day, fold);
    put_time(state, local - midnight, false);
    return make(datetime_type, state_arguments(state, tzinfo));
}

std::chrono::sys_time<Microseconds> FromValue<std::chrono::sys_time<Microseconds>>::from(
    const Value& value) {
    const std::optional<std::chrono::sys_time<Microseconds>> instant = value.get<DateTime>().utc();
    if (!instant) throw_failure(wrong_type("datetime.datetime with a datetime.timezone", value));
    return *instant;
}

}  // namespace parley

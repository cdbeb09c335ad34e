#include "support/catch.hpp"

#include <parley/datetime.hpp>
#include <parley/object.hpp>

#include <chrono>

using namespace std::chrono_literals;
using parley::Date;
using parley::DateTime;
using parley::Errc;
using parley::Time;
using parley::TimeDelta;
using parley::TimeZone;
using parley::Value;

namespace {

Value made(const char* name, const Value& args) {
    return parley::call(parley::global("datetime", name), args);
}

}  // namespace

TEST_CASE("datetime: a date is a year_month_day and comes back", "[datetime]") {
    const Value value = Date{2024y / 2 / 29};
    CHECK(value.get<Date>().day == 2024y / 2 / 29);
    CHECK(value.get<std::chrono::year_month_day>() == 2024y / 2 / 29);
    CHECK(value == made("date", parley::tuple(parley::bytes("\x07\xe8\x02\x1d"))));
}

TEST_CASE("datetime: the states that Python 2 sends are read too", "[datetime]") {
    const Value legacy = made("date", parley::tuple(parley::legacy_str("\x07\xe8\x02\x1d")));
    const Value latin1 = made("date", parley::tuple("\x07\xc3\xa8\x02\x1d"));
    CHECK(legacy.get<Date>().day == 2024y / 2 / 29);
    CHECK(latin1.get<Date>().day == 2024y / 2 / 29);
}

TEST_CASE("datetime: days that Python does not have are refused both ways", "[datetime]") {
    CHECK_THROWS_AS(Value(Date{2023y / 2 / 29}), parley::TypeError);
    CHECK_THROWS_AS(Value(Date{std::chrono::year(0) / 1 / 1}), parley::TypeError);
    CHECK_THROWS_AS(Value(Date{std::chrono::year(10'000) / 1 / 1}), parley::TypeError);
    const Value bad = made("date", parley::tuple(parley::bytes("\x07\xe8\x0d\x1d")));
    CHECK(Date::from_value(bad).error().code == Errc::out_of_range);
    const Value short_state = made("date", parley::tuple(parley::bytes("\x07\xe8")));
    CHECK(Date::from_value(short_state).error().code == Errc::wrong_type);
    CHECK(Date::from_value(5).error().message() ==
          "wrong type: expected a datetime.date, found a int");
    CHECK(Date::from_value(DateTime{}).error().code == Errc::wrong_type);
}

TEST_CASE("datetime: a naive datetime is local time", "[datetime]") {
    const auto local = std::chrono::local_days(2024y / 1 / 2) + 3h + 4min + 5s + 6us;
    const DateTime moment = Value(DateTime{local}).get<DateTime>();
    CHECK((moment.local == local));
    CHECK(moment.tzinfo.is_none());
    CHECK_FALSE(moment.fold);
    CHECK_FALSE(moment.utc().has_value());
    CHECK_THROWS_AS(Value(moment).get<std::chrono::sys_time<std::chrono::microseconds>>(),
                    parley::TypeError);
}

TEST_CASE("datetime: an instant goes out in UTC and comes back", "[datetime]") {
    const std::chrono::sys_time<std::chrono::microseconds> instant =
        std::chrono::sys_days(1969y / 12 / 31) + 23h + 59min + 59s + 999'999us;
    const Value value = DateTime::at(instant);
    CHECK((value.get<DateTime>().utc() == instant));
    CHECK((value.get<std::chrono::sys_time<std::chrono::microseconds>>() == instant));
}

TEST_CASE("datetime: a time zone's offset leads to the instant", "[datetime]") {
    const DateTime moment = {std::chrono::local_days(2024y / 1 / 2) + 3h,
                             TimeZone{5h + 30min, "IST"}};
    const DateTime back = Value(moment).get<DateTime>();
    REQUIRE(back.timezone().has_value());
    CHECK(back.timezone()->name == "IST");
    CHECK((back.timezone()->offset == 5h + 30min));
    CHECK((back.utc() == std::chrono::sys_days(2024y / 1 / 1) + 21h + 30min));
}

TEST_CASE("datetime: other time zones are kept as they are", "[datetime]") {
    const Value paris = parley::call(parley::global("zoneinfo", "ZoneInfo._unpickle"),
                                     parley::tuple("Europe/Paris", 1));
    const DateTime moment =
        Value(DateTime{std::chrono::local_days(2024y / 7 / 1), paris, true}).get<DateTime>();
    CHECK(moment.tzinfo == paris);
    CHECK(moment.fold);
    CHECK_FALSE(moment.utc().has_value());
}

TEST_CASE("datetime: a time of day", "[datetime]") {
    const Time time = Value(Time{23h + 59min + 59s + 999'999us, {}, true}).get<Time>();
    CHECK((time.since_midnight == 23h + 59min + 59s + 999'999us));
    CHECK(time.fold);
    CHECK_THROWS_AS(Value(Time{24h}), parley::TypeError);
    CHECK_THROWS_AS(Value(Time{-1us}), parley::TypeError);
}

TEST_CASE("datetime: a timedelta is normalised as Python has it", "[datetime]") {
    CHECK((TimeDelta::of(-1us) == TimeDelta{-1, 86'399, 999'999}));
    CHECK((TimeDelta::of(25h + 1us) == TimeDelta{1, 3600, 1}));
    CHECK((TimeDelta{-1, 86'399, 999'999}.duration() == -1us));
    CHECK((Value(TimeDelta::of(1500ms)).get<std::chrono::microseconds>() == 1500ms));
}

TEST_CASE("datetime: a timedelta may be wider than 64 bits of microseconds", "[datetime]") {
    const TimeDelta widest = {999'999'999, 86'399, 999'999};
    CHECK((Value(widest).get<TimeDelta>() == widest));
    CHECK_THROWS_AS(widest.duration(), parley::TypeError);
    CHECK_THROWS_AS(Value(TimeDelta{1'000'000'000, 0, 0}), parley::TypeError);
    const Value wrong = made("timedelta", parley::tuple(0, 86'400, 0));
    CHECK(TimeDelta::from_value(wrong).error().code == Errc::out_of_range);
}

TEST_CASE("datetime: a time zone is less than a day from UTC", "[datetime]") {
    CHECK((Value(TimeZone{-5h}).get<TimeZone>() == TimeZone{-5h}));
    CHECK_THROWS_AS(Value(TimeZone{24h}), parley::TypeError);
    const Value far = made("timezone", parley::tuple(Value(TimeDelta{3, 0, 0})));
    CHECK(TimeZone::from_value(far).error().code == Errc::out_of_range);
}

#include <parley/object.hpp>
#include <parley/pickle/archive.hpp>

#include <array>

namespace parley::pickle {
namespace {

void put_big(std::span<std::byte> bytes, std::uint64_t number) {
    for (std::size_t at = bytes.size(); at-- > 0; number >>= 8U) {
        bytes[at] = static_cast<std::byte>(number);
    }
}

/// The year, month and day as the datetime module packs them. Fails for years that it has not.
void put_day(OutputArchive& archive, std::span<std::byte, 4> bytes,
             std::chrono::year_month_day day) {
    const int year = static_cast<int>(day.year());
    if (!day.ok() || year < 1 || year > 9999) {
        archive.fail(Errc::not_picklable, "expected a day of the years 1 to 9999");
    }
    put_big(bytes.first(2), static_cast<std::uint64_t>(year));
    bytes[2] = static_cast<std::byte>(static_cast<unsigned>(day.month()));
    bytes[3] = static_cast<std::byte>(static_cast<unsigned>(day.day()));
}

}  // namespace

void write_timedelta(OutputArchive& archive, const TimeDelta& delta) {
    archive.write_global("datetime", "timedelta");
    archive.write(delta.days);
    archive.write(delta.seconds);
    archive.write(delta.microseconds);
    archive.end_tuple(3);
    archive.encoder().opcode(Opcode::REDUCE);
}

void write_datetime(OutputArchive& archive, std::chrono::sys_time<std::chrono::microseconds> when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::hh_mm_ss time(when - day);
    std::array<std::byte, 10> bytes{};
    put_day(archive, std::span(bytes).first<4>(), std::chrono::year_month_day(day));
    bytes[4] = static_cast<std::byte>(time.hours().count());
    bytes[5] = static_cast<std::byte>(time.minutes().count());
    bytes[6] = static_cast<std::byte>(time.seconds().count());
    put_big(std::span(bytes).last(3), static_cast<std::uint64_t>(time.subseconds().count()));

    archive.write_global("datetime", "datetime");
    archive.write_bytes(bytes);
    // Python 2 has no datetime.timezone.
    const bool has_timezone = archive.encoder().protocol() > 2;
    if (has_timezone) {
        archive.write_global("datetime", "timezone");
        write_timedelta(archive, {});
        archive.end_tuple(1);
        archive.encoder().opcode(Opcode::REDUCE);
    }
    archive.end_tuple(has_timezone ? 2 : 1);
    archive.encoder().opcode(Opcode::REDUCE);
}

void write_date(OutputArchive& archive, std::chrono::year_month_day day) {
    std::array<std::byte, 4> bytes{};
    put_day(archive, bytes, day);
    archive.write_global("datetime", "date");
    archive.write_bytes(bytes);
    archive.end_tuple(1);
    archive.encoder().opcode(Opcode::REDUCE);
}

std::chrono::sys_time<std::chrono::microseconds> read_datetime(InputArchive& archive,
                                                               const Cell& cell) {
    const Result<DateTime> read = DateTime::from_value(archive.value(cell));
    if (!read) archive.fail_type("datetime.datetime", cell);
    if (read->tzinfo.is_none()) {
        return std::chrono::sys_time<std::chrono::microseconds>(read->local.time_since_epoch());
    }
    const auto when = read->utc();
    if (!when) archive.fail_type("datetime.datetime with a fixed distance from UTC", cell);
    return *when;
}

bool is_datetime(const InputArchive& archive, const Cell& cell, std::string_view name) {
    return cell.tag() == Tag::object &&
           archive.value(cell).as_object().is_instance("datetime", name);
}

}  // namespace parley::pickle

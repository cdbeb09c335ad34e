#include "repr_library.hpp"

#include "repr_object.hpp"

#include <parley/array.hpp>
#include <parley/collections.hpp>
#include <parley/datetime.hpp>
#include <parley/decimal.hpp>
#include <parley/exception.hpp>
#include <parley/fraction.hpp>
#include <parley/object.hpp>
#include <parley/path.hpp>
#include <parley/range.hpp>
#include <parley/uuid.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace parley::pickle {
namespace {

using namespace std::chrono_literals;
using Pieces = std::optional<std::vector<ReprPiece>>;

std::string number(std::int64_t value) {
    return std::to_string(value);
}

void add_date(ReprPieces& pieces, std::chrono::year_month_day day) {
    pieces.text(number(static_cast<int>(day.year())) + ", " +
                number(static_cast<unsigned>(day.month())) + ", " +
                number(static_cast<unsigned>(day.day())));
}

void add_time(ReprPieces& pieces, std::chrono::microseconds time) {
    const std::int64_t seconds = time / 1s;
    pieces.text(number(seconds / 3600) + ", " + number(seconds / 60 % 60));
    const std::int64_t rest = time % 1s / 1us;
    if (seconds % 60 != 0 || rest != 0) pieces.text(", " + number(seconds % 60));
    if (rest != 0) pieces.text(", " + number(rest));
}

void add_tzinfo(ReprPieces& pieces, const Value& tzinfo) {
    if (tzinfo.is_none()) return;
    pieces.text(", tzinfo=");
    pieces.value(tzinfo);
}

void describe(ReprPieces& pieces, const Date& date) {
    pieces.text("datetime.date(");
    add_date(pieces, date.day);
    pieces.text(")");
}

void describe(ReprPieces& pieces, const Time& time) {
    pieces.text("datetime.time(");
    add_time(pieces, time.since_midnight);
    add_tzinfo(pieces, time.tzinfo);
    pieces.text(time.fold ? ", fold=1)" : ")");
}

void describe(ReprPieces& pieces, const DateTime& moment) {
    const auto midnight = std::chrono::floor<std::chrono::days>(moment.local);
    pieces.text("datetime.datetime(");
    add_date(pieces, std::chrono::year_month_day(midnight));
    pieces.text(", ");
    add_time(pieces, moment.local - midnight);
    if (moment.fold) pieces.text(", fold=1");
    add_tzinfo(pieces, moment.tzinfo);
    pieces.text(")");
}

void describe(ReprPieces& pieces, const TimeDelta& delta) {
    pieces.text("datetime.timedelta(");
    if (delta == TimeDelta{}) pieces.text("0");
    if (delta.days != 0) pieces.argument("days=", delta.days);
    if (delta.seconds != 0) pieces.argument("seconds=", delta.seconds);
    if (delta.microseconds != 0) pieces.argument("microseconds=", delta.microseconds);
    pieces.text(")");
}

void describe(ReprPieces& pieces, const TimeZone& zone) {
    if (zone == TimeZone{}) return pieces.text("datetime.timezone.utc");
    pieces.text("datetime.timezone(");
    pieces.argument("", TimeDelta::of(zone.offset));
    if (zone.name) pieces.argument("", *zone.name);
    pieces.text(")");
}

void describe(ReprPieces& pieces, const Decimal& decimal) {
    pieces.text("Decimal('" + decimal.text() + "')");
}

void describe(ReprPieces& pieces, const Fraction& fraction) {
    pieces.items(std::array{fraction.numerator, fraction.denominator}, "Fraction(", ")");
}

void describe(ReprPieces& pieces, const Uuid& uuid) {
    std::string text;
    for (std::size_t i = 0; i != uuid.id.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += "0123456789abcdef"[uuid.id.begin()[i] >> 4U];
        text += "0123456789abcdef"[uuid.id.begin()[i] & 0xfU];
    }
    pieces.text("UUID('" + text + "')");
}

std::vector<Entry> entries_of(const Value& dict) {
    std::vector<Entry> entries;
    for (const Entry& entry : dict.as_dict())
        entries.push_back(entry);
    return entries;
}

void describe(ReprPieces& pieces, const OrderedDict& ordered) {
    pieces.text("OrderedDict(");
    if (!ordered.items.empty()) pieces.entries(entries_of(ordered.items));
    pieces.text(")");
}

void describe(ReprPieces& pieces, const DefaultDict& dict) {
    pieces.text("defaultdict(");
    pieces.value(dict.default_factory);
    pieces.text(", ");
    pieces.entries(entries_of(dict.items));
    pieces.text(")");
}

// The commonest first, where the counts can be compared.
void describe(ReprPieces& pieces, const Counter& counter) {
    std::vector<Entry> entries = entries_of(counter.counts);
    const auto is_small = [](const Entry& entry) { return entry.value.fits_int64(); };
    if (std::all_of(entries.begin(), entries.end(), is_small)) {
        std::stable_sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
            return left.value.as_int() > right.value.as_int();
        });
    }
    pieces.text("Counter(");
    if (!entries.empty()) pieces.entries(entries);
    pieces.text(")");
}

void describe(ReprPieces& pieces, const Deque& deque) {
    pieces.items(deque.items, "deque([", "]");
    if (deque.maxlen) pieces.text(", maxlen=" + std::to_string(*deque.maxlen));
    pieces.text(")");
}

void describe(ReprPieces& pieces, const Range& range) {
    pieces.text("range(" + number(range.start) + ", " + number(range.stop));
    if (range.step != 1) pieces.text(", " + number(range.step));
    pieces.text(")");
}

void describe(ReprPieces& pieces, const Slice& slice) {
    pieces.items(std::array{slice.start, slice.stop, slice.step}, "slice(", ")");
}

// A field of numbers can be long, and is written by one loop of its own.
void describe(ReprPieces& pieces, const Array& array) {
    pieces.text("array('");
    pieces.text(std::string_view(&array.typecode, 1));
    pieces.text("'");
    const char kind = array.items.dtype().kind();
    if (array.items.size() != 0) pieces.text(", ");
    if (array.items.size() == 0) {
        // nothing more to say
    } else if (kind == 'U') {
        pieces.value(array.text());
    } else if (kind == 'f') {
        const std::vector<double> numbers = array.items.to_vector<double>();
        pieces.value(list(std::vector<Value>(numbers.begin(), numbers.end())));
    } else if (kind == 'u') {
        const auto numbers = array.items.to_vector<std::uint64_t>();
        pieces.value(list(std::vector<Value>(numbers.begin(), numbers.end())));
    } else {
        const auto numbers = array.items.to_vector<std::int64_t>();
        pieces.value(list(std::vector<Value>(numbers.begin(), numbers.end())));
    }
    pieces.text(")");
}

// pathlib shows what is left once "//" and "/./" are gone, with slashes on every system.
std::string posix_text(const Path& path) {
    const bool windows = path.flavour == Path::Flavour::windows;
    std::string text = path.text;
    if (windows) std::replace(text.begin(), text.end(), '\\', '/');
    const std::size_t slashes = std::min(text.find_first_not_of('/'), text.size());
    std::string result = slashes == 0 ? "" : slashes == 2 || (windows && slashes > 2) ? "//" : "/";
    const std::size_t root = result.size();
    for (std::size_t begin = slashes; begin < text.size();) {
        const std::size_t end = std::min(text.find('/', begin), text.size());
        const std::string part = text.substr(begin, end - begin);
        if (!part.empty() && part != ".") {
            if (result.size() > root) result += '/';
            result += part;
        }
        begin = end + 1;
    }
    const bool bare_drive = windows && result.size() == 2 && result[1] == ':';
    if (bare_drive && text.size() > 2) result += '/';
    return result.empty() ? "." : result;
}

void describe(ReprPieces& pieces, const Path& path) {
    pieces.text(path.pure ? "Pure" : "");
    pieces.text(path.flavour == Path::Flavour::windows ? "WindowsPath(" : "PosixPath(");
    pieces.value(posix_text(path));
    pieces.text(")");
}

// OSError and its kin keep the names of files among their arguments, and do not show them.
bool is_os_error(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 16> names = {"BlockingIOError",
                                                        "BrokenPipeError",
                                                        "ChildProcessError",
                                                        "ConnectionAbortedError",
                                                        "ConnectionError",
                                                        "ConnectionRefusedError",
                                                        "ConnectionResetError",
                                                        "FileExistsError",
                                                        "FileNotFoundError",
                                                        "InterruptedError",
                                                        "IsADirectoryError",
                                                        "NotADirectoryError",
                                                        "OSError",
                                                        "PermissionError",
                                                        "ProcessLookupError",
                                                        "TimeoutError"};
    return std::binary_search(names.begin(), names.end(), name);
}

bool is_exception(std::string_view name) noexcept {
    return name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning") ||
           name == "StopIteration" || name == "StopAsyncIteration" || name == "GeneratorExit" ||
           name == "KeyboardInterrupt" || name == "SystemExit" || name.ends_with("ExceptionGroup");
}

Pieces describe_exception(const Value& value) {
    const Result<Exception> exception = Exception::from_value(value);
    if (!exception) return std::nullopt;
    const QualifiedName name = modern_name(exception->type);
    if (name.module != "builtins" || !is_exception(name.name)) return std::nullopt;
    std::span<const Value> args = exception->args;
    if (is_os_error(name.name) && args.size() > 2) args = args.first(2);
    ReprPieces pieces;
    pieces.items(args, std::string(name.name) + "(", ")");
    return std::move(pieces).take();
}

template <typename T>
Pieces describe_as(const Value& value) {
    const Result<T> known = T::from_value(value);
    if (!known) return std::nullopt;
    ReprPieces pieces;
    describe(pieces, *known);
    return std::move(pieces).take();
}

struct KnownType {
    QualifiedName name;
    Pieces (*describe)(const Value& value);
};

constexpr std::array<KnownType, 23> known_types = {{
    {{"array", "_array_reconstructor"}, describe_as<Array>},
    {{"array", "array"}, describe_as<Array>},
    {{"builtins", "range"}, describe_as<Range>},
    {{"builtins", "slice"}, describe_as<Slice>},
    {{"collections", "Counter"}, describe_as<Counter>},
    {{"collections", "OrderedDict"}, describe_as<OrderedDict>},
    {{"collections", "defaultdict"}, describe_as<DefaultDict>},
    {{"collections", "deque"}, describe_as<Deque>},
    {{"datetime", "date"}, describe_as<Date>},
    {{"datetime", "datetime"}, describe_as<DateTime>},
    {{"datetime", "time"}, describe_as<Time>},
    {{"datetime", "timedelta"}, describe_as<TimeDelta>},
    {{"datetime", "timezone"}, describe_as<TimeZone>},
    {{"decimal", "Decimal"}, describe_as<Decimal>},
    {{"fractions", "Fraction"}, describe_as<Fraction>},
    {{"pathlib", "PosixPath"}, describe_as<Path>},
    {{"pathlib", "PurePosixPath"}, describe_as<Path>},
    {{"pathlib", "PureWindowsPath"}, describe_as<Path>},
    {{"pathlib", "WindowsPath"}, describe_as<Path>},
    {{"pathlib._local", "PosixPath"}, describe_as<Path>},
    {{"pathlib._local", "PurePosixPath"}, describe_as<Path>},
    {{"pathlib._local", "PureWindowsPath"}, describe_as<Path>},
    {{"uuid", "UUID"}, describe_as<Uuid>},
}};

}  // namespace

Pieces describe_library(const Value& value) {
    const Value type = value.as_object().type();
    if (!type.is_global()) return std::nullopt;
    const QualifiedName name = modern_name(type);
    for (const KnownType& known : known_types) {
        if (known.name == name) return known.describe(value);
    }
    if (name.module == "builtins") return describe_exception(value);
    if (name.module.starts_with("numpy")) return describe_numpy(value);
    return std::nullopt;
}

std::optional<std::string> library_recursion_text(const Value& value) {
    const Value type = value.as_object().type();
    if (type.is_global("collections", "OrderedDict")) return "...";
    if (type.is_global("collections", "deque")) return "[...]";
    return std::nullopt;
}

}  // namespace parley::pickle

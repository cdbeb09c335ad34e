// numpy's own repr() breaks lines and aligns columns; this one does neither, and says of long
// arrays only what they are.
#include "repr_library.hpp"
#include "repr_number.hpp"
#include "repr_sink.hpp"

#include <parley/ndarray.hpp>
#include <parley/object.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace parley::pickle {
namespace {

// Where numpy begins to leave elements out, too.
constexpr std::size_t most_elements = 1000;
constexpr std::size_t most_fields = 50;

// One element: mostly one piece, more of them for a record.
using Element = std::vector<ReprPiece>;

template <typename T>
std::vector<Element> as_values(const std::vector<T>& elements) {
    std::vector<Element> result;
    result.reserve(elements.size());
    for (const T& element : elements)
        result.push_back({{"", Value(element)}});
    return result;
}

std::vector<Element> as_texts(const std::vector<std::string>& texts) {
    std::vector<Element> result;
    result.reserve(texts.size());
    for (const std::string& text : texts)
        result.push_back({{text}});
    return result;
}

std::string small_float_text(double value) {
    ReprSink sink({});
    put_float(sink, static_cast<float>(value));
    return std::move(sink).finish();
}

// Of the floats with fewer digits than a double those digits only.
std::vector<Element> small_floats(const NdArray& array) {
    std::vector<std::string> texts;
    for (const double value : array.to_vector<double>())
        texts.push_back(small_float_text(value));
    return as_texts(texts);
}

std::string padded(std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string date_text(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return padded(static_cast<int>(date.year()), 4) + "-" +
           padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2);
}

struct Unit {
    std::string_view name;
    std::int64_t per_day;
    std::size_t shown;  // of "HH:MM:SS" and what follows
};

constexpr std::array<Unit, 7> units = {{{"D", 1, 0},
                                        {"h", 24, 2},
                                        {"m", 1'440, 5},
                                        {"s", 86'400, 8},
                                        {"ms", 86'400'000, 12},
                                        {"us", 86'400'000'000, 15},
                                        {"ns", 86'400'000'000'000, 18}}};

// The part of a day that lies behind midnight.
std::string clock_text(std::int64_t since_midnight, const Unit& unit) {
    const std::int64_t day = 86'400'000'000'000;
    const std::int64_t nanoseconds = since_midnight * (day / unit.per_day);
    const std::int64_t seconds = nanoseconds / 1'000'000'000;
    const std::string all = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" +
                            padded(seconds % 60, 2) + "." + padded(nanoseconds % 1'000'000'000, 9);
    return "T" + all.substr(0, unit.shown);
}

constexpr std::int64_t not_a_time = std::numeric_limits<std::int64_t>::min();

// Whole years and months, which have no one length in days.
std::optional<std::string> month_text(std::int64_t count, std::string_view unit) {
    constexpr std::int64_t epoch = 1970;
    constexpr std::int64_t most_years = 7000;
    const std::int64_t per_year = unit == "M" ? 12 : 1;
    const std::int64_t years = count / per_year - (count % per_year < 0 ? 1 : 0);
    if (years < -epoch || years > most_years) return std::nullopt;
    const std::string year = padded(epoch + years, 4);
    return unit == "M" ? year + "-" + padded(count - years * per_year + 1, 2) : year;
}

std::optional<std::string> day_text(std::int64_t count, const Unit& unit) {
    constexpr std::int64_t most_days = 10'000'000;
    std::int64_t days = count / unit.per_day;
    if (count % unit.per_day < 0) --days;
    if (days < -most_days / 20 || days > most_days / 4) return std::nullopt;
    const std::string date = date_text(std::chrono::sys_days(std::chrono::days(days)));
    return unit.shown == 0 ? date : date + clock_text(count - days * unit.per_day, unit);
}

// A datetime64 in ISO 8601; nothing where that does not reach.
std::optional<std::string> moment_text(std::int64_t count, const DType& dtype) {
    constexpr std::int64_t most_weeks = 1'000'000;
    if (count == not_a_time) return "NaT";
    if (dtype.unit_count() != 1) return std::nullopt;
    if (dtype.unit() == "Y" || dtype.unit() == "M") return month_text(count, dtype.unit());
    if (dtype.unit() == "W")
        return std::abs(count) < most_weeks ? day_text(7 * count, units[0]) : std::nullopt;
    for (const Unit& unit : units)
        if (unit.name == dtype.unit()) return day_text(count, unit);
    return std::nullopt;
}

std::vector<Element> moments(const NdArray& array) {
    std::vector<std::string> texts;
    for (const std::int64_t count : array.to_vector<std::int64_t>()) {
        texts.push_back("'" + moment_text(count, array.dtype()).value_or(std::to_string(count)) +
                        "'");
    }
    return as_texts(texts);
}

std::vector<Element> durations(const NdArray& array) {
    std::vector<std::string> texts;
    for (const std::int64_t count : array.to_vector<std::int64_t>())
        texts.push_back(count == not_a_time ? "'NaT'" : std::to_string(count));
    return as_texts(texts);
}

std::vector<Element> byte_strings(const NdArray& array) {
    std::vector<Element> result;
    for (const std::string& text : array.to_strings())
        result.push_back({{"", bytes(text)}});
    return result;
}

std::optional<std::vector<Element>> elements_of(const NdArray& array, std::size_t& fields);

// "(1, 2.0)" for each record, out of the columns.
std::optional<std::vector<Element>> records(const NdArray& array, std::size_t& fields) {
    std::vector<Element> result(array.size(), Element{{"("}});
    const std::vector<DType::Field>& columns = array.dtype().fields();
    for (std::size_t column = 0; column != columns.size(); ++column) {
        const NdArray part = array.field(columns[column].name);
        const std::optional<std::vector<Element>> items =
            part.size() == array.size() ? elements_of(part, fields) : std::nullopt;
        if (!items) return std::nullopt;
        for (std::size_t i = 0; i != items->size(); ++i) {
            if (column != 0) result[i].push_back({", "});
            result[i].insert(result[i].end(), (*items)[i].begin(), (*items)[i].end());
        }
    }
    for (Element& record : result)
        record.push_back({columns.size() == 1 ? ",)" : ")"});
    return result;
}

// Every element, or nothing where there is too much to show, or no way to.
std::optional<std::vector<Element>> elements_of(const NdArray& array, std::size_t& fields) {
    if (++fields > most_fields || array.size() > most_elements) return std::nullopt;
    switch (array.dtype().kind()) {
        case 'b':
            return as_values(array.to_vector<bool>());
        case 'i':
            return as_values(array.to_vector<std::int64_t>());
        case 'u':
            return as_values(array.to_vector<std::uint64_t>());
        case 'f':
            if (array.dtype().itemsize() < sizeof(double)) return small_floats(array);
            return as_values(array.to_vector<double>());
        case 'c':
            return as_values(array.to_vector<std::complex<double>>());
        case 'M':
            return moments(array);
        case 'm':
            return durations(array);
        case 'S':
            return byte_strings(array);
        case 'U':
            return as_values(array.to_strings());
        case 'O':
            return as_values(array.to_objects());
        default:
            break;
    }
    if (array.dtype().fields().empty()) return std::nullopt;
    return records(array, fields);
}

void add_element(ReprPieces& pieces, const Element& element) {
    for (const ReprPiece& piece : element) {
        pieces.text(piece.text);
        if (piece.value) pieces.value(*piece.value);
    }
}

// Brackets around each row of each dimension. Every element is in a row, so that there are no more
// brackets than elements times dimensions.
void add_nested(ReprPieces& pieces, const NdArray& array, const std::vector<Element>& elements) {
    const std::size_t dimensions = array.ndim();
    std::vector<std::size_t> row(dimensions, 1);  // how many elements a row of each dimension has
    for (std::size_t axis = dimensions; axis-- != 0;) {
        row[axis] = array.shape()[axis] * (axis + 1 == dimensions ? 1 : row[axis + 1]);
    }
    for (std::size_t i = 0; i != elements.size(); ++i) {
        if (i != 0) pieces.text(", ");
        for (const std::size_t size : row) {
            if (i % size == 0) pieces.text("[");
        }
        add_element(pieces, elements[i]);
        for (const std::size_t size : row) {
            if ((i + 1) % size == 0) pieces.text("]");
        }
    }
    if (elements.empty()) pieces.text("[]");
}

std::string shape_text(const std::vector<std::size_t>& shape) {
    std::string text;
    for (const std::size_t extent : shape) {
        text += (text.empty() ? "" : ", ") + std::to_string(extent);
    }
    return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

// ",'ns'", ",'5m'", or nothing for no unit.
std::string unit_text(const DType& dtype) {
    if (dtype.unit() == "generic") return {};
    return ",'" + (dtype.unit_count() == 1 ? "" : std::to_string(dtype.unit_count())) +
           dtype.unit() + "'";
}

// numpy does not name the types that Python's own numbers become.
bool is_implied(const DType& dtype) {
    const std::string name = dtype.description();
    return name == "float64" || name == "int64" || name == "complex128" || name == "bool";
}

std::vector<ReprPiece> describe_array(const NdArray& array) {
    ReprPieces pieces;
    pieces.text("array(");
    std::size_t fields = 0;
    const std::optional<std::vector<Element>> elements = elements_of(array, fields);
    if (elements) {
        add_nested(pieces, array, *elements);
    } else {
        pieces.text("...");
    }
    const bool is_empty = array.size() == 0 && array.shape() != std::vector<std::size_t>{0};
    if (!elements || is_empty) pieces.text(", shape=" + shape_text(array.shape()));
    if (!elements || array.size() == 0 || !is_implied(array.dtype())) {
        pieces.text(", dtype=" + array.dtype().description());
    }
    pieces.text(")");
    return std::move(pieces).take();
}

// "'2024-01-02'", or what makes the same moment again where the text alone would not.
std::string moment_arguments(const NdArray& array) {
    const DType& dtype = array.dtype();
    const std::int64_t count = array.to_vector<std::int64_t>().front();
    const std::optional<std::string> text = moment_text(count, dtype);
    const bool is_enough = text && (count == not_a_time || dtype.unit() != "h");
    return (text ? "'" + *text + "'" : std::to_string(count)) + (is_enough ? "" : unit_text(dtype));
}

// numpy.float64(1.5) and the like, as np.float64(1.5).
std::vector<ReprPiece> describe_scalar(const NdArray& array) {
    const DType& dtype = array.dtype();
    std::size_t fields = 0;
    const std::optional<std::vector<Element>> elements = elements_of(array, fields);
    if (!elements) return describe_array(array);
    ReprPieces pieces;
    if (dtype.kind() == 'b') {
        pieces.text(array.at<bool>({}) ? "np.True_" : "np.False_");
        return std::move(pieces).take();
    }
    pieces.text("np." + dtype.type_name() + "(");
    if (dtype.kind() == 'M') {
        pieces.text(moment_arguments(array));
    } else {
        add_element(pieces, elements->front());
    }
    if (dtype.kind() == 'm') pieces.text(unit_text(dtype));
    if (dtype.kind() == 'V') pieces.text(", dtype=" + dtype.description());
    pieces.text(")");
    return std::move(pieces).take();
}

std::vector<ReprPiece> describe_dtype(const DType& dtype) {
    const bool is_time = dtype.kind() == 'M' || dtype.kind() == 'm';
    const std::string text = is_time ? "'" + dtype.str() + "'" : dtype.description();
    const bool is_name = text.find_first_of("'[(") != 0;
    ReprPieces pieces;
    pieces.text(is_name ? "dtype('" + text + "')" : "dtype(" + text + ")");
    return std::move(pieces).take();
}

std::optional<std::vector<ReprPiece>> describe_known(const Value& value) {
    if (const Result<NumpyScalar> scalar = NumpyScalar::from_value(value)) {
        return describe_scalar(scalar->array);
    }
    if (const Result<NdArray> array = NdArray::from_value(value)) return describe_array(*array);
    if (const Result<DType> dtype = DType::from_value(value)) return describe_dtype(*dtype);
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<ReprPiece>> describe_numpy(const Value& value) {
    try {
        return describe_known(value);
    } catch (const TypeError&) {
        return std::nullopt;  // floats of a size that only numpy knows, say
    }
}

}  // namespace parley::pickle

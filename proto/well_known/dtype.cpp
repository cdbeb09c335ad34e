// The text that names a dtype, and the tuple that numpy's dtype.__reduce__ makes of one:
// (version, byte order, (base, shape), names, {name: (dtype, offset)}, item size, alignment, flags,
// metadata), the last one in version 4 only, where a datetime64's unit is.
#include "dtype_parts.hpp"
#include "instance.hpp"

#include <parley/dtype.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace parley {
namespace {

// How many bytes a number or time has in numpy; text, records and memory have as many as they like.
bool is_size(char kind, std::size_t size) noexcept {
    switch (kind) {
        case 'b':
            return size == 1;
        case 'i':
        case 'u':
            return size == 1 || size == 2 || size == 4 || size == 8;
        case 'f':
            return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
        case 'c':
            return size == 8 || size == 16 || size == 24 || size == 32;
        case 'm':
        case 'M':
        case 'O':
            return size == 8;
        case 'U':
            return size % 4 == 0;
        default:
            return kind == 'S' || kind == 'V';
    }
}

bool has_byteorder(char kind, std::size_t size) noexcept {
    return kind == 'U' ||
           (size > 1 && std::string_view("iufcmM").find(kind) != std::string_view::npos);
}

constexpr char native_order = std::endian::native == std::endian::little ? '<' : '>';

// What a text such as "<M8[10ns]" is made of.
struct Parsed {
    char order = native_order;
    char kind = 0;
    std::size_t count = 0;
    std::string unit = "generic";
    std::int64_t unit_count = 1;
};

bool take_number(std::string_view& text, std::size_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number > std::numeric_limits<std::int32_t>::max()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool is_unit(std::string_view unit) noexcept {
    constexpr std::array<std::string_view, 14> units = {
        "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic"};
    return std::find(units.begin(), units.end(), unit) != units.end();
}

// "[ns]" or "[10ns]"
bool take_unit(std::string_view text, Parsed& parsed) {
    if (text.empty()) return true;
    if (!text.starts_with('[') || !text.ends_with(']')) return false;
    text = text.substr(1, text.size() - 2);
    std::size_t count = 1;
    if (!text.empty() && text.front() >= '1' && text.front() <= '9' && !take_number(text, count)) {
        return false;
    }
    parsed.unit = text;
    parsed.unit_count = static_cast<std::int64_t>(count);
    return is_unit(text);
}

std::optional<Parsed> parse(std::string_view text) {
    Parsed parsed;
    if (!text.empty() && std::string_view("<>|=").find(text.front()) != std::string_view::npos) {
        if (text.front() == '<' || text.front() == '>') parsed.order = text.front();
        text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    parsed.kind = text.front();
    text.remove_prefix(1);
    if (parsed.kind == 'O' && text.empty()) text = "8";
    const bool has_size = take_number(text, parsed.count);
    if (!has_size && parsed.kind != 'S' && parsed.kind != 'U' && parsed.kind != 'V') {
        return std::nullopt;
    }
    const bool is_time = parsed.kind == 'M' || parsed.kind == 'm';
    if (is_time ? !take_unit(text, parsed) : !text.empty()) return std::nullopt;
    return parsed;
}

}  // namespace

DType::DType(std::string_view text) {
    const std::optional<Parsed> parsed = parse(text);
    const std::size_t width = parsed && parsed->kind == 'U' ? 4 : 1;
    if (!parsed || !is_size(parsed->kind, parsed->count * width)) {
        throw_failure({Errc::invalid_argument,
                       "'" + std::string(text.substr(0, 40)) + "' is no dtype of numpy's"});
    }
    kind_ = parsed->kind;
    itemsize_ = parsed->count * width;
    order_ = has_byteorder(kind_, itemsize_) ? parsed->order : '|';
    if (kind_ == 'M' || kind_ == 'm') {
        unit_ = parsed->unit;
        unit_count_ = parsed->unit_count;
    }
    if (kind_ == 'O') flags_ = 63;
}

DType DType::structured(std::vector<Field> fields, std::size_t itemsize) {
    DType result;
    result.itemsize_ = itemsize;
    for (const Field& field : fields) {
        if (field.dtype.itemsize() > itemsize || field.offset > itemsize - field.dtype.itemsize()) {
            throw_failure({Errc::invalid_argument,
                           "the field '" + field.name + "' reaches past the end of its record"});
        }
        result.flags_ |= field.dtype.flags_;
    }
    auto parts = std::make_shared<Parts>();
    parts->fields = std::move(fields);
    result.parts_ = std::move(parts);
    return result;
}

const std::vector<DType::Field>& DType::fields() const noexcept {
    static const std::vector<Field> none;
    return parts_ ? parts_->fields : none;
}

const std::vector<std::size_t>& DType::subshape() const noexcept {
    static const std::vector<std::size_t> none;
    return parts_ ? parts_->subshape : none;
}

const DType& DType::base() const noexcept {
    return parts_ && !parts_->base.empty() ? parts_->base.front() : *this;
}

std::string DType::str() const {
    std::string text = {order_, kind_};
    if (kind_ == 'O') return text;
    text += std::to_string(kind_ == 'U' ? itemsize_ / 4 : itemsize_);
    if (unit_.empty() || unit_ == "generic") return text;
    return text + "[" + (unit_count_ == 1 ? "" : std::to_string(unit_count_)) + unit_ + "]";
}

namespace {

std::string shape_text(const std::vector<std::size_t>& shape) {
    std::string text;
    for (const std::size_t extent : shape) {
        text += (text.empty() ? "" : ", ") + std::to_string(extent);
    }
    return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

// '<f8' or '<f8', (2, 3), where numpy does not call a number by its name
std::string part_text(const DType& dtype) {
    const DType& base = dtype.base();
    const std::string text = base.fields().empty() ? "'" + base.str() + "'" : base.description();
    return dtype.subshape().empty() ? text : text + ", " + shape_text(dtype.subshape());
}

}  // namespace

std::string DType::description() const {
    if (!subshape().empty()) return "(" + part_text(*this) + ")";
    if (!fields().empty()) {
        std::string text;
        for (const Field& field : fields())
            text +=
                (text.empty() ? "('" : ", ('") + field.name + "', " + part_text(field.dtype) + ")";
        return "[" + text + "]";
    }
    if (kind_ == 'O') return "object";
    std::string name = is_native() ? number_name() : "";
    if (!name.empty()) return name;
    const bool is_time = kind_ == 'M' || kind_ == 'm';
    return is_time && is_native() ? "'" + type_name() + str().substr(3) + "'" : "'" + str() + "'";
}

std::string DType::number_name() const {
    const std::string bits = std::to_string(itemsize_ * 8);
    switch (kind_) {
        case 'b':
            return "bool";
        case 'i':
            return "int" + bits;
        case 'u':
            return "uint" + bits;
        case 'f':
            return "float" + bits;
        case 'c':
            return "complex" + bits;
        default:
            return "";
    }
}

std::string DType::type_name() const {
    switch (kind_) {
        case 'm':
            return "timedelta64";
        case 'M':
            return "datetime64";
        case 'S':
            return "bytes_";
        case 'U':
            return "str_";
        case 'V':
            return "void";
        case 'O':
            return "object_";
        default:
            return number_name();
    }
}

bool operator==(const DType& left, const DType& right) {
    return left.kind_ == right.kind_ && left.order_ == right.order_ &&
           left.itemsize_ == right.itemsize_ && left.unit_ == right.unit_ &&
           left.unit_count_ == right.unit_count_ && left.fields() == right.fields() &&
           left.subshape() == right.subshape() &&
           (left.subshape().empty() || left.base() == right.base());
}

}  // namespace parley

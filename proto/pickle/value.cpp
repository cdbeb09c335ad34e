#include "names.hpp"
#include "number.hpp"
#include "unicode.hpp"
#include "unpickler.hpp"

#include <parley/object.hpp>
#include <parley/value.hpp>

#include <array>
#include <cstring>
#include <string>

namespace parley {
namespace pickle {

std::string_view cell_kind_name(const Cell& cell) noexcept {
    return kind_name(Access::make(cell, nullptr).kind());
}

}  // namespace pickle

using pickle::Cell;
using pickle::Message;
using pickle::Tag;

namespace {

/// By tag; `bytes_node` and `big_integer` are bytes and int to the program.
constexpr std::array<Kind, 24> kinds = {
    Kind::none,
    Kind::bool_,
    Kind::int_,
    Kind::float_,
    Kind::extension,
    Kind::ellipsis,
    Kind::not_implemented,
    Kind::none,
    Kind::str,
    Kind::legacy_str,
    Kind::bytes,
    Kind::int_,
    Kind::tuple,
    Kind::bytes,
    Kind::bytearray,
    Kind::complex,
    Kind::list,
    Kind::dict,
    Kind::set,
    Kind::frozenset,
    Kind::global,
    Kind::object,
    Kind::persistent_id,
    Kind::buffer,
};
static_assert(kinds[static_cast<std::size_t>(Tag::buffer)] == Kind::buffer);

constexpr std::array<std::string_view, 21> kind_names = {
    "NoneType",  "bool",      "int",           "float",
    "complex",   "str",       "Python 2 str",  "bytes",
    "bytearray", "list",      "tuple",         "dict",
    "set",       "frozenset", "ellipsis",      "NotImplementedType",
    "global",    "object",    "persistent id", "extension",
    "buffer",
};
static_assert(kind_names[static_cast<std::size_t>(Kind::buffer)] == "buffer");

}  // namespace

std::string_view kind_name(Kind kind) noexcept {
    return kind_names[static_cast<std::size_t>(kind)];
}

Value::Value(std::string_view text) {
    if (!pickle::is_utf8(text)) {
        throw_failure({Errc::invalid_argument, "a str must be UTF-8; see parley::bytes"});
    }
    message_ = Message::make(text.size() + sizeof(pickle::NodeHeader));
    cell_ =
        Cell::make_pointer(Tag::str, message_->copy(std::as_bytes(std::span(text))), text.size());
    message_->root = cell_;
}

Value::Value(std::complex<double> value) {
    message_ = Message::make(sizeof(pickle::NodeHeader) + sizeof(pickle::ComplexNode));
    auto* const node = message_->node<pickle::ComplexNode>();
    *node = {value.real(), value.imag()};
    message_->has_calls = true;
    cell_ = Cell::make_pointer(Tag::complex, node);
    message_->root = cell_;
}

void Value::make_unsigned(std::uint64_t value) {
    std::array<std::byte, 9> bytes{};
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::byte>(value >> (8 * i) & 0xff);
    *this = integer(bytes);
}

Kind Value::kind() const noexcept {
    return kinds[static_cast<std::size_t>(cell_.tag())];
}

std::complex<double> Value::as_complex() const {
    const pickle::ComplexNode& node = *expect(Tag::complex).complex();
    return {node.real, node.imag};
}

std::span<const std::byte> Value::as_bytes() const {
    if (kind() != Kind::bytes) throw_wrong_type(kind_name(Kind::bytes));
    return cell_.byte_span();
}

std::span<const std::byte> Value::as_bytearray() const {
    return expect(Tag::bytearray).byte_span();
}

Value Value::as_persistent_id() const {
    return pickle::Access::make(expect(Tag::persistent).persistent()->id, message_);
}

std::int32_t Value::as_extension() const {
    return static_cast<std::int32_t>(expect(Tag::extension).integer);
}

std::span<const std::byte> Value::as_buffer() const {
    const pickle::BufferNode& node = *expect(Tag::buffer).buffer();
    return {node.data, node.size};
}

bool Value::buffer_readonly() const {
    return expect(Tag::buffer).buffer()->readonly;
}

std::optional<bool> Value::if_bool() const noexcept {
    return is_bool() ? std::optional(cell_.integer != 0) : std::nullopt;
}

std::optional<std::int64_t> Value::if_int() const noexcept {
    return fits_int64() ? std::optional(cell_.integer) : std::nullopt;
}

std::optional<double> Value::if_float() const noexcept {
    return is_float() ? std::optional(cell_.real) : std::nullopt;
}

std::optional<std::complex<double>> Value::if_complex() const noexcept {
    return is_complex() ? std::optional(as_complex()) : std::nullopt;
}

std::optional<std::string_view> Value::if_str() const noexcept {
    return is_str() ? std::optional(text(cell_)) : std::nullopt;
}

std::optional<std::string_view> Value::if_legacy_str() const noexcept {
    return is_legacy_str() ? std::optional(text(cell_)) : std::nullopt;
}

std::optional<std::span<const std::byte>> Value::if_bytes() const noexcept {
    return is_bytes() ? std::optional(cell_.byte_span()) : std::nullopt;
}

std::optional<std::span<const std::byte>> Value::if_bytearray() const noexcept {
    return is_bytearray() ? std::optional(cell_.byte_span()) : std::nullopt;
}

std::string Value::int_bytes() const {
    if (!is_int()) throw_wrong_type(kind_name(Kind::int_));
    if (has(Tag::big_integer)) return std::string(text(cell_));
    return pickle::integer_bytes(cell_.integer);
}

double Value::as_number() const {
    switch (cell_.tag()) {
        case Tag::real:
            return cell_.real;
        case Tag::boolean:
        case Tag::integer:
            return static_cast<double>(cell_.integer);
        case Tag::big_integer:
            break;
        default:
            throw_wrong_type("float or int");
    }
    const std::optional<double> nearest =
        pickle::nearest_double(std::as_bytes(std::span(cell_.text(), cell_.size())));
    if (!nearest) throw_failure({Errc::out_of_range, "the int is too large for a float"});
    return *nearest;
}

std::string_view Value::module() const {
    return expect(Tag::global).global()->module.text_view();
}

std::string_view Value::qualname() const {
    return expect(Tag::global).global()->name.text_view();
}

bool Value::is_global(std::string_view module, std::string_view qualname) const noexcept {
    if (!is_global()) return false;
    return pickle::modern_name(*cell_.global()) == pickle::QualifiedName{module, qualname};
}

std::optional<int> Value::protocol() const noexcept {
    if (message_ == nullptr) {
        // A number that is a message by itself has the protocol where others have their size.
        return cell_.size() == 0 ? std::nullopt : std::optional(static_cast<int>(cell_.size() - 1));
    }
    if (message_->protocol == Message::no_protocol) return std::nullopt;
    return message_->protocol;
}

void Value::throw_wrong_type(Tag expected) const {
    throw_wrong_type(kind_name(kinds[static_cast<std::size_t>(expected)]));
}

void Value::throw_wrong_type(std::string_view expected) const {
    throw_failure({Errc::wrong_type, "expected " + std::string(expected) + ", came " +
                                         std::string(kind_name(kind()))});
}

void Value::throw_not_int64() const {
    if (!is_int()) throw_wrong_type(kind_name(Kind::int_));
    throw_failure({Errc::out_of_range, "the int takes more than 64 bits"});
}

std::uint64_t FromValue<std::uint64_t>::from(const Value& value) {
    if (const std::optional<std::int64_t> small = value.if_int(); small && *small >= 0) {
        return static_cast<std::uint64_t>(*small);
    }
    const std::string bytes = value.int_bytes();
    if (bytes.size() != 9 || bytes.back() != 0) {
        throw_failure({Errc::out_of_range, "the int does not fit the type asked for"});
    }
    const auto low = std::as_bytes(std::span(bytes)).first(8);
    return static_cast<std::uint64_t>(pickle::small_integer(low));
}

std::string_view FromValue<std::string_view>::from(const Value& value) {
    return value.is_legacy_str() ? value.as_legacy_str() : value.as_str();
}

std::span<const std::byte> FromValue<std::span<const std::byte>>::from(const Value& value) {
    switch (value.kind()) {
        case Kind::bytearray:
            return value.as_bytearray();
        case Kind::buffer:
            return value.as_buffer();
        case Kind::legacy_str:
            return std::as_bytes(std::span(value.as_legacy_str()));
        default:
            return value.as_bytes();
    }
}

}  // namespace parley

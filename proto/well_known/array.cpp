// The forms of array.array: array(typecode, [item, ...]) in protocols 0 to 2, and from 3 on
// _array_reconstructor(array, typecode, machine format, data), after Modules/arraymodule.c.
#include "instance.hpp"
#include "pickle/unicode.hpp"

#include <parley/array.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace parley {
namespace {

constexpr well_known::Name array_type = {"array", "array"};

// What the machine formats 0 to 21 hold.
constexpr std::array<std::string_view, 22> machine_formats = {
    "u1",  "i1",  "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8",
    ">u8", "<i8", ">i8", "<f4", ">f4", "<f8", ">f8", "<u2", ">u2", "<U1", ">U1"};
constexpr std::size_t utf16_le = 18;
constexpr std::size_t utf16_be = 19;

Failure not_an_array(const Value& found) {
    return well_known::wrong_type("array.array", found);
}

// What a type code stands for on this machine, or nothing.
std::optional<DType> dtype_of(char typecode) {
    switch (typecode) {
        case 'b':
            return DType::of<signed char>();
        case 'c':
        case 'B':
            return DType::of<unsigned char>();
        case 'h':
            return DType::of<short>();
        case 'H':
            return DType::of<unsigned short>();
        case 'i':
            return DType::of<int>();
        case 'I':
            return DType::of<unsigned>();
        case 'l':
            return DType::of<long>();
        case 'L':
            return DType::of<unsigned long>();
        case 'q':
            return DType::of<long long>();
        case 'Q':
            return DType::of<unsigned long long>();
        case 'f':
            return DType::of<float>();
        case 'd':
            return DType::of<double>();
        case 'u':
        case 'w':
            return DType("U1");
        default:
            return std::nullopt;
    }
}

template <typename T>
void put(std::byte* to, T value) {
    std::memcpy(to, &value, sizeof value);
}

// One number of a list, as the array's element.
bool put_number(std::byte* to, const DType& dtype, const Value& item) {
    if (dtype.kind() == 'f') {
        if (!item.is_float() && !item.fits_int64()) return false;
        if (dtype.itemsize() == sizeof(float)) put(to, static_cast<float>(item.as_number()));
        if (dtype.itemsize() == sizeof(double)) put(to, item.as_number());
        return true;
    }
    if (!item.is_int()) return false;
    const std::string bytes = item.int_bytes();
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
    const bool fits_unsigned = bytes.size() <= dtype.itemsize() ||
                               (bytes.size() == dtype.itemsize() + 1 && bytes.back() == '\0');
    const bool fits =
        dtype.kind() == 'u' ? !negative && fits_unsigned : bytes.size() <= dtype.itemsize();
    if (!fits) return false;
    for (std::size_t i = 0; i != dtype.itemsize(); ++i) {
        const char byte = i < bytes.size() ? bytes[i] : negative ? '\xff' : '\0';
        const std::size_t place =
            std::endian::native == std::endian::little ? i : dtype.itemsize() - 1 - i;
        to[place] = static_cast<std::byte>(byte);
    }
    return true;
}

Result<NdArray> from_list(const DType& dtype, const Value& items) {
    Buffer data(items.size() * dtype.itemsize());
    std::byte* to = data.data();
    for (const Value& item : items) {
        if (!put_number(to, dtype, item)) return not_an_array(item);
        to += dtype.itemsize();
    }
    return NdArray(dtype, {items.size()}, std::move(data));
}

NdArray of_characters(const std::u32string& characters) {
    return NdArray(DType("U1"), {characters.size()}, Buffer(std::as_bytes(std::span(characters))));
}

// Characters one by one. Those of Python 2's 'c' are bytes.
Result<NdArray> from_characters(char typecode, const Value& items) {
    std::u32string characters;
    std::string bytes;
    for (const Value& item : items) {
        const auto text = typecode == 'c' ? well_known::byte_string(item) : well_known::text(item);
        if (!text) return not_an_array(item);
        for (std::string_view rest = *text; typecode != 'c' && !rest.empty();) {
            const pickle::CodePoint head = pickle::first_code_point(rest);
            characters += head.value;
            rest.remove_prefix(head.size);
        }
        bytes += *text;
    }
    if (typecode != 'c') return of_characters(characters);
    return NdArray(*dtype_of('c'), {bytes.size()}, Buffer(std::as_bytes(std::span(bytes))));
}

// The code units of a Python whose wide characters have 16 bits.
NdArray from_utf16(std::span<const std::byte> units, bool little) {
    std::u32string characters;
    for (std::size_t i = 0; i + 1 < units.size(); i += 2) {
        const auto first = std::to_integer<char32_t>(units[i]);
        const auto second = std::to_integer<char32_t>(units[i + 1]);
        characters.push_back(little ? first | second << 8U : second | first << 8U);
    }
    return of_characters(characters);
}

Result<NdArray> from_bytes(const DType& dtype, const Value& data) {
    const std::optional<std::string> bytes = well_known::byte_string(data);
    if (!bytes || bytes->size() % dtype.itemsize() != 0) return not_an_array(data);
    return NdArray(dtype, {bytes->size() / dtype.itemsize()},
                   Buffer(std::as_bytes(std::span(*bytes))));
}

std::optional<char> read_typecode(const Value& value) {
    const std::optional<std::string> text = well_known::text(value);
    if (!text || text->size() != 1 || !dtype_of(text->front())) return std::nullopt;
    return text->front();
}

Result<Array> from_constructor(const std::vector<Value>& args) {
    const std::optional<char> typecode = args.empty() ? std::nullopt : read_typecode(args[0]);
    if (!typecode || args.size() > 2) return not_an_array(args.empty() ? Value() : args[0]);
    const DType dtype = *dtype_of(*typecode);
    const Value items = args.size() == 2 ? args[1] : list();
    Result<NdArray> array = not_an_array(items);
    if (items.is_list() && (dtype.kind() == 'U' || typecode == 'c')) {
        array = from_characters(*typecode, items);
    } else if (items.is_list()) {
        array = from_list(dtype, items);
    } else {
        array = from_bytes(dtype, items);
    }
    if (!array) return array.error();
    return Array{*typecode, *std::move(array)};
}

Result<Array> from_machine_format(const std::vector<Value>& args) {
    const std::optional<char> typecode = read_typecode(args[1]);
    const auto format = well_known::integer<std::size_t>(args[2]);
    const auto bytes = args[3].if_bytes();
    if (!typecode || !format || *format >= machine_formats.size() || !bytes) {
        return not_an_array(args[1]);
    }
    const DType dtype(machine_formats[*format]);
    if (bytes->size() % dtype.itemsize() != 0) return not_an_array(args[3]);
    if (*format == utf16_le || *format == utf16_be) {
        return Array{*typecode, from_utf16(*bytes, *format == utf16_le)};
    }
    return Array{*typecode, NdArray(dtype, {bytes->size() / dtype.itemsize()}, args[3])};
}

}  // namespace

std::string Array::text() const {
    std::string text;
    for (const std::string& character : items.to_strings()) {
        text += character.empty() ? std::string(1, '\0') : character;
    }
    return text;
}

Result<Array> Array::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference) return not_an_array(value);
    const std::vector<Value> args = well_known::arguments(*object);
    if (object->callable().is_global("array", "_array_reconstructor") && args.size() == 4) {
        return from_machine_format(args);
    }
    if (well_known::instance(value, array_type)) return from_constructor(args);
    return not_an_array(value);
}

// The elements in the machine's own byte order, as bytes.
Value Array::native_data(const NdArray& items) {
    if (items.dtype().is_native()) return items.data_value();
    const std::size_t width = items.dtype().itemsize();
    Buffer data(items.bytes());
    for (std::byte* at = data.data(); at != data.data() + data.size(); at += width) {
        std::reverse(at, at + width);
    }
    return parley::bytes(std::move(data));
}

Array::operator Value() const {
    return call(global(array_type.module, array_type.qualname),
                tuple(std::string(1, typecode), native_data(items)));
}

}  // namespace parley

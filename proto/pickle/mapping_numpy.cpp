#include <parley/object.hpp>
#include <parley/pickle/archive.hpp>

#include <array>
#include <string>

namespace parley::pickle {
namespace {

constexpr std::string_view core = "numpy.core.multiarray";

/// numpy.dtype(text, False, True) with the state of a plain number.
void write_dtype(OutputArchive& archive, char kind, std::size_t itemsize) {
    Encoder& encoder = archive.encoder();
    archive.write_global("numpy", "dtype");
    encoder.str(kind + std::to_string(itemsize));
    encoder.boolean(false);
    encoder.boolean(true);
    archive.end_tuple(3);
    encoder.opcode(Opcode::REDUCE);
    encoder.opcode(Opcode::MARK);
    encoder.integer(3);
    encoder.str(itemsize == 1 ? "|" : "<");
    for (int i = 0; i < 3; ++i)
        encoder.none();
    for (const int part : {-1, -1, 0})
        encoder.integer(part);
    encoder.opcode(Opcode::TUPLE);
    encoder.opcode(Opcode::BUILD);
}

}  // namespace

void check_shape(std::span<const std::size_t> shape, std::size_t size) {
    std::size_t count = 1;
    bool fits = true;
    for (const std::size_t extent : shape)
        fits &= !__builtin_mul_overflow(count, extent, &count);
    if (fits && count == size) return;
    throw_failure(
        {Errc::invalid_argument, "the shape is not that of " + std::to_string(size) + " elements"});
}

// ndarray.__reduce__, in the form that every numpy loads.
void write_ndarray(OutputArchive& archive, char kind, std::size_t itemsize,
                   std::span<const std::size_t> shape, ConstBytes elements) {
    static_assert(std::endian::native == std::endian::little);
    Encoder& encoder = archive.encoder();
    archive.write_global(core, "_reconstruct");
    archive.write_global("numpy", "ndarray");
    encoder.integer(0);
    archive.end_tuple(1);
    archive.write_bytes(std::as_bytes(std::span("b", 1)));
    archive.end_tuple(3);
    encoder.opcode(Opcode::REDUCE);
    encoder.opcode(Opcode::MARK);
    encoder.integer(1);
    encoder.opcode(Opcode::MARK);
    for (const std::size_t extent : shape)
        archive.write_unsigned(extent);
    encoder.opcode(Opcode::TUPLE);
    write_dtype(archive, kind, itemsize);
    encoder.boolean(false);
    archive.write_bytes(elements);
    encoder.opcode(Opcode::TUPLE);
    encoder.opcode(Opcode::BUILD);
}

Cell scalar_of(const InputArchive& archive, const Cell& cell) {
    const Cell absent = Cell::make(Tag::absent);
    if (cell.tag() != Tag::object) return absent;
    const Result<NumpyScalar> scalar = NumpyScalar::from_value(archive.value(cell));
    if (!scalar) return absent;
    try {
        switch (scalar->array.dtype().kind()) {
            case 'b':
                return Cell::make(Tag::boolean, scalar->as<bool>() ? 1 : 0);
            case 'i':
            case 'u':
                return Cell::make(Tag::integer, scalar->as<std::int64_t>());
            case 'f':
                return Cell::make_real(scalar->as<double>());
            default:
                return absent;
        }
    } catch (const TypeError&) {
        return absent;
    }
}

}  // namespace parley::pickle

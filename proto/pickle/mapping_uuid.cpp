#include <parley/pickle/archive.hpp>

#include <algorithm>
#include <array>

namespace parley::pickle {

// Its state is one int of 128 bits; the UUID's bytes are that int's, most significant first.
void Mapping<boost::uuids::uuid>::save(OutputArchive& archive, const boost::uuids::uuid& id) {
    Encoder& encoder = archive.encoder();
    archive.write_global(name.module, name.qualname);
    encoder.opcode(Opcode::EMPTY_TUPLE);
    encoder.opcode(Opcode::NEWOBJ);
    encoder.opcode(Opcode::EMPTY_DICT);
    encoder.str("int");
    // A byte more, for it is not negative.
    std::array<std::byte, 17> number{};
    std::transform(id.begin(), id.end(), number.rbegin() + 1,
                   [](auto byte) { return static_cast<std::byte>(byte); });
    archive.write_integer(number);
    encoder.opcode(Opcode::SETITEM);
    encoder.opcode(Opcode::BUILD);
}

}  // namespace parley::pickle

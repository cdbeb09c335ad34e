#include "pickle_cursor.hpp"

#include <fmt/format.h>

namespace parley::tools {

std::uint64_t little_endian(std::string_view bytes) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        number = number << 8U | static_cast<unsigned char>(bytes[i]);
    return number;
}

Result<Instruction> PickleCursor::next() {
    const std::size_t begin = position_;
    if (begin == pickle_.size())
        return Failure(Errc::pickle_truncated, fmt::format("no STOP before byte {}", begin));
    const auto opcode = static_cast<std::uint8_t>(pickle_[begin]);
    const OpcodeTraits* const traits = find_opcode(opcode);
    if (traits == nullptr) {
        return Failure(Errc::pickle_unknown_opcode,
                       fmt::format("0x{:02x} at byte {}", opcode, begin));
    }
    ++position_;
    const Result<std::string_view> found = argument(traits->extent);
    if (!found) {
        return Failure(found.error().code,
                       fmt::format("the argument of {} at byte {} {}", pickle::opcode_name(opcode),
                                   begin, found.error().detail));
    }
    return Instruction{traits, begin, pickle_.substr(begin, position_ - begin), *found};
}

Result<std::string_view> PickleCursor::argument(OpcodeTraits::Extent extent) {
    using Extent = OpcodeTraits::Extent;
    switch (extent) {
        case Extent::none:
            return std::string_view();
        case Extent::line:
            return lines(1);
        case Extent::two_lines:
            return lines(2);
        case Extent::bytes_1:
            return bytes(1);
        case Extent::bytes_2:
            return bytes(2);
        case Extent::bytes_4:
            return bytes(4);
        case Extent::bytes_8:
            return bytes(8);
        case Extent::counted_1:
            return counted(1);
        case Extent::counted_4:
            return counted(4);
        case Extent::counted_8:
            return counted(8);
    }
    return std::string_view();
}

Result<std::string_view> PickleCursor::bytes(std::uint64_t count) {
    const std::size_t left = pickle_.size() - position_;
    if (count > left) {
        return Failure(Errc::pickle_truncated,
                       fmt::format("takes {} bytes, and {} are left", count, left));
    }
    const std::string_view taken = pickle_.substr(position_, static_cast<std::size_t>(count));
    position_ += taken.size();
    return taken;
}

Result<std::string_view> PickleCursor::counted(std::size_t width) {
    Result<std::string_view> length = bytes(width);
    if (!length) return length;
    return bytes(little_endian(*length));
}

Result<std::string_view> PickleCursor::lines(int count) {
    const std::size_t begin = position_;
    for (int i = 0; i < count; ++i) {
        const std::size_t end = pickle_.find('\n', position_);
        if (end == std::string_view::npos)
            return Failure(Errc::pickle_truncated, "is a line without an end");
        position_ = end + 1;
    }
    return pickle_.substr(begin, position_ - begin - 1);
}

}  // namespace parley::tools

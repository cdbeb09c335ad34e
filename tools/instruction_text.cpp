#include "instruction_text.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/repr.hpp>
#include <parley/value.hpp>

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace parley::tools {
namespace {

using pickle::Opcode;
using Extent = OpcodeTraits::Extent;

Failure bad_text(const Instruction& instruction) {
    const auto opcode = static_cast<std::uint8_t>(instruction.traits->opcode);
    return {Errc::pickle_bad_text,
            fmt::format("{} at byte {}: got {}", pickle::opcode_name(opcode), instruction.position,
                        repr(bytes(instruction.argument)))};
}

std::string whole_repr(const Value& value) {
    return repr(value, {.limit = std::nullopt});
}

/// Any bytes as ascii() writes the str of the same code points: as repr() does the bytes.
std::string ascii_repr(std::string_view text) {
    return whole_repr(bytes(text)).substr(1);
}

/// The value that is pushed is the argument's: a reader of pickles knows it best.
Result<std::string> value_text(const Instruction& instruction) {
    const std::string pickle = std::string(instruction.whole) + '.';
    pickle::LoadOptions options;
    options.max_digits = std::nullopt;
    const Result<Value> value = pickle::loads(std::as_bytes(std::span(pickle)), options);
    if (!value) return bad_text(instruction);
    if (value->is_legacy_str()) return ascii_repr(value->as_legacy_str());
    return whole_repr(*value);
}

/// What follows the opcode on its line; none where it has no argument.
Result<std::optional<std::string>> argument_text(const Instruction& instruction) {
    if (instruction.traits->extent == Extent::none) return std::optional<std::string>();
    Result<std::string> text = std::string();
    switch (instruction.traits->opcode) {
        case Opcode::GLOBAL:
        case Opcode::INST: {
            std::string names(instruction.argument);
            names.replace(names.find('\n'), 1, " ");
            text = ascii_repr(names);
            break;
        }
        case Opcode::PERSID:
            text = ascii_repr(instruction.argument);
            break;
        default:
            if (instruction.traits->is_value) {
                text = value_text(instruction);
            } else if (const Result<std::int64_t> number = number_of(instruction); number) {
                text = std::to_string(*number);
            } else {
                text = number.error();
            }
    }
    if (!text) return text.error();
    return std::optional(*text);
}

std::string code_text(Opcode opcode) {
    const auto code = static_cast<unsigned char>(opcode);
    return code < 0x7f ? std::string(1, static_cast<char>(code)) : fmt::format("\\x{:02x}", code);
}

}  // namespace

Result<std::int64_t> number_of(const Instruction& instruction) {
    const std::string_view text = instruction.argument;
    std::int64_t number = 0;
    if (instruction.traits->extent != Extent::line) {
        number = static_cast<std::int64_t>(little_endian(text));
        if (instruction.traits->opcode == Opcode::EXT4) number = static_cast<std::int32_t>(number);
        return number;
    }
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return bad_text(instruction);
    return number;
}

Result<std::string> line_of(const Instruction& instruction, std::size_t indent,
                            std::string_view words) {
    const Result<std::optional<std::string>> argument = argument_text(instruction);
    if (!argument) return argument.error();
    const std::string_view name =
        pickle::opcode_name(static_cast<std::uint8_t>(instruction.traits->opcode));
    std::string line =
        fmt::format("{:>5}: {:<4} {}{}", instruction.position,
                    code_text(instruction.traits->opcode), std::string(4 * indent, ' '), name);
    if (!*argument && words.empty()) return line;
    line.append(name.size() < 10 ? 10 - name.size() : 0, ' ');
    if (*argument) line += ' ' + **argument;
    if (!words.empty()) (line += ' ') += words;
    return line;
}

}  // namespace parley::tools

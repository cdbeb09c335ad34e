#include "disassembler.hpp"

#include "instruction_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace parley::tools {
namespace {

using pickle::Opcode;

Failure wrong(const Instruction& instruction, Errc code, std::string_view what) {
    const auto opcode = static_cast<std::uint8_t>(instruction.traits->opcode);
    return {code, fmt::format("{} at byte {}: {}", pickle::opcode_name(opcode),
                              instruction.position, what)};
}

bool is_put(Opcode opcode) {
    return opcode == Opcode::PUT || opcode == Opcode::BINPUT || opcode == Opcode::LONG_BINPUT ||
           opcode == Opcode::MEMOIZE;
}

bool is_get(Opcode opcode) {
    return opcode == Opcode::GET || opcode == Opcode::BINGET || opcode == Opcode::LONG_BINGET;
}

}  // namespace

Result<void> Disassembler::run(const Print& print) {
    for (bool stopped = false; !stopped;) {
        const Result<Instruction> instruction = cursor_.next();
        if (!instruction) return instruction.error();
        if (Result<void> done = step(*instruction, print); !done) return done;
        stopped = instruction->traits->opcode == Opcode::STOP;
    }
    print(fmt::format("highest protocol among opcodes = {}", protocol_));
    if (stack_.empty()) return {};
    return Failure(Errc::pickle_bad_operand,
                   fmt::format("{} items are left on the stack after STOP", stack_.size()));
}

/// A line is printed for an opcode that is out of place, too.
Result<void> Disassembler::step(const Instruction& instruction, const Print& print) {
    protocol_ = std::max<int>(protocol_, instruction.traits->protocol);
    const std::size_t indent = marks_.size();
    const bool took_mark = takes_mark(instruction);
    std::string words;
    if (instruction.traits->opcode == Opcode::MEMOIZE) words = fmt::format("(as {})", memo_.size());
    Result<void> marked = use_mark(instruction, words);
    Result<void> stored = use_memo(instruction);
    Result<std::string> line = line_of(instruction, indent, words);
    if (!line) return line.error();
    print(std::move(*line));
    if (!marked) return marked;
    if (!stored) return stored;
    return move(instruction, took_mark);
}

bool Disassembler::takes_mark(const Instruction& instruction) const {
    return instruction.traits->takes_mark ||
           (instruction.traits->opcode == Opcode::POP && has_mark_on_top());
}

/// Takes the stack down to its topmost mark where the opcode does.
Result<void> Disassembler::use_mark(const Instruction& instruction, std::string& words) {
    if (!takes_mark(instruction)) return {};
    if (marks_.empty()) {
        words = "no MARK exists on stack";
        return wrong(instruction, Errc::pickle_missing_mark, words);
    }
    while (!has_mark_on_top())
        stack_.pop_back();
    stack_.pop_back();
    words = fmt::format("(MARK at {})", marks_.back());
    marks_.pop_back();
    return {};
}

Result<void> Disassembler::use_memo(const Instruction& instruction) {
    const Opcode opcode = instruction.traits->opcode;
    if (is_put(opcode)) return put(instruction);
    if (!is_get(opcode)) return {};
    const Result<std::int64_t> entry = number_of(instruction);
    if (!entry) return entry.error();
    if (memo_.contains(*entry)) return {};
    return wrong(instruction, Errc::pickle_missing_memo,
                 fmt::format("nothing was stored as {}", *entry));
}

Result<void> Disassembler::put(const Instruction& instruction) {
    const bool is_memoize = instruction.traits->opcode == Opcode::MEMOIZE;
    const Result<std::int64_t> entry =
        is_memoize ? static_cast<std::int64_t>(memo_.size()) : number_of(instruction);
    if (!entry) return entry.error();
    if (stack_.empty() || has_mark_on_top())
        return wrong(instruction, Errc::pickle_stack_underflow, "there is nothing to be stored");
    memo_.insert(*entry);
    return {};
}

/// What the opcode does to the stack.
Result<void> Disassembler::move(const Instruction& instruction, bool took_mark) {
    const OpcodeTraits& traits = *instruction.traits;
    const std::size_t pops = traits.opcode == Opcode::POP && took_mark ? 0 : traits.pops;
    if (stack_.size() < pops) {
        return wrong(instruction, Errc::pickle_stack_underflow,
                     fmt::format("takes {} items, and {} are on the stack", pops, stack_.size()));
    }
    const bool is_mark = traits.opcode == Opcode::MARK;
    stack_.resize(stack_.size() - pops);
    stack_.insert(stack_.end(), traits.pushes, is_mark);
    if (is_mark) marks_.push_back(instruction.position);
    return {};
}

}  // namespace parley::tools

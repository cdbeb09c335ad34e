// A pickle as the text that pickletools.dis prints: one line for each opcode, and the checks that
// its stack and memo would be in order. Runs nothing.
#pragma once

#include "pickle_cursor.hpp"

#include <parley/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace parley::tools {

class Disassembler {
public:
    using Print = std::function<void(std::string)>;

    explicit Disassembler(std::string_view pickle) noexcept : cursor_(pickle) {}

    /// Hands each line to `print`, until STOP. Fails where the pickle is wrong, after the lines up
    /// to there.
    [[nodiscard]] Result<void> run(const Print& print);

    /// Where STOP was, and one more.
    [[nodiscard]] std::size_t end() const noexcept { return cursor_.position(); }

private:
    [[nodiscard]] Result<void> step(const Instruction& instruction, const Print& print);
    [[nodiscard]] Result<void> use_mark(const Instruction& instruction, std::string& words);
    [[nodiscard]] Result<void> use_memo(const Instruction& instruction);
    [[nodiscard]] Result<void> put(const Instruction& instruction);
    [[nodiscard]] Result<void> move(const Instruction& instruction, bool took_mark);
    [[nodiscard]] bool has_mark_on_top() const { return !stack_.empty() && stack_.back(); }
    [[nodiscard]] bool takes_mark(const Instruction& instruction) const;

    PickleCursor cursor_;
    std::vector<bool> stack_;         // whether the item is a mark
    std::vector<std::size_t> marks_;  // where each of them was pushed
    std::set<std::int64_t> memo_;
    int protocol_ = 0;
};

}  // namespace parley::tools

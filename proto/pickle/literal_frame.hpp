// Where the parser of Python literals is, in one bracket.
#pragma once

#include "literal_operand.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace parley::pickle {

/// An open bracket, or the whole text, and the expression that is being read in it.
struct LiteralFrame {
    enum class Kind { text, parenthesis, list, brace, call };
    enum class Brace { unknown, set, dict };

    Kind kind = Kind::text;
    std::size_t offset = 0;  // of the bracket, or of the name that is called
    std::size_t first = 0;   // its first item's place among the values
    std::string_view callee = {};
    bool comma = false;
    Brace brace = Brace::unknown;
    bool after_colon = false;          // a dict's key is read, its value is not
    char sign = 0;                     // stands before the operand to come
    std::optional<Operand> left = {};  // of the sum whose right side is to come
    char operation = 0;
    std::optional<Operand> operand = {};  // what is read of the current item

    [[nodiscard]] bool inside_item() const noexcept {
        return sign != 0 || left.has_value() || after_colon;
    }
};

}  // namespace parley::pickle

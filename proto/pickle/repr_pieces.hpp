// What repr() writes for an instance: texts, and values between them that are written in their
// turn.
#pragma once

#include <parley/value.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::pickle {

/// A text and, where there is one, the value that follows it.
struct ReprPiece {
    std::string text;
    std::optional<Value> value = {};
};

/// Collects pieces, with a comma between one argument and the next.
class ReprPieces {
public:
    void text(std::string_view text);
    void value(Value value);
    /// An argument: the words before its value ("x="), and the value.
    void argument(std::string_view name, Value value);
    /// Begins an argument that is written by hand.
    void next_argument();
    /// "[a, b]", or whatever stands around them; nothing is said of the order.
    void items(std::span<const Value> items, std::string_view open, std::string_view close);
    /// "{a: b}"
    void entries(std::span<const Entry> entries);
    [[nodiscard]] std::vector<ReprPiece> take() && { return std::move(pieces_); }

private:
    std::vector<ReprPiece> pieces_ = {{}};
    bool first_ = true;
};

}  // namespace parley::pickle

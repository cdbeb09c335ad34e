// What repr() writes for an instance: texts, and values between them that are written in their
// turn.
#pragma once

#include <parley/object.hpp>
#include <parley/value.hpp>

#include <optional>
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
    void argument(const std::string& name, Value value);
    /// Begins an argument that is written by hand.
    void next_argument();
    [[nodiscard]] std::vector<ReprPiece> take() && { return std::move(pieces_); }

private:
    std::vector<ReprPiece> pieces_ = {{}};
    bool first_ = true;
};

/// An instance, in pieces.
[[nodiscard]] std::vector<ReprPiece> describe(const Object& object);

/// What stands in an instance's place inside of itself.
[[nodiscard]] std::string recursion_text(const Object& object);

/// A class or function: `<class 'int'>`.
[[nodiscard]] std::string global_text(const Value& global);

}  // namespace parley::pickle

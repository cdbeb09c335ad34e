// Cuts the text of a Python literal into tokens: lines, indentation, comments and brackets as in
// Python's grammar. Knows nothing of what the tokens mean together.
#pragma once

#include "literal_number.hpp"
#include "literal_string.hpp"

#include <parley/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::pickle {

struct Token {
    enum class Kind { end, newline, number, string, name, ellipsis, punctuation };

    Kind kind = Kind::end;
    std::size_t offset = 0;
    std::string_view text = {};
    NumberText::Kind number = NumberText::Kind::integer;  ///< What a number is.
    StringText string = {};                               ///< What a string is.

    [[nodiscard]] bool is(char character) const noexcept {
        return kind == Kind::punctuation && text.front() == character;
    }
    /// What the token is, in words for an error.
    [[nodiscard]] std::string describe() const;
};

/// One token after the other. Line breaks count outside brackets only, and the last token, `end`,
/// comes again and again.
class LiteralLexer {
public:
    /// The text must stay valid; so must the tokens' use of it.
    explicit LiteralLexer(std::string_view text) noexcept;

    /// Fails with bad_literal.
    [[nodiscard]] Result<Token> next();

private:
    [[nodiscard]] Result<void> skip_to_content();
    [[nodiscard]] Result<void> skip_continuation();
    void skip_comment() noexcept;
    [[nodiscard]] Result<Token> take_string_or_name();
    [[nodiscard]] Result<Token> take_punctuation();
    [[nodiscard]] Token take(Token::Kind kind, std::size_t size) noexcept;
    [[nodiscard]] Failure failure(const std::string& problem) const;
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;      // how many brackets are open
    bool line_is_empty_ = true;  // no token yet on this line
    bool indented_ = false;      // the line starts with blanks
};

}  // namespace parley::pickle

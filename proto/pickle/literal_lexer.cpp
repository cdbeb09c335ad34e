#include "literal_lexer.hpp"

#include "literal_source.hpp"
#include "unicode.hpp"

#include <algorithm>

namespace parley::pickle {
namespace {

// A character in words: itself if it can be seen, else its number.
std::string character_text(std::string_view text) {
    const CodePoint head = first_code_point(text);
    if (head.size != 0 && is_printable(head.value)) {
        return "'" + std::string(text.substr(0, head.size)) + "'";
    }
    const char32_t value = head.size == 0 ? static_cast<unsigned char>(text[0]) : head.value;
    std::string digits;
    for (char32_t rest = value; rest != 0; rest >>= 4U) {
        digits.insert(digits.begin(), "0123456789ABCDEF"[rest & 0xfU]);
    }
    return "character U+" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits;
}

}  // namespace

std::string Token::describe() const {
    constexpr std::size_t longest = 40;
    switch (kind) {
        case Kind::end:
            return "the end";
        case Kind::newline:
            return "a new line";
        case Kind::string:
            return "a string";
        default:
            break;
    }
    if (text.size() > longest) return "'" + std::string(text.substr(0, longest)) + "...'";
    return "'" + std::string(text) + "'";
}

// Blanks ahead of the first line are no indentation, as in ast.literal_eval.
LiteralLexer::LiteralLexer(std::string_view text) noexcept
    : text_(text), at_(std::min(text.find_first_not_of(" \t"), text.size())) {}

Failure LiteralLexer::failure(const std::string& problem) const {
    return literal_failure(text_, at_, problem);
}

void LiteralLexer::skip_comment() noexcept {
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
}

Result<void> LiteralLexer::skip_continuation() {
    const std::size_t size = at_ + 1 < text_.size() ? line_break_size(text_, at_ + 1) : 0;
    if (size == 0) return failure("expected a new line after the backslash");
    at_ += 1 + size;
    if (at_end()) return failure("expected a line after the backslash");
    return {};
}

// Leaves the lexer at a token, at a line break that counts, or at the end.
Result<void> LiteralLexer::skip_to_content() {
    for (; !at_end(); ++at_) {
        const char character = text_[at_];
        if (character == ' ' || character == '\t') {
            indented_ = indented_ || line_is_empty_;
        } else if (character == '\f') {
            indented_ = false;
        } else if (character == '#') {
            skip_comment();
            --at_;
        } else if (character == '\\') {
            if (Result<void> skipped = skip_continuation(); !skipped) return skipped;
            --at_;
        } else if (const std::size_t size = line_break_size(text_, at_); size != 0) {
            if (depth_ == 0 && !line_is_empty_) break;
            at_ += size - 1;
            indented_ = false;
        } else {
            break;
        }
    }
    return {};
}

Token LiteralLexer::take(Token::Kind kind, std::size_t size) noexcept {
    Token token;
    token.kind = kind;
    token.offset = at_;
    token.text = text_.substr(at_, size);
    at_ += size;
    line_is_empty_ = kind == Token::Kind::newline;
    return token;
}

Result<Token> LiteralLexer::next() {
    if (Result<void> skipped = skip_to_content(); !skipped) return skipped.error();
    if (at_end()) return take(Token::Kind::end, 0);
    if (const std::size_t size = line_break_size(text_, at_); size != 0) {
        indented_ = false;
        return take(Token::Kind::newline, size);
    }
    if (line_is_empty_ && indented_ && depth_ == 0) return failure("unexpected indent");
    const char character = text_[at_];
    const bool point_and_digit =
        text_.size() - at_ > 1 && character == '.' && is_digit(text_[at_ + 1]);
    if (is_digit(character) || point_and_digit) {
        Result<NumberText> number = scan_number(text_, at_);
        if (!number) return number.error();
        Token token = take(Token::Kind::number, number->text.size());
        token.number = number->kind;
        return token;
    }
    if (is_name_character(character) || character == '\'' || character == '"') {
        return take_string_or_name();
    }
    return take_punctuation();
}

Result<Token> LiteralLexer::take_string_or_name() {
    Result<std::optional<StringText>> string = scan_string(text_, at_);
    if (!string) return string.error();
    if (*string) {
        Token token = take(Token::Kind::string, (*string)->next - at_);
        token.string = **string;
        return token;
    }
    const CodePoint head = first_code_point(text_.substr(at_));
    if (head.size == 0) return failure("the text is not UTF-8");
    if (head.size > 1) return failure("unexpected " + character_text(text_.substr(at_)));
    std::size_t size = 1;
    while (at_ + size < text_.size() && is_name_character(text_[at_ + size]))
        ++size;
    return take(Token::Kind::name, size);
}

Result<Token> LiteralLexer::take_punctuation() {
    const char character = text_[at_];
    if (text_.substr(at_, 3) == "...") return take(Token::Kind::ellipsis, 3);
    if (std::string_view("()[]{},:+-").find(character) == std::string_view::npos) {
        return failure("unexpected " + character_text(text_.substr(at_)));
    }
    if (character == '(' || character == '[' || character == '{') ++depth_;
    if (depth_ != 0 && (character == ')' || character == ']' || character == '}')) --depth_;
    return take(Token::Kind::punctuation, 1);
}

}  // namespace parley::pickle

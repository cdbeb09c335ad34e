// A stack machine over the lexer's tokens: one frame for each open bracket, so that depth costs
// memory and not stack. The grammar is that of CPython's `eval_input`, cut down to what
// ast.literal_eval accepts; signs and sums follow its _convert_signed_num.
#include "literal_frame.hpp"
#include "literal_lexer.hpp"
#include "literal_number.hpp"
#include "literal_operand.hpp"
#include "literal_source.hpp"
#include "literal_string.hpp"

#include <parley/literal.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace parley {
namespace {

using Frame = pickle::LiteralFrame;
using pickle::LiteralLexer;
using pickle::NumberText;
using pickle::Operand;
using pickle::Token;

bool is_callable(std::string_view name) noexcept {
    return name == "set" || name == "frozenset" || name == "bytearray";
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text), lexer_(text) { stack_.emplace_back(); }

    Result<Value> parse() {
        for (;;) {
            if (Result<void> read = read_token(); !read) return read.error();
            if (token_.kind == Token::Kind::end || token_.kind == Token::Kind::newline) break;
            if (Result<void> step = take(); !step) return step.error();
        }
        return finish();
    }

private:
    using Step = Result<void>;

    [[nodiscard]] Frame& frame() noexcept { return stack_.back(); }

    [[nodiscard]] Failure failure(std::size_t offset, const std::string& problem) const {
        return pickle::literal_failure(text_, offset, problem);
    }

    [[nodiscard]] Failure expected(const std::string& what) const {
        return failure(token_.offset, "expected " + what + ", found " + token_.describe());
    }

    Step read_token() {
        if (has_token_) {
            has_token_ = false;
            return {};
        }
        Result<Token> token = lexer_.next();
        if (!token) return token.error();
        token_ = *std::move(token);
        return {};
    }

    // The token that was read comes again.
    void unread_token() noexcept { has_token_ = true; }

    Step take() { return frame().operand ? take_after_operand() : take_operand(); }

    Step take_operand() {
        switch (token_.kind) {
            case Token::Kind::number:
                return take_number();
            case Token::Kind::string:
                return take_strings();
            case Token::Kind::name:
                return take_name();
            case Token::Kind::ellipsis:
                return complete({ellipsis()});
            default:
                break;
        }
        switch (token_.text.front()) {
            case '(':
                return open(Frame::Kind::parenthesis);
            case '[':
                return open(Frame::Kind::list);
            case '{':
                return open(Frame::Kind::brace);
            case '+':
            case '-':
                return take_sign();
            case ')':
            case ']':
            case '}':
                return frame().inside_item() ? expected("a literal") : close();
            default:
                return expected("a literal");
        }
    }

    Step take_after_operand() {
        if (token_.kind == Token::Kind::punctuation) {
            switch (token_.text.front()) {
                case ',':
                    return take_comma();
                case ':':
                    return take_colon();
                case '+':
                case '-':
                    return take_operation();
                case ')':
                case ']':
                case '}':
                    return close();
                default:
                    break;
            }
        }
        return expected(what_may_follow());
    }

    [[nodiscard]] std::string what_may_follow() const {
        const Frame& frame = stack_.back();
        switch (frame.kind) {
            case Frame::Kind::text:
                return "the end of the literal";
            case Frame::Kind::list:
                return "',' or ']'";
            case Frame::Kind::brace:
                if (frame.brace == Frame::Brace::dict && !frame.after_colon) return "':'";
                return "',' or '}'";
            default:
                return "',' or ')'";
        }
    }

    Step take_number() {
        const std::string_view text = token_.text;
        switch (token_.number) {
            case NumberText::Kind::integer:
                return complete(pickle::integer_number(text));
            case NumberText::Kind::floating:
                return complete(pickle::floating_number(pickle::floating_value(text)));
            default:
                return complete(pickle::imaginary_number(pickle::floating_value(text)));
        }
    }

    // Strings that follow each other are one.
    Step take_strings() {
        const bool is_bytes = token_.string.bytes;
        std::string joined;
        for (; token_.kind == Token::Kind::string;) {
            if (token_.string.bytes != is_bytes) {
                return failure(token_.offset, "bytes and str cannot be joined");
            }
            if (Step step = append_string(joined, text_, token_.string); !step) return step;
            if (Step step = read_token(); !step) return step;
        }
        unread_token();
        return complete({is_bytes ? bytes(joined) : Value(joined)});
    }

    Step take_name() {
        if (std::optional<Operand> operand = pickle::constant(token_.text)) {
            return complete(*std::move(operand));
        }
        if (!is_callable(token_.text)) return expected("a literal");
        const Token name = token_;
        if (Step step = read_token(); !step) return step;
        if (!token_.is('(')) return expected("'(' after " + std::string(name.text));
        if (Step step = open(Frame::Kind::call); !step) return step;
        frame().offset = name.offset;
        frame().callee = name.text;
        return {};
    }

    Step open(Frame::Kind kind) {
        Frame opened;
        opened.kind = kind;
        opened.offset = token_.offset;
        opened.first = values_.size();
        stack_.push_back(std::move(opened));
        return {};
    }

    Step take_sign() {
        if (frame().sign != 0) return expected("a number after the sign");
        frame().sign = token_.text.front();
        return {};
    }

    Step take_operation() {
        if (!frame().operand->is_real()) return expected(what_may_follow());
        frame().left = std::exchange(frame().operand, std::nullopt);
        frame().operation = token_.text.front();
        return {};
    }

    // An operand is read: what stands before it takes effect.
    Step complete(Operand operand) {
        if (const char sign = std::exchange(frame().sign, '\0'); sign != 0) {
            if (frame().left || operand.shape != Operand::Shape::number) {
                return failure(token_.offset,
                               std::string("expected a plain number after '") + sign + "'");
            }
            operand.shape = Operand::Shape::signed_number;
            if (sign == '-') operand.value = pickle::negative(operand.value);
        }
        if (const std::optional<Operand> left = std::exchange(frame().left, std::nullopt)) {
            if (operand.shape != Operand::Shape::number || !operand.value.is_complex()) {
                return failure(token_.offset, std::string("expected an imaginary number after '") +
                                                  frame().operation + "'");
            }
            return combine(*left, operand);
        }
        frame().operand = std::move(operand);
        return {};
    }

    Step combine(const Operand& left, const Operand& right) {
        Result<Value> value = guarded(
            token_.offset, [&] { return pickle::sum(left.value, frame().operation, right.value); });
        if (!value) return value.error();
        frame().operand = Operand{*std::move(value)};
        return {};
    }

    // Calls a function of parley's that throws TypeError where Python would.
    template <typename Make>
    Result<Value> guarded(std::size_t offset, Make make) const {
        try {
            return make();
        } catch (const TypeError& error) {
            return failure(offset, error.what());
        }
    }

    void store_operand() {
        values_.push_back(std::move(frame().operand->value));
        frame().operand.reset();
    }

    Step take_comma() {
        if (Step step = end_item(); !step) return step;
        frame().comma = true;
        return {};
    }

    // The current item of the frame is complete.
    Step end_item() {
        Frame& top = frame();
        if (top.kind == Frame::Kind::brace) {
            if (top.brace == Frame::Brace::unknown) top.brace = Frame::Brace::set;
            if (top.brace == Frame::Brace::dict && !top.after_colon) return expected("':'");
            top.after_colon = false;
        }
        store_operand();
        return {};
    }

    Step take_colon() {
        Frame& top = frame();
        if (top.kind != Frame::Kind::brace || top.brace == Frame::Brace::set || top.after_colon) {
            return expected(what_may_follow());
        }
        top.brace = Frame::Brace::dict;
        top.after_colon = true;
        store_operand();
        return {};
    }

    [[nodiscard]] char closing() const noexcept {
        switch (stack_.back().kind) {
            case Frame::Kind::list:
                return ']';
            case Frame::Kind::brace:
                return '}';
            case Frame::Kind::text:
                return '\0';
            default:
                return ')';
        }
    }

    Step close() {
        if (!token_.is(closing()))
            return expected(frame().operand ? what_may_follow() : "a literal");
        if (frame().kind == Frame::Kind::parenthesis && frame().operand && !frame().comma) {
            Operand inner = *std::move(frame().operand);
            stack_.pop_back();
            return complete(std::move(inner));
        }
        if (frame().operand) {
            if (Step step = end_item(); !step) return step;
        }
        Result<Value> value = guarded(frame().offset, [this] { return build(); });
        if (!value) return value.error();
        values_.resize(frame().first);
        stack_.pop_back();
        return complete({*std::move(value)});
    }

    // The items of the frame on top.
    [[nodiscard]] std::span<const Value> items() const {
        return std::span<const Value>(values_).subspan(stack_.back().first);
    }

    [[nodiscard]] Value build() const {
        switch (stack_.back().kind) {
            case Frame::Kind::list:
                return list(items());
            case Frame::Kind::brace:
                return stack_.back().brace == Frame::Brace::set ? set(items()) : build_dict();
            case Frame::Kind::call:
                return build_call();
            default:
                return tuple(items());
        }
    }

    [[nodiscard]] Value build_dict() const {
        std::vector<Entry> entries;
        const std::span<const Value> flat = items();
        for (std::size_t i = 0; i < flat.size(); i += 2)
            entries.push_back({flat[i], flat[i + 1]});
        return dict(entries);
    }

    [[nodiscard]] Value build_call() const {
        const std::string_view callee = stack_.back().callee;
        if (items().size() > 1) throw_failure({Errc::wrong_type, "more than one argument"});
        if (callee == "bytearray") {
            return items().empty() ? bytearray("") : bytearray(items()[0].as_bytes());
        }
        std::vector<Value> members;
        if (!items().empty()) {
            for (const Value& member : items()[0])
                members.push_back(member);
        }
        return callee == "set" ? set(members) : frozenset(members);
    }

    // The text, or its one line of content, is at its end.
    Result<Value> finish() {
        if (stack_.size() > 1) {
            return failure(token_.offset,
                           std::string("expected '") + closing() + "', found the end");
        }
        Frame& top = frame();
        if (top.inside_item() || (!top.operand && !top.comma)) return expected("a literal");
        if (Step end = skip_trailing_lines(); !end) return end.error();
        if (!top.comma) return std::move(top.operand->value);
        if (top.operand) store_operand();
        return tuple(items());
    }

    Step skip_trailing_lines() {
        if (token_.kind == Token::Kind::end) return {};
        if (Step step = read_token(); !step) return step;
        if (token_.kind != Token::Kind::end) return expected("the end of the literal");
        return {};
    }

    std::string_view text_;
    LiteralLexer lexer_;
    Token token_;
    bool has_token_ = false;
    std::vector<Frame> stack_;
    std::vector<Value> values_;
};

}  // namespace

Result<Value> literal_eval(std::string_view text) {
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        return pickle::literal_failure(text, nul, "a null byte");
    }
    return Parser(text).parse();
}

}  // namespace parley

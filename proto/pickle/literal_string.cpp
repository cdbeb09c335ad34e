#include "literal_string.hpp"

#include "literal_source.hpp"
#include "unicode.hpp"
#include "unicode_name.hpp"

#include <algorithm>
#include <cstdint>

namespace parley::pickle {
namespace {

char lower(char character) noexcept {
    return static_cast<char>(character | 0x20);
}

bool is_quote(char character) noexcept {
    return character == '\'' || character == '"';
}

// Finds the closing quotes; a backslash protects what follows it, even in raw strings.
std::optional<std::size_t> find_close(std::string_view source, std::size_t from,
                                      std::string_view quotes) {
    for (std::size_t i = from; i < source.size();) {
        const std::size_t line_break = line_break_size(source, i);
        if (line_break != 0 && quotes.size() == 1) return std::nullopt;
        if (source.substr(i, quotes.size()) == quotes) return i;
        if (source[i] == '\\' && i + 1 < source.size()) {
            i += 1 + std::max<std::size_t>(line_break_size(source, i + 1), 1);
        } else {
            i += std::max<std::size_t>(line_break, 1);
        }
    }
    return std::nullopt;
}

// How long a prefix stands at the offset: what precedes a quote, of at most two letters.
std::optional<std::size_t> prefix_size(std::string_view source, std::size_t offset) noexcept {
    for (std::size_t size = 0; size <= 2 && offset + size < source.size(); ++size) {
        const char character = source[offset + size];
        if (is_quote(character)) return size;
        if (std::string_view("rbuft").find(lower(character)) == std::string_view::npos) break;
    }
    return std::nullopt;
}

// Says what one string literal says.
class StringDecoder {
public:
    StringDecoder(std::string& out, std::string_view source, const StringText& text)
        : out_(out), source_(source.substr(0, text.end)), text_(text), at_(text.begin) {}

    Result<void> decode() {
        while (at_ < source_.size()) {
            if (source_[at_] == '\\' && !text_.raw) {
                if (Result<void> escape = take_escape(); !escape) return escape;
            } else if (Result<void> character = take_character(); !character) {
                return character;
            }
        }
        return {};
    }

private:
    [[nodiscard]] Failure failure(std::size_t offset, const std::string& problem) const {
        return literal_failure(source_, offset, problem);
    }

    Result<void> take_character() {
        if (const std::size_t size = line_break_size(source_, at_); size != 0) {
            out_ += '\n';
            at_ += size;
            return {};
        }
        const CodePoint head = first_code_point(source_.substr(at_));
        if (head.size == 0) return failure(at_, "the text is not UTF-8");
        if (text_.bytes && head.size > 1) {
            return failure(at_, "bytes can only contain ASCII characters");
        }
        out_ += source_.substr(at_, head.size);
        at_ += head.size;
        return {};
    }

    // An escape that Python does not know stays as it is, backslash and all.
    Result<void> take_escape() {
        const std::size_t start = at_++;
        if (const std::size_t size = line_break_size(source_, at_); size != 0) {
            at_ += size;
            return {};
        }
        const char kind = source_[at_];
        if (kind >= '0' && kind <= '7') return take_octal();
        if (const std::size_t known = std::string_view("\\'\"abfnrtv").find(kind);
            known != std::string_view::npos) {
            out_ += "\\'\"\a\b\f\n\r\t\v"[known];
            ++at_;
            return {};
        }
        if (kind == 'x') return take_hexadecimal(start, 2);
        if (kind == 'u' && !text_.bytes) return take_hexadecimal(start, 4);
        if (kind == 'U' && !text_.bytes) return take_hexadecimal(start, 8);
        if (kind == 'N' && !text_.bytes) return take_name(start);
        out_ += '\\';
        return {};
    }

    void put(char32_t value) {
        if (text_.bytes) {
            out_ += static_cast<char>(value & 0xffU);
        } else {
            append_utf8(out_, value);
        }
    }

    Result<void> take_octal() {
        char32_t value = 0;
        for (int i = 0; i < 3 && at_ < source_.size() && (source_[at_] & ~7) == '0'; ++i, ++at_) {
            value = value * 8 + static_cast<char32_t>(source_[at_] - '0');
        }
        put(value);
        return {};
    }

    Result<void> take_hexadecimal(std::size_t start, std::size_t digits) {
        const char kind = source_[at_++];
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at_) {
            const unsigned digit = digit_value(at_ < source_.size() ? source_[at_] : '\0');
            if (digit >= 16) {
                return failure(start, "expected " + std::to_string(digits) +
                                          " hexadecimal digits after \\" + kind);
            }
            value = value * 16 + digit;
        }
        if (value > 0x10ffff) return failure(start, "a character above \\U0010ffff");
        put(static_cast<char32_t>(value));
        return {};
    }

    Result<void> take_name(std::size_t start) {
        ++at_;
        const std::size_t close = source_.find('}', at_);
        if (at_ >= source_.size() || source_[at_] != '{' || close == std::string_view::npos) {
            return failure(start, "expected \\N{NAME}");
        }
        const std::string_view name = source_.substr(at_ + 1, close - at_ - 1);
        const std::optional<char32_t> value = code_point_named(name);
        if (!value) return failure(start, "no character is named " + std::string(name));
        put(*value);
        at_ = close + 1;
        return {};
    }

    std::string& out_;
    std::string_view source_;
    const StringText& text_;
    std::size_t at_;
};

}  // namespace

Result<std::optional<StringText>> scan_string(std::string_view source, std::size_t offset) {
    const std::optional<std::size_t> prefix = prefix_size(source, offset);
    if (!prefix) return std::optional<StringText>();
    std::string letters(source.substr(offset, *prefix));
    std::transform(letters.begin(), letters.end(), letters.begin(), lower);
    StringText text;
    text.bytes = letters == "b" || letters == "rb" || letters == "br";
    text.raw = letters.find('r') != std::string::npos;
    if (!text.bytes && letters != "r" && letters != "u" && !letters.empty()) {
        return literal_failure(source, offset,
                               "expected a literal, not a string with the prefix " + letters);
    }
    const std::size_t open = offset + *prefix;
    const bool triple = source.substr(open, 3) == std::string(3, source[open]);
    const std::string_view quotes = source.substr(open, triple ? 3 : 1);
    text.begin = open + quotes.size();
    const std::optional<std::size_t> close = find_close(source, text.begin, quotes);
    if (!close) return literal_failure(source, offset, "a string that does not end");
    text.end = *close;
    text.next = text.end + quotes.size();
    return std::optional(text);
}

Result<void> append_string(std::string& out, std::string_view source, const StringText& text) {
    return StringDecoder(out, source, text).decode();
}

}  // namespace parley::pickle

#include "repr_text.hpp"

#include "unicode.hpp"

#include <array>

namespace parley::pickle {
namespace {

// Single quotes unless only double ones save an escape, as in unicode_repr of CPython.
char choose_quote(std::string_view text) noexcept {
    const bool has_single = text.find('\'') != std::string_view::npos;
    const bool has_double = text.find('"') != std::string_view::npos;
    return has_single && !has_double ? '"' : '\'';
}

void put_hex(ReprSink& sink, char kind, unsigned digits, char32_t value) {
    std::array<char, 10> escape = {'\\', kind};
    for (unsigned i = digits; i != 0; --i, value >>= 4U) {
        escape.at(i + 1) = "0123456789abcdef"[value & 0xfU];
    }
    sink.put(std::string_view(escape.data(), digits + 2));
}

// Whether the character may stand in a literal as it is.
bool is_plain(unsigned char character, char quote) noexcept {
    return character >= 0x20 && character < 0x7f && character != '\\' &&
           character != static_cast<unsigned char>(quote);
}

// Moves a run of plain characters to the sink, piecemeal, so that a full sink is noticed.
std::string_view put_plain(ReprSink& sink, std::string_view text, char quote) {
    constexpr std::size_t longest = 4096;
    std::size_t size = 0;
    while (size < text.size() && size < longest &&
           is_plain(static_cast<unsigned char>(text[size]), quote)) {
        ++size;
    }
    sink.put(text.substr(0, size));
    return text.substr(size);
}

void put_ascii_escape(ReprSink& sink, unsigned char character) {
    switch (character) {
        case '\t':
            return sink.put("\\t");
        case '\n':
            return sink.put("\\n");
        case '\r':
            return sink.put("\\r");
        case '\\':
        case '\'':
        case '"':
            sink.put('\\');
            return sink.put(static_cast<char>(character));
        default:
            return put_hex(sink, 'x', 2, character);
    }
}

void put_code_point(ReprSink& sink, char32_t value, std::string_view utf8) {
    if (is_printable(value)) return sink.put(utf8);
    if (value <= 0xff) return put_hex(sink, 'x', 2, value);
    if (value <= 0xffff) return put_hex(sink, 'u', 4, value);
    put_hex(sink, 'U', 8, value);
}

// Escapes the character at the head of a text and returns what follows it.
std::string_view put_character(ReprSink& sink, std::string_view text) {
    const auto byte = static_cast<unsigned char>(text.front());
    const CodePoint head = first_code_point(text);
    if (head.size <= 1) {
        put_ascii_escape(sink, byte);
        return text.substr(1);
    }
    put_code_point(sink, head.value, text.substr(0, head.size));
    return text.substr(head.size);
}

void put_between(ReprSink& sink, std::string_view bytes, char quote, char escaped) {
    sink.put(quote);
    while (!bytes.empty() && !sink.full()) {
        const std::string_view rest = put_plain(sink, bytes, escaped);
        if (rest.size() == bytes.size()) {
            put_ascii_escape(sink, static_cast<unsigned char>(bytes.front()));
            bytes.remove_prefix(1);
        } else {
            bytes = rest;
        }
    }
    sink.put(quote);
}

}  // namespace

void put_str(ReprSink& sink, std::string_view utf8) {
    const char quote = choose_quote(utf8);
    sink.put(quote);
    while (!utf8.empty() && !sink.full()) {
        const std::string_view rest = put_plain(sink, utf8, quote);
        utf8 = rest.size() == utf8.size() ? put_character(sink, utf8) : rest;
    }
    sink.put(quote);
}

void put_quoted_bytes(ReprSink& sink, std::string_view bytes) {
    const char quote = choose_quote(bytes);
    put_between(sink, bytes, quote, quote);
}

void put_bytearray(ReprSink& sink, std::string_view bytes) {
    sink.put("bytearray(b");
    put_between(sink, bytes, choose_quote(bytes), '\'');
    sink.put(')');
}

}  // namespace parley::pickle

#include "proto/pickle/unicode.hpp"

#include "proto/pickle/unicode_name.hpp"
#include "support/catch.hpp"

#include <string>

using parley::pickle::append_utf8;
using parley::pickle::code_point_named;
using parley::pickle::first_code_point;
using parley::pickle::is_printable;
using parley::pickle::is_utf8;

TEST_CASE("unicode: printable is what Python's isprintable says", "[unicode]") {
    CHECK(is_printable(U' '));
    CHECK(is_printable(U'\u00e4'));
    CHECK(is_printable(U'\U0001f600'));
    CHECK_FALSE(is_printable(U'\n'));
    CHECK_FALSE(is_printable(0x7f));
    CHECK_FALSE(is_printable(0xa0));
    CHECK_FALSE(is_printable(0xd800));
    CHECK_FALSE(is_printable(0x378));
    CHECK_FALSE(is_printable(0x10ffff));
}

TEST_CASE("unicode: every code point survives UTF-8, surrogates too", "[unicode]") {
    for (const char32_t value :
         {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xd800U, 0xdfffU, 0xffffU, 0x10000U, 0x10ffffU}) {
        std::string text;
        append_utf8(text, value);
        CHECK(is_utf8(text));
        CHECK(first_code_point(text).value == value);
        CHECK(first_code_point(text).size == text.size());
    }
}

TEST_CASE("unicode: overlong, truncated and too large sequences are no UTF-8", "[unicode]") {
    for (const char* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xc3("}) {
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("unicode: characters are found by name and by alias, in either case", "[unicode]") {
    CHECK(code_point_named("BULLET") == 0x2022U);
    CHECK(code_point_named("latin small letter a") == U'a');
    CHECK(code_point_named("LF") == U'\n');
    CHECK_FALSE(code_point_named("LATIN SMALL LETER A"));
    CHECK_FALSE(code_point_named(""));
}

TEST_CASE("unicode: ideographs and Hangul syllables are named by rule", "[unicode]") {
    CHECK(code_point_named("CJK UNIFIED IDEOGRAPH-4E00") == 0x4e00U);
    CHECK(code_point_named("CJK UNIFIED IDEOGRAPH-2A6DF") == 0x2a6dfU);
    CHECK_FALSE(code_point_named("CJK UNIFIED IDEOGRAPH-A000"));
    CHECK_FALSE(code_point_named("CJK UNIFIED IDEOGRAPH-4e00"));
    CHECK(code_point_named("HANGUL SYLLABLE GAGG") == 0xac02U);
    CHECK(code_point_named("HANGUL SYLLABLE A") == 0xc544U);
    CHECK_FALSE(code_point_named("HANGUL SYLLABLE GAQ"));
}

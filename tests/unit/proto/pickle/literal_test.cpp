#include "support/catch.hpp"

#include <parley/literal.hpp>
#include <parley/repr.hpp>

#include <string>
#include <string_view>

namespace {

std::string read(std::string_view text) {
    const parley::Result<parley::Value> value = parley::literal_eval(text);
    if (!value) return value.error().detail;
    return parley::repr(*value);
}

std::string error(std::string_view text) {
    const parley::Result<parley::Value> value = parley::literal_eval(text);
    REQUIRE(!value);
    CHECK(value.error().code == parley::Errc::bad_literal);
    return value.error().detail;
}

}  // namespace

TEST_CASE("literal: integers of every radix and size", "[literal]") {
    CHECK(read("0") == "0");
    CHECK(read("1_000") == "1000");
    CHECK(read("0x_fF") == "255");
    CHECK(read("0o17") == "15");
    CHECK(read("0B101") == "5");
    CHECK(read("00_0") == "0");
    CHECK(read("9223372036854775807") == "9223372036854775807");
    CHECK(read("9223372036854775808") == "9223372036854775808");
    CHECK(read("-9223372036854775808") == "-9223372036854775808");
    CHECK(read("-9223372036854775809") == "-9223372036854775809");
    const std::string huge(5000, '7');
    CHECK(read(huge) == huge);
    CHECK(read("-0x" + std::string(100, 'f')) == read("-" + read("0x" + std::string(100, 'f'))));
}

TEST_CASE("literal: floats and imaginary numbers", "[literal]") {
    CHECK(read("1.") == "1.0");
    CHECK(read(".5") == "0.5");
    CHECK(read("1_0e1_0") == "100000000000.0");
    CHECK(read("0777.5") == "777.5");
    CHECK(read("1e400") == "inf");
    CHECK(read("-1e400") == "-inf");
    CHECK(read("1e-400") == "0.0");
    CHECK(read("0." + std::string(400, '0') + "1e-99999999999999999999") == "0.0");
    CHECK(read(std::string(400, '9') + ".0e-90") == "inf");
    CHECK(read(std::string(400, '9') + ".0e-100") == "1e+300");
    CHECK(read("2J") == "2j");
    CHECK(read("0777j") == "777j");
}

TEST_CASE("literal: signs and sums as ast.literal_eval takes them", "[literal]") {
    CHECK(read("- 1") == "-1");
    CHECK(read("-(1)") == "-1");
    CHECK(read("1+2j") == "(1+2j)");
    CHECK(read("-1 - 2j") == "(-1-2j)");
    CHECK(read("(-1)+(2j)") == "(-1+2j)");
    CHECK(read("-0j") == "(-0-0j)");
    CHECK(error("--1") == "line 1, column 2: expected a number after the sign, found '-'");
    CHECK(error("1+2") == "line 1, column 3: expected an imaginary number after '+'");
    CHECK(error("1+-2j") == "line 1, column 4: expected a plain number after '-'");
    CHECK(error("1j+1") == "line 1, column 3: expected the end of the literal, found '+'");
    CHECK(error("1+2j+3j") == "line 1, column 5: expected the end of the literal, found '+'");
    CHECK(error("-'a'") == "line 1, column 5: expected a plain number after '-'");
    CHECK(error("+True") == "line 1, column 2: expected a plain number after '+'");
}

TEST_CASE("literal: an integer too large for a float has no complex sum", "[literal]") {
    CHECK(error("1" + std::string(400, '0') + "+1j").starts_with("line 1, column 403: "));
}

TEST_CASE("literal: strings with prefixes, escapes and neighbours", "[literal]") {
    CHECK(read("'a' \"b\" '''c'''") == "'abc'");
    CHECK(read("u'x'") == "'x'");
    CHECK(read("R'\\n'") == "'\\\\n'");
    CHECK(read("'\\a\\x41\\101\\u00e9\\U0001f600\\N{bullet}'") ==
          "'\\x07AA\xc3\xa9\xf0\x9f\x98\x80\xe2\x80\xa2'");
    CHECK(read("'\\d\\8'") == "'\\\\d\\\\8'");
    CHECK(read("'\\ud800'") == "'\\ud800'");
    CHECK(read("'a\\\nb'") == "'ab'");
    CHECK(read("'''a\r\nb\rc'''") == "'a\\nb\\nc'");
    CHECK(read("b'\\777\\x00' rB'\\x'") == "b'\\xff\\x00\\\\x'");
    CHECK(read("b'\\N{x}\\u1234'") == "b'\\\\N{x}\\\\u1234'");
}

TEST_CASE("literal: strings that go wrong", "[literal]") {
    CHECK(error("'abc") == "line 1, column 1: a string that does not end");
    CHECK(error("'a\nb'") == "line 1, column 1: a string that does not end");
    CHECK(error("'''a'") == "line 1, column 1: a string that does not end");
    CHECK(error("r'\\'") == "line 1, column 1: a string that does not end");
    CHECK(error("'a' b'c'") == "line 1, column 5: bytes and str cannot be joined");
    CHECK(error("b'\xc3\xa4'") == "line 1, column 3: bytes can only contain ASCII characters");
    CHECK(error("'\\x1'") == "line 1, column 2: expected 2 hexadecimal digits after \\x");
    CHECK(error("'\\u12'") == "line 1, column 2: expected 4 hexadecimal digits after \\u");
    CHECK(error("'\\U00110000'") == "line 1, column 2: a character above \\U0010ffff");
    CHECK(error("'\\N{NO SUCH}'") == "line 1, column 2: no character is named NO SUCH");
    CHECK(error("'\\N'") == "line 1, column 2: expected \\N{NAME}");
    CHECK(error("f'a'") == "line 1, column 1: expected a literal, not a string with the prefix f");
    CHECK(error("'\xff'") == "line 1, column 2: the text is not UTF-8");
    CHECK(error(std::string_view("'\0'", 3)) == "line 1, column 2: a null byte");
}

TEST_CASE("literal: containers with and without trailing commas", "[literal]") {
    CHECK(read("()") == "()");
    CHECK(read("(1)") == "1");
    CHECK(read("(1,)") == "(1,)");
    CHECK(read("1, 2,") == "(1, 2)");
    CHECK(read("[]") == "[]");
    CHECK(read("[1, [2,],]") == "[1, [2]]");
    CHECK(read("{}") == "{}");
    CHECK(read("{1: 2, 'a': (),}") == "{1: 2, 'a': ()}");
    CHECK(read("{1, 1.0, True}") == "{1}");
    CHECK(read("{1: 1, True: 2}") == "{1: 2}");
    CHECK(read("set()") == "set()");
    CHECK(read("[None, True, False, ...]") == "[None, True, False, Ellipsis]");
}

TEST_CASE("literal: what repr writes beyond Python's literals reads back", "[literal]") {
    for (const char* text :
         {"inf", "-inf", "nan", "(1+infj)", "(nan+nanj)", "Ellipsis", "frozenset()",
          "frozenset({1, 2})", "bytearray(b'')", "bytearray(b\"it\\'s\")", "set()"}) {
        CHECK(read(text) == text);
    }
    CHECK(read("set([1, 2])") == "{1, 2}");
    CHECK(read("frozenset((1, 1))") == "frozenset({1})");
}

TEST_CASE("literal: lines, indentation and comments as in Python", "[literal]") {
    CHECK(read(" \t1") == "1");
    CHECK(read("\n# comment\n1 # and another\n\n  # last\n") == "1");
    CHECK(read("1\n  ") == "1");
    CHECK(read("[1,\n  # comment\n  2\n]") == "[1, 2]");
    CHECK(read("[1\f,\\\r\n2]") == "[1, 2]");
    CHECK(error("\n 1") == "line 2, column 2: unexpected indent");
    CHECK(error("1,\n2") == "line 2, column 1: expected the end of the literal, found '2'");
    CHECK(error("-\n1") == "line 1, column 2: expected a literal, found a new line");
    CHECK(error("1 \\ ") == "line 1, column 3: expected a new line after the backslash");
    CHECK(error("1\\\n") == "line 2, column 1: expected a line after the backslash");
    CHECK(error("") == "line 1, column 1: expected a literal, found the end");
}

TEST_CASE("literal: errors say what was expected and what came", "[literal]") {
    CHECK(error("[1, 2") == "line 1, column 6: expected ']', found the end");
    CHECK(error("[1 2]") == "line 1, column 4: expected ',' or ']', found '2'");
    CHECK(error("(1]") == "line 1, column 3: expected ',' or ')', found ']'");
    CHECK(error("{1: 2, 3}") == "line 1, column 9: expected ':', found '}'");
    CHECK(error("{1, 2: 3}") == "line 1, column 6: expected ',' or '}', found ':'");
    CHECK(error("{1:}") == "line 1, column 4: expected a literal, found '}'");
    CHECK(error("[,]") == "line 1, column 2: expected a literal, found ','");
    CHECK(error("spam") == "line 1, column 1: expected a literal, found 'spam'");
    CHECK(error("set") == "line 1, column 4: expected '(' after set, found the end");
    CHECK(error("1 2") == "line 1, column 3: expected the end of the literal, found '2'");
    CHECK(error("1;") == "line 1, column 2: unexpected ';'");
    CHECK(error("\xc2\xa0 1") == "line 1, column 1: unexpected character U+00A0");
    CHECK(error("'\xc3\xa4', spam") == "line 1, column 6: expected a literal, found 'spam'");
}

TEST_CASE("literal: numbers that go wrong", "[literal]") {
    for (const char* text : {"1_", "1__0", "1._5", "1_.5", "1e", "1e_5", "1L", "1jj", "1.5x"}) {
        CHECK(error(text).find("invalid decimal literal") != std::string::npos);
    }
    CHECK(error("0x") == "line 1, column 3: invalid hexadecimal literal");
    CHECK(error("0o8") == "line 1, column 3: invalid octal literal");
    CHECK(error("0b12") == "line 1, column 4: invalid binary literal");
    CHECK(error("0777") == "line 1, column 1: an integer with leading zeros (octal is 0o)");
}

TEST_CASE("literal: what cannot be hashed is no key and no member", "[literal]") {
    CHECK(error("{[]}").starts_with("line 1, column 1: "));
    CHECK(error("[{(1, {}): 2}]").starts_with("line 1, column 2: "));
    CHECK(error("frozenset([[]])").starts_with("line 1, column 1: "));
    CHECK(error("bytearray('a')").starts_with("line 1, column 1: "));
    CHECK(error("set(1, 2)").starts_with("line 1, column 1: "));
}

TEST_CASE("literal: depth costs no stack", "[literal]") {
    constexpr std::size_t depth = 100'000;
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    CHECK(read(deep) == deep);
    CHECK(read(std::string(depth, '(') + "1" + std::string(depth, ')')) == "1");
    CHECK(error(std::string(depth, '{')).starts_with("line 1, column 100001: expected '}'"));
}

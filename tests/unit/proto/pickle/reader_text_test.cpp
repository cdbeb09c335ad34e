#include "support/catch.hpp"
#include "support/pickle_reading.hpp"

#include <parley/pickle/reader.hpp>

#include <cstdint>
#include <string>

using namespace std::string_literals;
using parley::Errc;
using parley::Value;
using support::check_load_error;
using support::load;
using support::try_load;

TEST_CASE("reader: text arguments must read as their type", "[pickle]") {
    check_load_error("Iabc\n.", Errc::pickle_bad_text,
                     "at byte 0, INT: expected an int, came 'abc'");
    check_load_error("L1_\n.", Errc::pickle_bad_text,
                     "at byte 0, LONG: expected an int, came '1_'");
    check_load_error("F1.5x\n.", Errc::pickle_bad_text,
                     "at byte 0, FLOAT: expected a float, came '1.5x'");
    check_load_error("F1e999\n.", Errc::pickle_bad_text,
                     "at byte 0, FLOAT: float too large: '1e999'");
    check_load_error("Sabc\n.", Errc::pickle_bad_text,
                     "at byte 0, STRING: expected a quoted string, came 'abc'");
    check_load_error("V\\u12\n.", Errc::pickle_bad_text,
                     "at byte 0, UNICODE: bad escape in '\\\\u12'");
    for (const char* pickle : {"I\n.", "L\n.", "F\n.", "S'\n.", "S'a\n.", "S\"a'\n.", "S'\\x1'\n.",
                               "S'\\'\n.", "V\\U00110000\n.", "L010\n.", "F(1)\n.", "Fnan(1)\n.",
                               "F--1\n.", "P\xff\n.", "c\nb\n.", "ca\n\n.", "(i\nb\n."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_bad_text);
    }
}

TEST_CASE("reader: ints in text are those of CPython", "[pickle]") {
    CHECK(load("I01\n.").as_bool());
    CHECK_FALSE(load("I00\n.").as_bool());
    CHECK(load("I 0x1f \n.") == 31);
    // What C's strtol() and its like make of it.
    CHECK(load("I+1\n.").is_bool());
    CHECK(load("I-0\n.").is_bool());
    CHECK(load("I-1\n.") == -1);
    CHECK(load("I1\0\n."s).is_bool());
    CHECK(load("I12\0x\n."s) == 12);
    CHECK(load("L12\0xL\n."s) == 12);
    CHECK(load("I\0x\n."s) == 0);
    CHECK(load("Np7\0x\n0g7\n."s).is_none());
    CHECK(load("F1.5\0x\n."s) == 1.5);
    CHECK(load("I017\n.") == 15);
    CHECK(load("I07777777777777777777\n.") == 0x1ffffffffffffff);
    CHECK(load("I0777777777777777777777\n.") == INT64_MAX);
    CHECK(load("I-01000000000000000000000\n.") == INT64_MIN);
    CHECK(load("I0b101\n.") == 5);
    CHECK(load("L0B101\n.") == 5);
    CHECK(load("I-9223372036854775808\n.").as_int() == INT64_MIN);
    CHECK(load("I9223372036854775808\n.").int_bytes() == "\0\0\0\0\0\0\0\x80\0"s);
    CHECK(load("L-1_000L\n.") == -1000);
    CHECK(load("L0o17\n.") == 15);
    CHECK(load("L-18446744073709551616L\n.").int_bytes() == "\0\0\0\0\0\0\0\0\xff"s);
    CHECK(load("L000\n.") == 0);
}

TEST_CASE("reader: an octal int of C's has room in 64 bits, or is none", "[pickle]") {
    for (const char* pickle : {"I01000000000000000000000\n.", "I-01000000000000000000001\n.",
                               "I0777777777777777777777777777777\n."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_bad_text);
    }
}

TEST_CASE("reader: an octal int of C's ends where its line does", "[pickle]") {
    CHECK(load("I0777\n.") == 511);
    CHECK(load("I -0777\n.") == -511);
    CHECK(load("I00 \n.") == 0);
    CHECK(load("I0_0\n.") == 0);
    for (const char* pickle : {"I0777 \n.", "I0777\r\n.", "I0777_7\n."}) {
        INFO(pickle);
        CHECK(try_load(pickle).error().code == Errc::pickle_bad_text);
    }
}

TEST_CASE("reader: floats in text are those of CPython", "[pickle]") {
    CHECK(load("F-1.5e3\n.") == -1500.0);
    CHECK(load("F+inf\n.").as_float() > 1e308);
    CHECK(load("F1e-999\n.") == 0.0);
    CHECK(load("Fnan\n.") != load("Fnan\n."));
}

TEST_CASE("reader: Python 2's str is told apart, its escapes undone", "[pickle]") {
    const Value value = load("S'a\\n\\x41\\101\\'\\\\\\q'\n.");
    REQUIRE(value.is_legacy_str());
    CHECK(value.as_legacy_str() == "a\nAA'\\\\q");
    CHECK(load("U\2\xff\xfe.").as_legacy_str() == "\xff\xfe");
}

TEST_CASE("reader: unicode in text has its own escapes", "[pickle]") {
    CHECK(load("Vcaf\xe9 \\u4f60\\U0001f600\\\\u0041\\\n.").as_str() ==
          "caf\xc3\xa9 \xe4\xbd\xa0\xf0\x9f\x98\x80\\\\u0041\\");
    CHECK(load("V\\ud800\n.").as_str() == "\xed\xa0\x80");
}

TEST_CASE("reader: a str must be UTF-8, lone surrogates aside", "[pickle]") {
    check_load_error("\x8c\1\xff.", Errc::pickle_bad_utf8,
                     "at byte 0, SHORT_BINUNICODE: the str is not UTF-8");
    CHECK(load("\x8c\3\xed\xa0\x80.").as_str() == "\xed\xa0\x80");
    for (const char* pickle : {"\x8c\2\xc0\x80.", "\x8c\4\xf4\x90\x80\x80.", "\x8c\3\xe0\x80\x80.",
                               "\x8c\2\xe4\xbd.", "c\xff\nb\n."}) {
        CHECK(try_load(pickle).error().code == Errc::pickle_bad_utf8);
    }
}

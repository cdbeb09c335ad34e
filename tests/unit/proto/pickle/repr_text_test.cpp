#include "proto/pickle/repr_text.hpp"

#include "support/catch.hpp"

#include <optional>
#include <string>
#include <utility>

namespace {

using parley::pickle::ReprSink;

std::string str_text(std::string_view utf8, std::optional<std::size_t> limit = {}) {
    ReprSink sink(limit);
    put_str(sink, utf8);
    return std::move(sink).finish();
}

std::string bytes_text(std::string_view bytes) {
    ReprSink sink({});
    put_quoted_bytes(sink, bytes);
    return std::move(sink).finish();
}

std::string bytearray_text(std::string_view bytes) {
    ReprSink sink({});
    put_bytearray(sink, bytes);
    return std::move(sink).finish();
}

}  // namespace

TEST_CASE("repr: a str has double quotes only where they save an escape", "[repr]") {
    CHECK(str_text("") == "''");
    CHECK(str_text("it's") == "\"it's\"");
    CHECK(str_text("say \"so\"") == "'say \"so\"'");
    CHECK(str_text("'\"") == "'\\'\"'");
}

TEST_CASE("repr: a str escapes what cannot be seen", "[repr]") {
    CHECK(str_text("\t\n\r\\") == "'\\t\\n\\r\\\\'");
    CHECK(str_text(std::string_view("\0\x1b\x7f", 3)) == "'\\x00\\x1b\\x7f'");
    CHECK(str_text("\xc2\xa0\xc2\xad") == "'\\xa0\\xad'");
    CHECK(str_text("\xe2\x80\x8b") == "'\\u200b'");
    CHECK(str_text("\xf3\xa0\x80\x81") == "'\\U000e0001'");
}

TEST_CASE("repr: a str shows what can be seen as it is", "[repr]") {
    CHECK(str_text("\xe4\xbd\xa0\xe5\xa5\xbd") == "'\xe4\xbd\xa0\xe5\xa5\xbd'");
    CHECK(str_text("\xf0\x9f\x98\x80") == "'\xf0\x9f\x98\x80'");
}

TEST_CASE("repr: lone surrogates are escaped, and so are bytes that are no UTF-8", "[repr]") {
    CHECK(str_text("\xed\xa0\x80") == "'\\ud800'");
    CHECK(str_text("a\xff\xc3") == "'a\\xff\\xc3'");
}

TEST_CASE("repr: bytes show ASCII only", "[repr]") {
    CHECK(bytes_text("abc") == "'abc'");
    CHECK(bytes_text("it's") == "\"it's\"");
    CHECK(bytes_text("\xe4\n") == "'\\xe4\\n'");
}

TEST_CASE("repr: a bytearray escapes single quotes even within double ones", "[repr]") {
    CHECK(bytearray_text("ab") == "bytearray(b'ab')");
    CHECK(bytearray_text("it's") == "bytearray(b\"it\\'s\")");
}

TEST_CASE("repr: a text over the limit is cut between characters", "[repr]") {
    CHECK(str_text("abcdef", 4) == "'abc...");
    CHECK(str_text("abcdef", 8) == "'abcdef'");
    CHECK(str_text("\xe4\xbd\xa0\xe5\xa5\xbd", 5) == "'\xe4\xbd\xa0...");
    CHECK(str_text(std::string(1'000'000, 'x'), 100).size() == 103);
}

#include "proto/pickle/repr_number.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using parley::pickle::ReprSink;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::string float_text(double value) {
    ReprSink sink({});
    put_float(sink, value);
    return std::move(sink).finish();
}

std::string complex_text(double real, double imag) {
    ReprSink sink({});
    put_complex(sink, real, imag);
    return std::move(sink).finish();
}

std::string integer_text(const std::vector<int>& bytes, std::size_t max_digits = 1000) {
    std::vector<std::byte> twos_complement;
    for (const int byte : bytes)
        twos_complement.push_back(static_cast<std::byte>(byte));
    ReprSink sink({});
    put_integer(sink, twos_complement, max_digits);
    return std::move(sink).finish();
}

}  // namespace

TEST_CASE("repr: a float is the shortest text that reads back", "[repr]") {
    CHECK(float_text(0.1) == "0.1");
    CHECK(float_text(1.0 / 3) == "0.3333333333333333");
    CHECK(float_text(5e-324) == "5e-324");
    CHECK(float_text(1.7976931348623157e308) == "1.7976931348623157e+308");
}

TEST_CASE("repr: a whole float ends in .0", "[repr]") {
    CHECK(float_text(1) == "1.0");
    CHECK(float_text(-0.0) == "-0.0");
    CHECK(float_text(100) == "100.0");
}

TEST_CASE("repr: a float has an exponent from 1e16 up and below 1e-4", "[repr]") {
    CHECK(float_text(1e15) == "1000000000000000.0");
    CHECK(float_text(9999999999999998) == "9999999999999998.0");
    CHECK(float_text(1e16) == "1e+16");
    CHECK(float_text(0.0001) == "0.0001");
    CHECK(float_text(0.00001) == "1e-05");
    CHECK(float_text(1.5e-7) == "1.5e-07");
    CHECK(float_text(1.25e100) == "1.25e+100");
}

TEST_CASE("repr: floats that are no numbers have names, and nan no sign", "[repr]") {
    CHECK(float_text(infinity) == "inf");
    CHECK(float_text(-infinity) == "-inf");
    CHECK(float_text(not_a_number) == "nan");
    CHECK(float_text(std::copysign(not_a_number, -1.0)) == "nan");
}

TEST_CASE("repr: a complex shows its real part unless that is +0", "[repr]") {
    CHECK(complex_text(0, 1) == "1j");
    CHECK(complex_text(0, -0.0) == "-0j");
    CHECK(complex_text(1, 2) == "(1+2j)");
    CHECK(complex_text(-0.0, -0.0) == "(-0-0j)");
    CHECK(complex_text(not_a_number, infinity) == "(nan+infj)");
    CHECK(complex_text(1.5, not_a_number) == "(1.5+nanj)");
    CHECK(complex_text(1e16, -1e-5) == "(1e+16-1e-05j)");
}

TEST_CASE("repr: integers come from two's complement of any size", "[repr]") {
    CHECK(integer_text({}) == "0");
    CHECK(integer_text({0}) == "0");
    CHECK(integer_text({0xff}) == "-1");
    CHECK(integer_text({0x80}) == "-128");
    CHECK(integer_text({0x80, 0x00}) == "128");
    CHECK(integer_text({0, 0, 0, 0, 0, 0, 0, 0, 1}) == "18446744073709551616");
    CHECK(integer_text({0, 0, 0, 0, 0, 0, 0, 0, 0xff}) == "-18446744073709551616");
}

TEST_CASE("repr: long integers keep the zeros inside them", "[repr]") {
    // 2**1024 is the first power of two over the size at which a number is taken apart.
    std::vector<int> bytes(128);
    bytes.push_back(1);
    const std::string text = integer_text(bytes);
    CHECK(text.size() == 309);
    CHECK(text.substr(0, 20) == "17976931348623159077");
    CHECK(text.substr(289) == "35356329624224137216");
}

TEST_CASE("repr: an integer over the limit of digits is hexadecimal", "[repr]") {
    std::vector<int> bytes(50, 0xab);
    bytes.push_back(0x0c);
    CHECK(integer_text(bytes, 1000).substr(0, 2) != "0x");
    CHECK(integer_text(bytes, 100).substr(0, 7) == "0xcabab");
    bytes.push_back(0xff);
    CHECK(integer_text(bytes, 100).substr(0, 7) == "-0xf354");
}

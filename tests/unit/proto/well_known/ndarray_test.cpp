#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/ndarray.hpp>
#include <parley/object.hpp>

#include <complex>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

using parley::DType;
using parley::Errc;
using parley::NdArray;
using parley::NumpyScalar;
using parley::Value;

namespace {

// An array as _reconstruct and its state make it.
Value reconstructed(const Value& shape, const Value& dtype, bool fortran, const Value& data,
                    const char* module = "numpy.core.multiarray") {
    const Value args =
        parley::tuple(parley::global("numpy", "ndarray"), parley::tuple(0), parley::bytes("b"));
    return parley::ObjectBuilder(parley::Form::call, parley::global(module, "_reconstruct"), args)
        .state(parley::tuple(1, shape, dtype, fortran, data))
        .build();
}

NdArray little_shorts(const Value& shape, bool fortran = false) {
    const std::string_view six("\1\0\2\0\3\0\4\0\5\0\6\0", 12);
    return reconstructed(shape, DType("<i2"), fortran, parley::bytes(six)).get<NdArray>();
}

using Shape = std::vector<std::size_t>;

}  // namespace

TEST_CASE("ndarray: numbers go out and come back", "[ndarray]") {
    const NdArray array = NdArray::of<double>({1, 2, 3, 4, 5, 6}, {2, 3});
    const NdArray back = Value(array).get<NdArray>();
    CHECK((back.dtype() == DType("f8")));
    CHECK(back.shape() == Shape{2, 3});
    CHECK(back.strides() == Shape{24, 8});
    CHECK(back.size() == 6);
    CHECK(back.at<double>({1, 0}) == 4);
    CHECK(back.to_vector<double>() == std::vector<double>{1, 2, 3, 4, 5, 6});
    CHECK_THROWS_AS(NdArray::of<int>({1, 2}, {3}), parley::UsageError);
}

TEST_CASE("ndarray: a view is the message's own memory", "[ndarray]") {
    const NdArray array = little_shorts(parley::tuple(6));
    const parley::UnalignedSpan<std::int16_t> view = array.view<std::int16_t>();
    CHECK(view.data() == array.bytes().data());
    CHECK(std::accumulate(view.begin(), view.end(), 0) == 21);
    CHECK(view[5] == 6);
    CHECK_THROWS_AS(array.view<std::int32_t>(), parley::TypeError);
    CHECK_THROWS_AS(array.view<std::uint16_t>(), parley::TypeError);
    const Value sent_on = array;
    CHECK(sent_on.get<NdArray>().bytes().data() == view.data());
}

TEST_CASE("ndarray: a span needs its elements aligned, a view does not", "[ndarray]") {
    const NdArray array = NdArray::of<std::int16_t>({1, 2, 3}, {3});
    if (const auto span = array.span<std::int16_t>()) CHECK(span->back() == 3);
    const std::vector<std::byte> bytes(9, std::byte{1});
    for (const std::size_t offset : {0U, 1U}) {
        const parley::UnalignedSpan<std::int32_t> view{std::span(bytes).subspan(offset, 8)};
        CHECK(std::vector<int>(view.begin(), view.end()) == std::vector<int>(2, 0x01010101));
    }
}

TEST_CASE("ndarray: the forms of numpy 1 and 2 and of every protocol", "[ndarray]") {
    const std::string six("\1\0\2\0\3\0\4\0\5\0\6\0", 12);
    const Value shape = parley::tuple(2, 3);
    for (const char* module : {"numpy.core.multiarray", "numpy._core.multiarray"}) {
        for (const Value& data : {parley::bytes(six), parley::legacy_str(six)}) {
            const Value value = reconstructed(shape, DType("<i2"), false, data, module);
            CHECK(value.get<NdArray>().at<int>({1, 2}) == 6);
        }
    }
    for (const char* module : {"numpy.core.numeric", "numpy._core.numeric"}) {
        for (const Value& data : {parley::bytes(six), parley::bytearray(six),
                                  parley::buffer(parley::Buffer(support::as_bytes(six)), true)}) {
            const Value value = parley::call(parley::global(module, "_frombuffer"),
                                             parley::tuple(data, Value(DType("<i2")), shape, "F"));
            CHECK(value.get<NdArray>().at<int>({1, 2}) == 6);
            CHECK(value.get<NdArray>().at<int>({1, 0}) == 2);
        }
    }
}

TEST_CASE("ndarray: Fortran's order is read in C's, and kept", "[ndarray]") {
    const NdArray array = little_shorts(parley::tuple(2, 3), true);
    CHECK(array.to_vector<int>() == std::vector<int>{1, 3, 5, 2, 4, 6});
    CHECK(array.view<std::int16_t>()[1] == 2);
    CHECK_FALSE(array.is_contiguous());
    CHECK(array.is_contiguous(NdArray::Order::fortran));
    CHECK(Value(array).get<NdArray>().strides() == array.strides());
}

TEST_CASE("ndarray: other byte orders and kinds are converted", "[ndarray]") {
    const std::string_view data("\0\0\0\1\xff\xff\xff\xfe", 8);
    const NdArray big =
        reconstructed(parley::tuple(2), DType(">i4"), false, parley::bytes(data)).get<NdArray>();
    CHECK(big.to_vector<double>() == std::vector<double>{1, -2});
    CHECK(big.to_vector<std::complex<double>>()[1] == std::complex<double>(-2));
    CHECK_THROWS_AS(big.to_vector<unsigned>(), parley::TypeError);
    CHECK_THROWS_AS(big.to_vector<bool>(), parley::TypeError);
    CHECK(NdArray::of<std::uint64_t>({~std::uint64_t{0}}, {1}).to_vector<double>()[0] == 0x1p64);
    CHECK_THROWS_AS(NdArray::of<double>({1}, {1}).to_vector<int>(), parley::TypeError);
    CHECK_THROWS_AS(NdArray::of<std::complex<double>>({1}, {1}).to_vector<double>(),
                    parley::TypeError);
}

TEST_CASE("ndarray: halves become floats", "[ndarray]") {
    const std::string_view halves("\x00\x3c\x00\xc0\x01\x00\x00\x7c\xff\x7b", 10);
    const Value value = reconstructed(parley::tuple(5), DType("<f2"), false, parley::bytes(halves));
    CHECK(value.get<NdArray>().to_vector<double>() ==
          std::vector<double>{1, -2, 0x1p-24, std::numeric_limits<double>::infinity(), 65504});
}

TEST_CASE("ndarray: any byte of a bool is true or false", "[ndarray]") {
    const Value value = reconstructed(parley::tuple(3), DType("b1"), false,
                                      parley::bytes(std::string_view("\0\1\2", 3)));
    CHECK(value.get<NdArray>().to_vector<bool>() == std::vector<bool>{false, true, true});
    CHECK(value.get<NdArray>().view<bool>()[2]);
}

TEST_CASE("ndarray: text without what fills it up", "[ndarray]") {
    const auto strings = [](std::size_t count, const char* dtype, std::string_view data) {
        return reconstructed(parley::tuple(count), DType(dtype), false, parley::bytes(data))
            .get<NdArray>()
            .to_strings();
    };
    CHECK(strings(2, "S3", {"ab\0c\0\0", 6}) == std::vector<std::string>{"ab", "c"});
    CHECK(strings(1, ">U2", {"\0\0\x4f\x60\0\0\0\0", 8}) ==
          std::vector<std::string>{"\xe4\xbd\xa0"});
    CHECK_THROWS_AS(strings(1, "<i4", "abcd"), parley::TypeError);
    CHECK_THROWS_AS(strings(1, "<U1", "\xff\xff\xff\xff"), parley::TypeError);
}

TEST_CASE("ndarray: fields of records lie in place", "[ndarray]") {
    const DType grid = DType::structured({{"x", DType("<i2"), 0}, {"y", DType("<i2"), 2}}, 4);
    const std::string_view six("\1\0\2\0\3\0\4\0\5\0\6\0", 12);
    const Value value = reconstructed(parley::tuple(3), grid, false, parley::bytes(six));
    const NdArray y = value.get<NdArray>().field("y");
    CHECK(y.to_vector<int>() == std::vector<int>{2, 4, 6});
    CHECK(y.strides() == Shape{4});
    CHECK_THROWS_AS(y.bytes(), parley::TypeError);
    CHECK_THROWS_AS(y.field("z"), parley::TypeError);
    CHECK(Value(y).get<NdArray>().view<std::int16_t>()[2] == 6);
}

TEST_CASE("ndarray: a field that is itself an array adds its dimensions", "[ndarray]") {
    const Value inner = parley::tuple(Value(DType("<i2")), parley::tuple(2));
    const Value subarray =
        parley::ObjectBuilder(parley::Form::call, parley::global("numpy", "dtype"),
                              parley::tuple("V4", false, true))
            .state(parley::tuple(3, "|", inner, nullptr, nullptr, 4, 1, 0))
            .build();
    const DType row =
        DType::structured({{"first", DType("<i2"), 0}, {"pair", subarray.get<DType>(), 2}}, 6);
    const std::string_view six("\1\0\2\0\3\0\4\0\5\0\6\0", 12);
    const Value value = reconstructed(parley::tuple(2), row, false, parley::bytes(six));
    const NdArray pairs = value.get<NdArray>().field("pair");
    CHECK(pairs.shape() == Shape{2, 2});
    CHECK(pairs.to_vector<int>() == std::vector<int>{2, 3, 5, 6});
}

TEST_CASE("ndarray: objects come as values", "[ndarray]") {
    const Value items = parley::list(parley::dict(), 1, "a", nullptr);
    const Value value = reconstructed(parley::tuple(2, 2), DType("O"), true, items);
    const NdArray array = value.get<NdArray>();
    CHECK((array.to_objects() == std::vector<Value>{parley::dict(), "a", 1, nullptr}));
    CHECK_THROWS_AS(array.to_vector<int>(), parley::TypeError);
    CHECK_THROWS_AS(array.bytes(), parley::TypeError);
    CHECK(Value(array) == value);
}

TEST_CASE("ndarray: data that is not of its shape is refused", "[ndarray]") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto code = [](const Value& shape, const Value& data, const char* dtype = "<i2") {
        return NdArray::from_value(reconstructed(shape, DType(dtype), false, data)).error().code;
    };
    const Value data = parley::bytes("twelve bytes");
    CHECK(code(parley::tuple(5), data) == Errc::out_of_range);
    CHECK(code(parley::tuple(most, most), data) == Errc::out_of_range);
    CHECK(code(parley::tuple(std::int64_t{1} << 62, 4), parley::bytes("")) == Errc::out_of_range);
    CHECK(code(parley::tuple(std::int64_t{1} << 40), parley::bytes(""), "V0") ==
          Errc::out_of_range);
    CHECK(code(parley::tuple(6), parley::list(1, 2, 3, 4, 5, 6)) == Errc::out_of_range);
    CHECK(code(parley::tuple(-6), data) == Errc::wrong_type);
    CHECK(code(parley::list(6), data) == Errc::wrong_type);
    CHECK(NdArray::from_value(parley::list(1)).error().code == Errc::wrong_type);
    const Value empty =
        reconstructed(parley::tuple(0, most, most), DType("<i2"), false, parley::bytes(""));
    CHECK(empty.get<NdArray>().to_vector<int>().empty());
}

TEST_CASE("ndarray: scalars are arrays without dimensions", "[ndarray]") {
    const Value value = NumpyScalar::of(1.5);
    CHECK(value.get<NumpyScalar>().as<double>() == 1.5);
    CHECK(value.get<NdArray>().ndim() == 0);
    CHECK(value.get<NdArray>().at<double>({}) == 1.5);
    CHECK(NumpyScalar::from_value(NdArray::of<int>({1}, {1})).error().code == Errc::wrong_type);
    CHECK(Value(NumpyScalar::of(std::int8_t{-1})).get<NumpyScalar>().as<int>() == -1);
}

TEST_CASE("ndarray: indexes are checked", "[ndarray]") {
    const NdArray array = NdArray::of<int>({1, 2}, {2});
    CHECK_THROWS_AS(array.at<int>({2}), parley::TypeError);
    CHECK_THROWS_AS(array.at<int>({0, 0}), parley::TypeError);
}

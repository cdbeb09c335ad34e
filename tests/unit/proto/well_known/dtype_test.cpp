#include "support/catch.hpp"

#include <parley/dtype.hpp>
#include <parley/object.hpp>

#include <bit>
#include <string>
#include <vector>

using parley::DType;
using parley::Errc;
using parley::Value;

namespace {

Value with_state(const char* text, const Value& state) {
    return parley::ObjectBuilder(parley::Form::call, parley::global("numpy", "dtype"),
                                 parley::tuple(text, false, true))
        .state(state)
        .build();
}

// A record of one field.
Value record(const Value& inner, int offset, int size) {
    const Value fields = parley::dict({{"a", parley::tuple(inner, offset)}});
    return with_state("V8", parley::tuple(3, "|", nullptr, parley::tuple("a"), fields, size, 1, 0));
}

}  // namespace

TEST_CASE("dtype: texts as numpy reads them", "[dtype]") {
    CHECK(DType("f8").kind() == 'f');
    CHECK(DType("f8").itemsize() == 8);
    CHECK(DType("f8").is_native());
    CHECK_FALSE(DType(std::endian::native == std::endian::little ? ">i4" : "<i4").is_native());
    CHECK(DType("|b1").byteorder() == '|');
    CHECK(DType("U3").itemsize() == 12);
    CHECK(DType("M8[10ns]").unit() == "ns");
    CHECK(DType("M8[10ns]").unit_count() == 10);
    CHECK(DType("m8").unit() == "generic");
    CHECK(DType("O").itemsize() == 8);
}

TEST_CASE("dtype: every kind comes back", "[dtype]") {
    for (const char* text :
         {"<i4", ">f8", "|b1", "|S5", "<U3", "<M8[ns]", "<m8[10s]", "|V16", "|O"}) {
        CHECK(DType(text).str() == text);
        CHECK((Value(DType(text)).get<DType>() == DType(text)));
    }
}

TEST_CASE("dtype: other texts are refused", "[dtype]") {
    for (const char* text : {"", "<", "f", "f3", "i9", "b2", "M8[x]", "M8[", "M8[99999999999s]",
                             "U-1", "f8x", "q", "S99999999999"}) {
        CHECK_THROWS_AS(DType(text), parley::UsageError);
    }
}

TEST_CASE("dtype: C++ types have one each", "[dtype]") {
    CHECK((DType::of<double>() == DType("f8")));
    CHECK((DType::of<bool>() == DType("b1")));
    CHECK((DType::of<std::complex<float>>() == DType("c8")));
    CHECK(DType("M8[s]").holds<std::int64_t>());
    CHECK_FALSE(DType("f8").holds<float>());
    CHECK_FALSE(DType("f8").holds<std::int64_t>());
}

TEST_CASE("dtype: as numpy describes them", "[dtype]") {
    CHECK(DType("f4").description() == "float32");
    CHECK(DType("<U3").description() == "'<U3'");
    CHECK(DType("M8[ns]").description() == "'datetime64[ns]'");
    const DType point = DType::structured({{"x", DType("<i4"), 0}, {"y", DType("<f8"), 8}}, 16);
    CHECK(point.description() == "[('x', '<i4'), ('y', '<f8')]");
    CHECK(point.str() == "|V16");
    CHECK(DType("S1").type_name() == "bytes_");
    CHECK(DType("U1").type_name() == "str_");
    CHECK(DType("V1").type_name() == "void");
    CHECK(DType("O").type_name() == "object_");
}

TEST_CASE("dtype: arrays inside are described with their shapes", "[dtype]") {
    const auto subarray = [](const Value& base, const Value& shape) {
        return with_state("V16", parley::tuple(3, "|", parley::tuple(base, shape), nullptr, nullptr,
                                               16, 1, 0))
            .get<DType>();
    };
    const DType grid = subarray(DType("<i4"), parley::tuple(2, 2));
    const DType row = subarray(DType("<i4"), parley::tuple(4));
    CHECK(grid.description() == "('<i4', (2, 2))");
    CHECK(row.description() == "('<i4', (4,))");
    const DType both = DType::structured({{"grid", grid, 0}, {"row", row, 16}}, 32);
    CHECK(both.description() == "[('grid', '<i4', (2, 2)), ('row', '<i4', (4,))]");
    const DType point = DType::structured({{"x", DType("<i4"), 0}, {"y", DType("<i4"), 4}}, 8);
    CHECK(subarray(point, parley::tuple(2)).description() ==
          "([('x', '<i4'), ('y', '<i4')], (2,))");
}

TEST_CASE("dtype: records of records come back", "[dtype]") {
    const DType point = DType::structured({{"x", DType("<i4"), 0}, {"y", DType("<f8"), 8}}, 16);
    const DType line = DType::structured({{"from", point, 0}, {"to", point, 16}}, 32);
    CHECK((Value(line).get<DType>() == line));
    CHECK(line.fields()[1].dtype.fields()[0].name == "x");
    CHECK_THROWS_AS(DType::structured({{"x", DType("f8"), 1}}, 8), parley::UsageError);
}

TEST_CASE("dtype: what lies about its size is refused", "[dtype]") {
    const Value number = DType("<i8");
    CHECK(DType::from_value(record(number, 0, 8)).has_value());
    CHECK(DType::from_value(record(number, 1, 8)).error().code == Errc::out_of_range);
    CHECK(DType::from_value(record(number, -1, 8)).error().code == Errc::out_of_range);
    CHECK(DType::from_value(record(number, 0, 4)).error().code == Errc::out_of_range);
    const auto has_size = [](const char* text, int size) {
        const Value state = parley::tuple(3, "<", nullptr, nullptr, nullptr, size, 1, 0);
        return DType::from_value(with_state(text, state)).has_value();
    };
    CHECK(has_size("U3", 12));
    CHECK_FALSE(has_size("U3", 13));
    CHECK_FALSE(has_size("f8", 4));
    CHECK_FALSE(has_size("S3", -2));
    const Value huge = parley::tuple(number, parley::tuple(1 << 30, 1 << 30));
    const Value state = parley::tuple(3, "|", huge, nullptr, nullptr, 8, 1, 0);
    CHECK(DType::from_value(with_state("V8", state)).error().code == Errc::out_of_range);
}

TEST_CASE("dtype: records without end are refused", "[dtype]") {
    Value deep = DType("<i8");
    for (int i = 0; i < 100; ++i)
        deep = record(deep, 0, 8);
    CHECK(DType::from_value(deep).error().code == Errc::out_of_range);
    Value wide = DType("|V0");
    for (int i = 0; i < 30; ++i) {
        const Value place = parley::tuple(wide, 0);
        wide = with_state("V0", parley::tuple(3, "|", nullptr, parley::tuple("a", "b"),
                                              parley::dict({{"a", place}, {"b", place}}), 0, 1, 0));
    }
    CHECK(DType::from_value(wide).error().code == Errc::out_of_range);
}

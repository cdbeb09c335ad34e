// Hostile values: depth, sharing, and objects that stay as they were.
#include "support/typed.hpp"

#include <parley/typed_ndarray.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

using parley::Value;
using support::from;
using support::reading;

namespace {

struct Tree {
    std::vector<Tree> branches;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(branches);
    }
};
struct Chain {
    std::unique_ptr<Chain> next;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(next);
    }
};
struct Json {
    std::variant<std::monostate, double, std::vector<Json>> value;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& value;
    }
};
struct Left {
    int x = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x);
    }
};
struct Same {
    int x = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x);
    }
};
struct Right {
    int x = 0;
    int y = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x) & BOOST_SERIALIZATION_NVP(y);
    }
};
struct Thrower {
    int x = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x);
        if (x == 13) throw std::runtime_error("thirteen");
    }
};
struct Pinned {
    int x = 0;
    Pinned() = default;
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x);
    }
};

Value nested(int depth, const char* name) {
    Value value = parley::dict({{name, nullptr}});
    for (int i = 0; i < depth; ++i)
        value = parley::dict({{name, value}});
    return value;
}

}  // namespace

TEST_CASE("archive: depth is limited both ways", "[archive]") {
    CHECK(from<std::unique_ptr<Chain>>(nested(300, "next")) != nullptr);
    CHECK(reading<std::unique_ptr<Chain>>(nested(100'000, "next"))
              .starts_with("objects too deep inside each other: at next.next.next"));
    CHECK(reading<std::unique_ptr<Chain>>(nested(5, "next"), {.max_depth = 5})
              .starts_with("objects too deep"));
    Chain chain;
    for (int i = 0; i < 5; ++i) {
        auto next = std::make_unique<Chain>();
        next->next = std::move(chain.next);
        chain.next = std::move(next);
    }
    const auto failure = support::dump_failure(chain, {.max_depth = 5});
    CHECK(failure.code == parley::Errc::pickle_too_deep);
    CHECK(failure.message() ==
          "objects too deep inside each other: at next.next.next.next.next: objects and containers "
          "lie deeper inside each other than max_depth");
}

TEST_CASE("archive: what is shared again and again is read only so often", "[archive]") {
    Value list = parley::list();
    for (int i = 0; i < 60; ++i) {
        list = parley::list(parley::dict({{"branches", list}}), parley::dict({{"branches", list}}));
    }
    CHECK(reading<std::vector<Tree>>(list).starts_with("pickle over the reader's limit: at ["));
    const Value row = parley::list(1, 2, 3, 4);
    CHECK(reading<std::vector<std::vector<int>>>(parley::list(row, row), {.max_items = 9})
              .starts_with("pickle over the reader's limit: at [1]"));
    CHECK(from<std::vector<std::vector<int>>>(parley::list(row, row)).size() == 2);
    // Long strings count, too, where one is referred to many times.
    const Value text(std::string(1'000'000, 'x'));
    const std::vector<Value> texts(200, text);
    const Value many =
        parley::pickle::loads(parley::pickle::dumps(parley::list(std::span(texts))).value())
            .value();
    CHECK(reading<std::vector<std::string>>(many).starts_with("pickle over the reader's limit"));
}

TEST_CASE("archive: ambiguous variants cannot make reading explode", "[archive]") {
    using Twins = std::variant<std::vector<Left>, std::vector<Right>>;
    const Value rights = parley::list(parley::dict({{"x", 1}, {"y", 2}}));
    CHECK(from<Twins>(rights).index() == 1);
    CHECK(from<Twins>(parley::list(parley::dict({{"x", 1}}))).index() == 0);
    CHECK(reading<Twins>(parley::list(parley::dict({{"z", 1}}))).starts_with("wrong type"));
    Value deep = parley::tuple(1.5);
    for (int i = 0; i < 300; ++i)
        deep = parley::tuple(parley::list(deep));
    CHECK(reading<Json>(deep) == "read");
}

TEST_CASE("archive: classes that look alike say which one they are", "[archive]") {
    using Either = std::variant<Left, Same>;
    const Either second = Same{3};
    const Value value = support::value_of(second);
    CHECK(value.contains("__class__"));
    CHECK(from<Either>(value).index() == 1);
    CHECK(from<Either>(support::value_of(Either(Left{3}))).index() == 0);
    CHECK(from<std::variant<Left, Right>>(parley::dict({{"x", 1}, {"y", 2}})).index() == 1);
}

TEST_CASE("archive: a failed receive leaves the object as it was", "[archive]") {
    std::vector<Right> objects{{1, 2}};
    const auto bad = parley::pickle::dumps(
        parley::list(parley::dict({{"x", 5}, {"y", 6}}), parley::dict({{"x", "bad"}})));
    const auto result =
        parley::pickle::loads_into(objects, parley::Buffer(std::as_bytes(std::span(bad->view()))));
    CHECK(result.error().message() == "wrong type: at [1].x: expected int, got str 'bad'");
    REQUIRE(objects.size() == 1);
    CHECK(objects[0].y == 2);
    Pinned pinned;
    pinned.x = 1;
    CHECK(parley::pickle::from_value_into(pinned, parley::dict({{"x", "bad"}})).has_error());
    CHECK(pinned.x == 1);
    CHECK(parley::pickle::from_value_into(pinned, parley::dict({{"x", 2}})).has_value());
    CHECK(pinned.x == 2);
    int numbers[2] = {1, 2};
    CHECK(parley::pickle::from_value_into(numbers, parley::list(3, "x")).has_error());
    CHECK(numbers[0] == 1);
}

TEST_CASE("archive: what serialize functions throw goes through", "[archive]") {
    parley::Buffer out;
    CHECK_THROWS_WITH(parley::pickle::dumps(Thrower{13}, out).value(), "thirteen");
    CHECK(out.empty());
    CHECK_THROWS_WITH(from<Thrower>(parley::dict({{"x", 13}})), "thirteen");
    CHECK(from<Thrower>(parley::dict({{"x", 12}})).x == 12);
}

TEST_CASE("archive: broken pickles fail as they do for a Value", "[archive]") {
    const auto load = [](std::string_view bytes) {
        return parley::pickle::loads<int>(std::as_bytes(std::span(bytes))).error().code;
    };
    CHECK(load("\x80\x04K") == parley::Errc::pickle_truncated);
    CHECK(load("\x80\x04K\x01.x") == parley::Errc::pickle_trailing_data);
    CHECK(load("\x80\x04K\x01K\x02\x86.") == parley::Errc::wrong_type);
    CHECK(load("") == parley::Errc::pickle_truncated);
}

TEST_CASE("archive: numpy arrays come without a copy, lists and scalars as well", "[archive]") {
    const std::vector<double> samples{1, 2, 3, 4, 5, 6};
    const Value value = support::value_of(parley::as_ndarray(samples, {2, 3}));
    CHECK(parley::repr(value) == "array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])");
    const auto array = from<parley::ndarray<double>>(value);
    CHECK(array.shape() == std::vector<std::size_t>{2, 3});
    CHECK(array.at({1, 0}) == 4);
    CHECK(array.to_vector() == samples);
    CHECK(array.bytes().data() == value.get<parley::NdArray>().bytes().data());
    CHECK(from<parley::ndarray<double>>(support::value_of(array)).to_vector() == samples);
    CHECK(from<parley::ndarray<float>>(value)[5] == 6);
    CHECK(from<parley::ndarray<int>>(parley::list(parley::list(1, 2), parley::list(3, 4)))
              .at({1, 1}) == 4);
    CHECK(from<parley::ndarray<bool>>(parley::list(true, false)).to_vector() ==
          std::vector{true, false});
    CHECK(from<parley::ndarray<int>>(parley::list()).size() == 0);
    CHECK(reading<parley::ndarray<int>>(parley::list(parley::list(1, 2), parley::list(3))) ==
          "wrong type: at [1]: expected 2 items, got 1");
    CHECK(reading<parley::ndarray<int>>(support::value_of(parley::as_ndarray(std::vector{1.5}))) ==
          "wrong type: expected numpy.ndarray of int32, got array([1.5])");
    CHECK(reading<parley::ndarray<int>>(Value(1)).starts_with("wrong type"));
    CHECK(from<std::vector<double>>(support::value_of(parley::as_ndarray(samples))) == samples);
    CHECK(from<double>(Value(parley::NumpyScalar::of(2.5F))) == 2.5);
    CHECK(from<std::uint8_t>(Value(parley::NumpyScalar::of<std::int64_t>(200))) == 200);
    CHECK(from<bool>(Value(parley::NumpyScalar::of(true))));
    CHECK(reading<std::uint8_t>(Value(parley::NumpyScalar::of(300))).starts_with("out of range"));
    CHECK_THROWS_AS(parley::as_ndarray(samples, {2, 2}), parley::UsageError);
}

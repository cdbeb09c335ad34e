#include "support/typed_rows.hpp"

#include <parley/typed_ndarray.hpp>

#include <boost/multiprecision/cpp_int.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/version.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace lab {

enum class Color { red = 1, green = 2 };
enum class Plain { zero, one };

struct Point {
    int x = 0;
    int y = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x) & BOOST_SERIALIZATION_NVP(y);
    }
    friend auto operator<=>(const Point&, const Point&) = default;
};
struct Unnamed {
    int first = 0;
    std::string second;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& first& second;
    }
    friend bool operator==(const Unnamed&, const Unnamed&) = default;
};
struct Derived : Point {
    std::optional<double> weight;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Point) & BOOST_SERIALIZATION_NVP(weight);
    }
    friend bool operator==(const Derived&, const Derived&) = default;
};
struct Versioned {
    int added = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned version) {
        if (version >= 2) archive& BOOST_SERIALIZATION_NVP(added);
    }
    friend bool operator==(const Versioned&, const Versioned&) = default;
};

/// The members of every class that Python knows by name, in each of its forms.
struct Reading {
    std::string sensor = "oven";
    double value = 21.5;
    std::vector<int> history = {20, 21};
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value) &
            BOOST_SERIALIZATION_NVP(history);
    }
    friend bool operator==(const Reading&, const Reading&) = default;
};
struct DataReading : Reading {};
struct SlotReading : Reading {};
struct SlotDataReading : Reading {};
struct FrozenReading : Reading {};
struct FrozenSlotReading : Reading {};
struct TupleReading : Reading {};
struct CallReading : Reading {};
struct VersionedReading : Reading {};

struct Node {
    std::string name;
    std::vector<std::shared_ptr<Node>> next;
    std::weak_ptr<Node> parent;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name) & BOOST_SERIALIZATION_NVP(next) &
            BOOST_SERIALIZATION_NVP(parent);
    }
};

struct Shape {
    std::string label;
    virtual ~Shape() = default;
    virtual double area() const = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(label);
    }
};
struct Circle : Shape {
    double radius = 0;
    double area() const override { return radius * radius * 3; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(radius);
    }
};
struct Square : Shape {
    double side = 0;
    double area() const override { return side * side; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(side);
    }
};

}  // namespace lab

using parley::PythonForm;
PARLEY_PYTHON_CLASS(lab::Color, "typed_classes", "Color");
PARLEY_PYTHON_CLASS(lab::Reading, "typed_classes", "Reading");
PARLEY_PYTHON_CLASS(lab::DataReading, "typed_dataclasses", "DataReading");
PARLEY_PYTHON_CLASS(lab::SlotReading, "typed_classes", "SlotReading", PythonForm::slots);
PARLEY_PYTHON_CLASS(lab::SlotDataReading, "typed_dataclasses", "SlotDataReading",
                    PythonForm::slots);
PARLEY_PYTHON_CLASS(lab::FrozenReading, "typed_dataclasses", "FrozenReading");
PARLEY_PYTHON_CLASS(lab::FrozenSlotReading, "typed_dataclasses", "FrozenSlotReading",
                    PythonForm::call);
PARLEY_PYTHON_CLASS(lab::TupleReading, "typed_classes", "TupleReading", PythonForm::namedtuple);
PARLEY_PYTHON_CLASS(lab::CallReading, "typed_classes", "CallReading", PythonForm::call);
PARLEY_PYTHON_CLASS(lab::VersionedReading, "typed_classes", "VersionedReading");
PARLEY_PYTHON_CLASS(lab::Circle, "typed_classes", "Circle");
BOOST_CLASS_EXPORT_GUID(lab::Square, "typed_classes.Square")
BOOST_CLASS_VERSION(lab::Versioned, 2)
BOOST_CLASS_VERSION(lab::VersionedReading, 3)

namespace support {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using boost::multiprecision::cpp_int;

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

boost::uuids::uuid some_uuid() {
    boost::uuids::uuid id{};
    for (std::uint8_t i = 0; i < 16; ++i)
        id.data[i] = static_cast<std::uint8_t>(0x11 * i);
    return id;
}

}  // namespace

TypedRows::TypedRows() {
    add_plain_rows();
    add_class_rows();
    add_pointer_rows();
    add_numpy_rows();
}

void TypedRows::add_plain_rows() {
    using Limits = std::numeric_limits<std::int64_t>;
    row("none", std::optional<int>());
    row("bool", std::vector<bool>{true, false});
    row("int", std::vector<std::int64_t>{0, 1, -1, 255, 256, 65535, 65536, 2147483647, 2147483648,
                                         -2147483648, -2147483649, Limits::min(), Limits::max()});
    row("uint64", std::numeric_limits<std::uint64_t>::max());
    row("float", std::vector<double>{0.0, -1.5, 1e300, 5e-324, 0.1});
    row("complex", std::complex<double>(1, -2));
    row("str", std::vector<std::string>{"", "plain", "\xe4\xbd\xa0\xe5\xa5\xbd", "\xf0\x9f\x90\x8d",
                                        std::string(300, 'x')});
    row("surrogate", std::string("\xed\xa0\x80"));
    row("wide", std::u16string(u"\u4f60\U0001f40d"));
    row("bytes", bytes_of(std::string_view("\0\x80\xff", 3)));
    row("empty_bytes", std::vector<std::byte>());
    row("byte_array", std::array<unsigned char, 3>{1, 2, 3});
    row("vector", std::vector<std::vector<int>>{{}, {1}, {1, 2}});
    row("deque", std::deque<int>{1, 2});
    row("list", std::list<std::string>{"a"});
    row("array", std::array<double, 2>{0.5, 1.5});
    row("long_list", std::vector<int>(2500, 7));
    row("tuple", std::tuple(1, std::string("two"), 3.0, std::tuple<>(), std::tuple(4)));
    row("pair", std::pair(1, true));
    row("dict", std::map<std::string, int>{{"a", 1}, {"b", 2}});
    row("unordered_map", std::unordered_map<int, std::string>{{1, "x"}});
    row("set", std::set<int>{1, 2});
    row("empty_set", std::unordered_set<std::string>());
    row("frozen_keys", std::map<std::set<int>, std::vector<int>>{{{1}, {2}}});
    row("tuple_keys", std::map<std::vector<int>, bool>{{{1, 2}, true}});
    using Any = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                             std::vector<int>, std::map<std::string, int>>;
    row("variant", std::vector<Any>{std::monostate(), true, std::int64_t{1}, 1.0, "text",
                                    std::vector{1}, std::map<std::string, int>{{"a", 1}}});
    row("plain_enum", lab::Plain::one);
    row("timedelta", std::vector<microseconds>{0us, 1us, -1us, 90061000001us});
    row("datetime", sys_time<microseconds>(1700000000123456us));
    row("naive_datetime", sys_time<microseconds>(1700000000123456us));
    row("date", year_month_day(2024y / 2 / 29));
    row("path", std::filesystem::path("/tmp/some where"));
    row("uuid", some_uuid());
    row("big_int",
        std::vector<cpp_int>{cpp_int(1) << 100U, -(cpp_int(1) << 100U), cpp_int(0), cpp_int(-1)});
    row("value", parley::Value(parley::list(1, parley::tuple(2, "x"), parley::dict({{"k", 1.5}}))));
}

void TypedRows::add_class_rows() {
    row("named", std::vector<lab::Point>{{1, 2}, {3, 4}});
    row("unnamed", lab::Unnamed{1, "two"});
    lab::Derived derived;
    derived.x = 1;
    derived.weight = 0.5;
    row("derived", derived);
    row("versioned", lab::Versioned{7});
    row("enum", std::vector<lab::Color>{lab::Color::red, lab::Color::green});
    row("plain_class", std::vector<lab::Reading>(2));
    row("dataclass", std::vector<lab::DataReading>(2));
    row("slots", lab::SlotReading());
    row("slot_dataclass", lab::SlotDataReading());
    row("frozen_dataclass", lab::FrozenReading());
    row("frozen_slot_dataclass", lab::FrozenSlotReading());
    row("namedtuple", lab::TupleReading());
    row("call", lab::CallReading());
    row("versioned_class", lab::VersionedReading());
}

void TypedRows::add_pointer_rows() {
    const auto shared = std::make_shared<lab::Node>();
    shared->name = "leaf";
    using Nodes = std::vector<std::shared_ptr<lab::Node>>;
    check("shared", Nodes{shared, shared, nullptr}, [](const Nodes& came, const Nodes&) {
        return came.size() == 3 && came[0] == came[1] && came[0]->name == "leaf" && !came[2];
    });
    // Leaked on purpose: the row holds it for as long as the program runs.
    const auto root = std::make_shared<lab::Node>();
    root->name = "root";
    root->next.push_back(std::make_shared<lab::Node>());
    root->next[0]->name = "child";
    root->next[0]->parent = root;
    using Root = std::shared_ptr<lab::Node>;
    check("cycle", root, [](const Root& came, const Root&) {
        return came->next.size() == 1 && came->next[0]->parent.lock() == came;
    });
    check("unique", std::vector<std::unique_ptr<int>>(1),
          [](const auto& came, const auto&) { return came.size() == 1 && came[0] == nullptr; });
    auto circle = std::make_shared<lab::Circle>();
    circle->label = "round";
    circle->radius = 2;
    auto square = std::make_shared<lab::Square>();
    square->label = "square";
    square->side = 3;
    using Shapes = std::vector<std::shared_ptr<lab::Shape>>;
    check("polymorphic", Shapes{circle, square, circle}, [](const Shapes& came, const Shapes&) {
        return came.size() == 3 && came[0]->area() == 12 && came[1]->area() == 9 &&
               came[0] == came[2] && came[1]->label == "square";
    });
}

void TypedRows::add_numpy_rows() {
    static const std::vector<double> samples{1, 2, 3, 4, 5, 6};
    const parley::ndarray<double> matrix(samples, {2, 3});
    const auto is_same = [](const auto& came, const auto& expected) {
        return came.shape() == expected.shape() && came.to_vector() == expected.to_vector();
    };
    check("ndarray", matrix, is_same);
    check("ndarray_from_list", matrix, is_same);
    check("ndarray_int", parley::ndarray<std::int32_t>(std::vector<std::int32_t>{1, -2}), is_same);
    row("vector_from_ndarray", samples);
    row("numpy_scalars", std::tuple(1.5, std::int64_t{7}, true, 2.5F));
}

}  // namespace support

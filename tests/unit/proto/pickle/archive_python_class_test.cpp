// C++ classes with names in Python: what their instances look like in each form.
#include "support/typed.hpp"

#include <parley/object.hpp>

#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

using parley::Value;
using support::from;
using support::python;
using support::reading;

namespace lab {

struct Reading {
    std::string sensor;
    double value = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value);
    }
    friend bool operator==(const Reading&, const Reading&) = default;
};
struct Slotted : Reading {
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Reading);
    }
};
struct Point {
    int x = 0;
    int y = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& x& y;
    }
    friend auto operator<=>(const Point&, const Point&) = default;
};
struct Called {
    int x = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x);
    }
    friend bool operator==(const Called&, const Called&) = default;
};
enum class Color { red = 1, green = 2 };
enum class Mode { near = 1, far = 1000 };

struct Shape {
    std::string label;
    virtual ~Shape() = default;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(label);
    }
};
struct Circle : Shape {
    double radius = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(radius);
    }
};
struct Exported : Shape {
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape);
    }
};
struct Nameless {
    int x = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& x;
    }
};

struct Knot {
    std::shared_ptr<Knot> knot;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(knot);
    }
};

}  // namespace lab

using parley::PythonForm;
PARLEY_PYTHON_CLASS(lab::Reading, "lab.readings", "Reading");
PARLEY_PYTHON_CLASS(lab::Slotted, "lab.readings", "Slotted", PythonForm::slots);
PARLEY_PYTHON_CLASS(lab::Point, "lab.shapes", "Point", PythonForm::namedtuple);
PARLEY_PYTHON_CLASS(lab::Called, "lab.shapes", "Called", PythonForm::call);
PARLEY_PYTHON_CLASS(lab::Color, "lab.shapes", "Color");
PARLEY_PYTHON_CLASS(lab::Mode, "lab.shapes", "Mode");
template <>
struct parley::PythonMembers<lab::Mode> {
    static constexpr std::pair<std::string_view, lab::Mode> members[] = {
        {"near by", lab::Mode::near}, {"far away", lab::Mode::far}};
};
PARLEY_PYTHON_CLASS(lab::Shape, "lab.shapes", "Shape");
PARLEY_PYTHON_CLASS(lab::Circle, "lab.shapes", "Circle");
PARLEY_PYTHON_CLASS(lab::Knot, "lab.shapes", "Knot", PythonForm::namedtuple);
PARLEY_PYTHON_CLASS(lab::Nameless, "lab.shapes", "Nameless");
BOOST_CLASS_EXPORT_GUID(lab::Exported, "lab.shapes.Exported")

namespace {

Value instance(const char* qualname, const Value& state) {
    return parley::ObjectBuilder(parley::Form::new_, parley::global("lab.readings", qualname),
                                 parley::tuple())
        .state(state)
        .build();
}

}  // namespace

TEST_CASE("archive: a class with a Python name is an instance of it", "[archive]") {
    const Value value = support::value_of(lab::Reading{"oven", 21.5});
    REQUIRE(value.is_object());
    const parley::Object object = value.as_object();
    CHECK(object.form() == parley::Form::new_);
    CHECK(object.is_instance("lab.readings", "Reading"));
    CHECK(object.state() == parley::dict({{"sensor", "oven"}, {"value", 21.5}}));
    CHECK(support::comes_back(std::vector(3, lab::Reading{"oven", 21.5})));
}

TEST_CASE("archive: the forms of Python classes", "[archive]") {
    lab::Slotted slotted;
    slotted.sensor = "oven";
    const parley::Object object = support::value_of(slotted).as_object();
    CHECK(object.state() ==
          parley::tuple(nullptr, parley::dict({{"sensor", "oven"}, {"value", 0.0}})));
    CHECK(from<lab::Slotted>(support::value_of(slotted)).sensor == "oven");
    const parley::Object point = support::value_of(lab::Point{1, 2}).as_object();
    CHECK((point.form() == parley::Form::new_ && point.args() == parley::tuple(1, 2)));
    CHECK(support::comes_back(std::vector{lab::Point{1, 2}}));
    const parley::Object called = support::value_of(lab::Called{7}).as_object();
    CHECK((called.form() == parley::Form::call && called.args() == parley::tuple(7)));
    CHECK(support::comes_back(lab::Called{7}));
    CHECK(python(lab::Color::green) == "Color(2)");
    CHECK(support::comes_back(std::vector{lab::Color::green, lab::Color::red}));
}

TEST_CASE("archive: members of enums are found by name, too", "[archive]") {
    const auto by_name = [](const char* cls, const char* name) {
        return parley::call(parley::global("builtins", "getattr"),
                            parley::tuple(parley::global("lab.shapes", cls), name));
    };
    CHECK(from<lab::Color>(by_name("Color", "green")) == lab::Color::green);
    CHECK(from<lab::Color>(by_name("Color", "GREEN")) == lab::Color::green);
    CHECK(from<lab::Mode>(by_name("Mode", "far away")) == lab::Mode::far);
    CHECK(from<lab::Mode>(Value(1000)) == lab::Mode::far);
    CHECK(reading<lab::Color>(by_name("Color", "blue")) ==
          "wrong type: expected lab.shapes.Color, got <Color.blue>");
    CHECK(reading<lab::Color>(by_name("Mode", "green")).starts_with("wrong type"));
    CHECK(reading<lab::Mode>(by_name("Mode", "far")).starts_with("wrong type"));
}

TEST_CASE("archive: an instance of a Python class may be a key", "[archive]") {
    CHECK(python(std::map<lab::Color, int>{{lab::Color::red, 1}}) == "{Color(1): 1}");
    CHECK(support::comes_back(std::map<lab::Point, int>{{{1, 2}, 3}}));
}

TEST_CASE("archive: what Python makes of the same class is read, however it pickles", "[archive]") {
    const lab::Reading expected{"oven", 21.5};
    const Value state = parley::dict({{"value", 21.5}, {"sensor", "oven"}, {"cache", nullptr}});
    CHECK(from<lab::Reading>(instance("Reading", state)) == expected);
    // Some attributes in __dict__ and some in slots.
    CHECK(from<lab::Reading>(
              instance("Reading", parley::tuple(parley::dict({{"value", 21.5}}),
                                                parley::dict({{"sensor", "oven"}})))) == expected);
    CHECK(from<lab::Reading>(instance("Reading", parley::tuple(nullptr, state))) == expected);
    // A frozen dataclass with slots: its fields in order.
    CHECK(from<lab::Reading>(instance("Reading", parley::list("oven", 21.5))) == expected);
    // copyreg._reconstructor, as protocols 0 and 1 have it.
    const Value cls = parley::global("lab.readings", "Reading");
    const Value reconstructed =
        parley::ObjectBuilder(parley::Form::call, parley::global("copyreg", "_reconstructor"),
                              parley::tuple(cls, parley::global("builtins", "object"), nullptr))
            .state(state)
            .build();
    CHECK(from<lab::Reading>(reconstructed) == expected);
    CHECK(from<lab::Reading>(state) == expected);
}

TEST_CASE("archive: an instance of another class is an error", "[archive]") {
    CHECK(reading<lab::Reading>(instance("Other", parley::dict())) ==
          "wrong type: expected lab.readings.Reading, got an instance of lab.readings.Other");
    CHECK(reading<lab::Reading>(Value(1)) ==
          "wrong type: expected lab.readings.Reading, got int 1");
    CHECK(reading<lab::Point>(
              parley::call(parley::global("lab.shapes", "Point"), parley::tuple(1))) ==
          "wrong type: at [1]: expected int, got only 1 item");
    CHECK(reading<lab::Color>(Value("red")) == "wrong type: expected int, got str 'red'");
    CHECK(
        reading<lab::Color>(parley::call(parley::global("lab.shapes", "Hue"), parley::tuple(1))) ==
        "wrong type: expected lab.shapes.Color, got Hue(1)");
    CHECK(support::dump_failure(lab::Nameless{}).message() ==
          "cannot be pickled: at [0]: an attribute of a Python class needs a name: use make_nvp");
}

template <typename T>
bool is(const lab::Shape& shape) {
    return typeid(shape) == typeid(T);
}

TEST_CASE("archive: Python's class decides which C++ class a pointer gets", "[archive]") {
    std::vector<std::unique_ptr<lab::Shape>> shapes;
    shapes.push_back(std::make_unique<lab::Shape>());
    shapes.push_back(std::make_unique<lab::Circle>());
    shapes.push_back(std::make_unique<lab::Exported>());
    CHECK(python(shapes) == "[Shape(label=''), Circle(label='', radius=0.0), Exported(label='')]");
    const auto read = from<decltype(shapes)>(support::value_of(shapes));
    CHECK(is<lab::Shape>(*read[0]));
    CHECK(is<lab::Circle>(*read[1]));
    CHECK(is<lab::Exported>(*read[2]));
    CHECK(python(lab::Exported()) == "Exported(label='')");
    CHECK(reading<std::unique_ptr<lab::Shape>>(instance("Blob", parley::dict())) ==
          "wrong type: expected lab.shapes.Shape, got an instance of lab.readings.Blob");
}

TEST_CASE("archive: a namedtuple cannot hold itself", "[archive]") {
    const auto knot = std::make_shared<lab::Knot>();
    CHECK(python(knot) == "Knot(None)");
    knot->knot = knot;
    CHECK(support::dump_failure(knot).message() ==
          "cannot be pickled: at knot: the object holds itself, which only lists, dicts and "
          "instances with attributes can");
    knot->knot.reset();
}

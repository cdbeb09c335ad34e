// Any pickle, read as any type: it is one or it is refused, with the place where it does not fit;
// what it is goes out and comes back the same. The first byte says which type.
#include "support/bytes.hpp"
#include "support/fuzz.hpp"

#include <parley/datetime.hpp>
#include <parley/decimal.hpp>
#include <parley/pickle/archive.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/typed_ndarray.hpp>

#include <boost/multiprecision/cpp_int.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/version.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <valarray>
#include <variant>
#include <vector>

using parley::Buffer;
using parley::Errc;
using parley::PythonForm;
using parley::Result;
using support::require;

namespace lab {

enum class Color { red = 1, green = 2 };
enum class Small : std::int8_t { one = 1 };

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
    std::int16_t first = 0;
    std::string second;
    std::optional<float> third;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& first& second& third;
    }
};
struct Derived : Point {
    std::optional<double> weight;
    std::vector<Unnamed> parts;
    int again = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned version) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Point) & BOOST_SERIALIZATION_NVP(weight) &
            BOOST_SERIALIZATION_NVP(parts);
        if (version > 0) archive& boost::serialization::make_nvp("x", again);
    }
};
struct Reading {
    std::string sensor;
    double value = 0;
    std::vector<int> history;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value) &
            BOOST_SERIALIZATION_NVP(history);
    }
};
struct SlotReading : Reading {};
struct TupleReading : Reading {};
struct CallReading : Reading {};
struct VersionedReading : Reading {};

/// Shared, owned and seen from above; the raw pointer to the first of `owned` owns nothing.
struct Node {
    std::string name;
    std::vector<std::shared_ptr<Node>> next;
    std::weak_ptr<Node> parent;
    std::vector<std::unique_ptr<Point>> owned;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name) & BOOST_SERIALIZATION_NVP(next) &
            BOOST_SERIALIZATION_NVP(parent) & BOOST_SERIALIZATION_NVP(owned);
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
    double area() const override { return radius; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(radius);
    }
};
struct Square : Shape {
    double side = 0;
    std::shared_ptr<Shape> inner;
    double area() const override { return side; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(side) &
            BOOST_SERIALIZATION_NVP(inner);
    }
};
/// No default constructor.
class Fixed {
public:
    explicit Fixed(int number) : number_(number) {}
    int number() const { return number_; }
    template <typename Archive>
    void serialize(Archive&, unsigned) {}

private:
    int number_;
};
template <typename Archive>
void save_construct_data(Archive& archive, const Fixed* object, unsigned) {
    const int number = object->number();
    archive << BOOST_SERIALIZATION_NVP(number);
}
template <typename Archive>
void load_construct_data(Archive& archive, Fixed* object, unsigned) {
    int number = 0;
    archive >> BOOST_SERIALIZATION_NVP(number);
    ::new (object) Fixed(number);
}

}  // namespace lab

PARLEY_PYTHON_CLASS(lab::Color, "typed_classes", "Color");
PARLEY_PYTHON_CLASS(lab::Reading, "typed_classes", "Reading");
PARLEY_PYTHON_CLASS(lab::SlotReading, "typed_classes", "SlotReading", PythonForm::slots);
PARLEY_PYTHON_CLASS(lab::TupleReading, "typed_classes", "TupleReading", PythonForm::namedtuple);
PARLEY_PYTHON_CLASS(lab::CallReading, "typed_classes", "CallReading", PythonForm::call);
PARLEY_PYTHON_CLASS(lab::VersionedReading, "typed_classes", "VersionedReading");
PARLEY_PYTHON_CLASS(lab::Circle, "typed_classes", "Circle");
BOOST_CLASS_EXPORT_GUID(lab::Square, "typed_classes.Square")
BOOST_CLASS_VERSION(lab::Derived, 1)
BOOST_CLASS_VERSION(lab::VersionedReading, 3)

namespace {

using Check = void (*)(parley::ConstBytes bytes);

bool may_be_said(const boost::system::error_code& code) {
    if (code == Errc::wrong_type || code == Errc::out_of_range || code == Errc::missing_key) {
        return true;
    }
    return parley::blame(static_cast<Errc>(code.value())) == parley::Blame::pickle;
}

template <typename T>
Buffer written(const T& object) {
    Buffer out;
    const Result<void> done = parley::pickle::dumps(object, out);
    require(done.has_value(), "what was read can be written");
    return out;
}

/// Reads over an object that is there, which must not notice where that fails.
template <typename T>
void read_over(parley::ConstBytes bytes, bool is_one) {
    T object{};
    Buffer before;
    // Not every object that holds nothing yet has a pickle: a day of no month, say.
    if (!parley::pickle::dumps(object, before)) return;
    const bool is_read = parley::pickle::loads_into(object, Buffer(bytes)).has_value();
    require(is_read == is_one, "an object that is there is read as a new one is");
    if (!is_read) {
        require(written(object).view() == before.view(), "what failed leaves the object as it was");
    }
}

template <typename T>
void check(parley::ConstBytes bytes) {
    const Result<T> read = parley::pickle::loads<T>(bytes);
    if constexpr (std::is_default_constructible_v<T>) read_over<T>(bytes, read.has_value());
    if (!read) {
        require(may_be_said(read.error().code), "a pickle is no such object, or no pickle");
        require(!read.error().detail.empty(), "an error says what it is about");
        return;
    }
    const Buffer once = written(*read);
    const Result<T> again = parley::pickle::loads<T>(parley::ConstBytes(once));
    require(again.has_value(), "what was written reads back");
    // Values that came roundabout are written straight the second time.
    if (std::is_same_v<T, std::map<std::string, parley::Value>>) return;
    require(written(*again).view() == once.view(), "it reads back the same");
}

using namespace std::chrono;
using Numbers = std::tuple<bool, char, std::int8_t, std::uint16_t, std::int32_t, std::uint64_t,
                           float, double, std::complex<double>, lab::Small>;
using Text = std::tuple<std::string, std::u16string, std::wstring, std::filesystem::path,
                        std::optional<std::u8string>>;
using Bytes = std::tuple<std::vector<std::byte>, std::array<unsigned char, 3>, Buffer>;
using Sequences =
    std::tuple<std::vector<std::vector<int>>, std::deque<std::string>, std::forward_list<double>,
               std::array<std::optional<int>, 2>, std::vector<bool>, std::valarray<float>>;
using Keyed = std::tuple<std::map<std::string, lab::Point>, std::set<std::vector<int>>,
                         std::multimap<int, std::string>, std::map<std::set<int>, int>>;
using Times = std::tuple<microseconds, duration<double>, sys_time<seconds>,
                         system_clock::time_point, year_month_day, hours>;
using Library = std::tuple<boost::multiprecision::cpp_int, boost::multiprecision::int128_t,
                           parley::Decimal, parley::DateTime>;
using Any = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                         std::vector<std::byte>, std::vector<int>, std::map<std::string, int>,
                         lab::Point, lab::Unnamed, lab::Reading, std::shared_ptr<lab::Node>>;

constexpr std::array<Check, 25> checks{
    &check<Numbers>,
    &check<Text>,
    &check<Bytes>,
    &check<Sequences>,
    &check<Keyed>,
    &check<Times>,
    &check<Library>,
    &check<std::vector<Any>>,
    &check<std::vector<lab::Point>>,
    &check<std::vector<lab::Unnamed>>,
    &check<lab::Derived>,
    &check<std::vector<lab::Reading>>,
    &check<lab::SlotReading>,
    &check<lab::TupleReading>,
    &check<lab::CallReading>,
    &check<lab::VersionedReading>,
    &check<std::vector<lab::Color>>,
    &check<std::vector<std::shared_ptr<lab::Node>>>,
    &check<std::vector<std::shared_ptr<lab::Shape>>>,
    &check<std::vector<lab::Fixed>>,
    &check<parley::ndarray<double>>,
    &check<parley::ndarray<std::int32_t>>,
    &check<std::vector<double>>,
    &check<boost::uuids::uuid>,
    &check<std::map<std::string, parley::Value>>,
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    support::FuzzInput input(data, size);
    const std::size_t type = input.take() % checks.size();
    checks[type](support::as_bytes(input.rest()));
    return 0;
}

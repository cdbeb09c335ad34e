// Each way to make a class serializable that Boost.Serialization documents, unchanged, through
// parley's archives and through Boost's own.
#include "support/boost_archives.hpp"
#include "support/typed.hpp"

#include <boost/serialization/access.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/assume_abstract.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/binary_object.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/level.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/strong_typedef.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/version.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

using support::comes_back;
using support::comes_back_from_boost;
using support::python;

namespace boost_class {

/// Private members, an intrusive serialize, access as a friend.
class Intrusive {
public:
    Intrusive() = default;
    explicit Intrusive(int secret) : secret_(secret) {}
    friend bool operator==(const Intrusive&, const Intrusive&) = default;

private:
    friend class boost::serialization::access;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned int) {
        archive& boost::serialization::make_nvp("secret", secret_);
    }
    int secret_ = 0;
};

/// A free serialize in boost::serialization, for a class that must not be touched.
struct Foreign {
    int degrees = 0;
    float seconds = 0;
    friend bool operator==(const Foreign&, const Foreign&) = default;
};

/// Split into save and load by hand.
struct Split {
    std::string text;
    friend bool operator==(const Split&, const Split&) = default;
    template <typename Archive>
    void save(Archive& archive, const unsigned) const {
        const std::size_t length = text.size();
        archive << boost::serialization::make_nvp("length", length)
                << BOOST_SERIALIZATION_NVP(text);
    }
    template <typename Archive>
    void load(Archive& archive, const unsigned) {
        std::size_t length = 0;
        archive >> boost::serialization::make_nvp("length", length) >>
            BOOST_SERIALIZATION_NVP(text);
        if (length != text.size()) throw std::runtime_error("length");
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()
};
struct FreeSplit {
    int x = 0;
    friend bool operator==(const FreeSplit&, const FreeSplit&) = default;
};
template <typename Archive>
void save(Archive& archive, const FreeSplit& object, const unsigned) {
    archive << object.x;
}
template <typename Archive>
void load(Archive& archive, FreeSplit& object, const unsigned) {
    archive >> object.x;
}

/// A class that has grown: older pickles lack what version 2 added.
struct Grown {
    int first = 1;
    int second = 2;
    friend bool operator==(const Grown&, const Grown&) = default;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned version) {
        archive& BOOST_SERIALIZATION_NVP(first);
        if (version > 1) archive& BOOST_SERIALIZATION_NVP(second);
    }
};

/// Members by make_array, as a binary_object, in C arrays.
struct Raw {
    std::size_t count = 3;
    double numbers[3] = {1, 2, 3};
    unsigned char blob[4] = {1, 2, 3, 255};
    int grid[2][2] = {{1, 2}, {3, 4}};
    char name[8] = "raw";
    friend bool operator==(const Raw& one, const Raw& other) {
        return std::memcmp(one.numbers, other.numbers, sizeof numbers) == 0 &&
               std::memcmp(one.blob, other.blob, sizeof blob) == 0 &&
               std::memcmp(one.grid, other.grid, sizeof grid) == 0 &&
               std::strcmp(one.name, other.name) == 0;
    }
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_NVP(count);
        auto shown = boost::serialization::make_array(numbers, count);
        archive& boost::serialization::make_nvp("numbers", shown);
        auto binary = boost::serialization::make_binary_object(blob, sizeof blob);
        archive& boost::serialization::make_nvp("blob", binary);
        archive& BOOST_SERIALIZATION_NVP(grid) & BOOST_SERIALIZATION_NVP(name);
    }
};

struct Bitwise {
    std::int32_t a = 1;
    std::int32_t b = 2;
    friend bool operator==(const Bitwise&, const Bitwise&) = default;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& a& b;
    }
};
/// No version and no tracking.
struct Plain : Bitwise {
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& boost::serialization::base_object<Bitwise>(*this);
    }
};
BOOST_STRONG_TYPEDEF(int, Meters)
BOOST_STRONG_TYPEDEF(double, Seconds)
BOOST_STRONG_TYPEDEF(unsigned char, Percent)
BOOST_STRONG_TYPEDEF(bool, Armed)
BOOST_STRONG_TYPEDEF(std::string, Label)

/// Asks the archive what it is.
struct Asking {
    int kept = 5;
    int lost = 6;
    friend bool operator==(const Asking& one, const Asking& other) {
        return one.kept == other.kept;
    }
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        static_assert(Archive::is_saving::value != Archive::is_loading::value);
        archive& BOOST_SERIALIZATION_NVP(kept);
        if constexpr (Archive::is_loading::value) lost = 0;
        if ((archive.get_flags() & boost::archive::no_header) != 0) throw std::logic_error("flags");
        static_cast<void>(archive.get_library_version());
        archive.template get_helper<int>(&helper) = 7;
    }
    static inline char helper = 0;
};

// A diamond with a virtual base.
struct Top {
    int top = 1;
    virtual ~Top() = default;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_NVP(top);
    }
};
struct Left : virtual Top {
    int left = 2;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Top) & BOOST_SERIALIZATION_NVP(left);
    }
};
struct Right : virtual Top {
    int right = 3;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Top) & BOOST_SERIALIZATION_NVP(right);
    }
};
struct Bottom : Left, Right {
    int bottom = 4;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Left) &
            BOOST_SERIALIZATION_BASE_OBJECT_NVP(Right) & BOOST_SERIALIZATION_NVP(bottom);
    }
};

// Exported and registered classes behind pointers to an abstract base.
struct Animal {
    virtual ~Animal() = default;
    virtual std::string speak() const = 0;
    template <typename Archive>
    void serialize(Archive&, const unsigned) {}
};
struct Dog : Animal {
    std::string name = "Rex";
    std::string speak() const override { return name + " barks"; }
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& boost::serialization::base_object<Animal>(*this) & name;
    }
};
struct Cat : Animal {
    int lives = 9;
    std::string speak() const override { return std::to_string(lives) + " lives"; }
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Animal) & BOOST_SERIALIZATION_NVP(lives);
    }
};
struct Fish : Animal {
    std::string speak() const override { return "..."; }
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        // Nothing is serialized of the base: void_cast_register says that there is one.
        boost::serialization::void_cast_register<Fish, Animal>();
        static_cast<void>(archive);
    }
};

/// Raw, tracked pointers, as the tutorial's bus stops have them.
struct Stop {
    std::string name;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name);
    }
};
struct Route {
    std::vector<Stop*> stops;
    template <typename Archive>
    void serialize(Archive& archive, const unsigned) {
        archive& BOOST_SERIALIZATION_NVP(stops);
    }
};

/// No default constructor.
class Fixed {
public:
    explicit Fixed(int number) : number_(number) {}
    int number() const { return number_; }

private:
    friend class boost::serialization::access;
    template <typename Archive>
    void serialize(Archive&, const unsigned) {}
    const int number_;
};

}  // namespace boost_class

namespace boost::serialization {

template <typename Archive>
void serialize(Archive& archive, boost_class::Foreign& object, const unsigned) {
    archive& make_nvp("degrees", object.degrees) & make_nvp("seconds", object.seconds);
}
template <typename Archive>
void save_construct_data(Archive& archive, const boost_class::Fixed* object, const unsigned) {
    const int number = object->number();
    archive << BOOST_SERIALIZATION_NVP(number);
}
template <typename Archive>
void load_construct_data(Archive& archive, boost_class::Fixed* object, const unsigned) {
    int number = 0;
    archive >> BOOST_SERIALIZATION_NVP(number);
    ::new (object) boost_class::Fixed(number);
}

}  // namespace boost::serialization

BOOST_SERIALIZATION_SPLIT_FREE(boost_class::FreeSplit)
BOOST_CLASS_VERSION(boost_class::Grown, 2)
BOOST_IS_BITWISE_SERIALIZABLE(boost_class::Bitwise)
BOOST_CLASS_IMPLEMENTATION(boost_class::Plain, boost::serialization::object_serializable)
BOOST_CLASS_TRACKING(boost_class::Plain, boost::serialization::track_never)
BOOST_CLASS_IMPLEMENTATION(boost_class::Meters, boost::serialization::primitive_type)
BOOST_CLASS_IMPLEMENTATION(boost_class::Seconds, boost::serialization::primitive_type)
BOOST_CLASS_IMPLEMENTATION(boost_class::Percent, boost::serialization::primitive_type)
BOOST_CLASS_IMPLEMENTATION(boost_class::Armed, boost::serialization::primitive_type)
BOOST_CLASS_IMPLEMENTATION(boost_class::Label, boost::serialization::primitive_type)
BOOST_SERIALIZATION_ASSUME_ABSTRACT(boost_class::Animal)
BOOST_CLASS_EXPORT_KEY(boost_class::Dog)
BOOST_CLASS_EXPORT_IMPLEMENT(boost_class::Dog)
BOOST_CLASS_EXPORT(boost_class::Cat)

using namespace boost_class;

namespace {

template <typename T>
bool comes_back_from_both(const T& object) {
    return comes_back(object) && comes_back_from_boost(object);
}

}  // namespace

TEST_CASE("boost: serialize inside and outside of the class, whole and split", "[archive]") {
    CHECK(comes_back_from_both(Intrusive(7)));
    CHECK(comes_back_from_both(Foreign{59, 1.5F}));
    CHECK(comes_back_from_both(Split{"text"}));
    CHECK(comes_back_from_both(FreeSplit{3}));
    CHECK(python(FreeSplit{3}) == "(3,)");
    CHECK(python(Split{"text"}) == "{'length': 4, 'text': 'text'}");
}

TEST_CASE("boost: class versions", "[archive]") {
    CHECK(comes_back_from_both(Grown{3, 4}));
    CHECK(python(Grown{3, 4}) == "{'__version__': 2, 'first': 3, 'second': 4}");
    const parley::Value old = parley::dict({{"__version__", 1}, {"first", 9}});
    CHECK(support::from<Grown>(old) == Grown{9, 2});
}

TEST_CASE("boost: arrays, binary objects and bitwise types", "[archive]") {
    Raw raw;
    raw.numbers[1] = 9;
    raw.blob[0] = 9;
    CHECK(comes_back_from_both(raw));
    CHECK(python(raw) ==
          "{'count': 3, 'numbers': [1.0, 9.0, 3.0], 'blob': b'\\t\\x02\\x03\\xff', "
          "'grid': [[1, 2], [3, 4]], 'name': 'raw'}");
    CHECK(comes_back_from_both(std::vector<Bitwise>{{1, 2}, {3, 4}}));
    CHECK(comes_back_from_both(Plain{{5, 6}}));
}

TEST_CASE("boost: strong typedefs of numbers and strings", "[archive]") {
    CHECK(comes_back_from_both(Meters(7)));
    CHECK(comes_back(Meters(-7)));
    CHECK(comes_back(Seconds(0.25)));
    CHECK(python(std::vector<Seconds>{Seconds(0.25)}) == "[0.25]");
    CHECK(comes_back(Percent(200)));
    CHECK(comes_back(Armed(true)));
    CHECK(python(Armed(true)) == "True");
    CHECK(comes_back(Label("oven")));
    CHECK(python(Label("oven")) == "'oven'");
    CHECK(support::reading<Percent>(256) ==
          "out of range: expected an int from 0 to 255, got int 256");
}

TEST_CASE("boost: what an archive says of itself", "[archive]") {
    CHECK(comes_back_from_both(Asking{1, 2}));
    parley::Buffer out;
    parley::pickle::OutputArchive output(out);
    CHECK(output.get_flags() == 0);
    CHECK(output.get_library_version() == boost::archive::BOOST_ARCHIVE_VERSION());
}

TEST_CASE("boost: a diamond over a virtual base", "[archive]") {
    Bottom bottom;
    bottom.top = 10;
    bottom.right = 30;
    CHECK(python(bottom) == "{'top': 10, 'left': 2, 'right': 30, 'bottom': 4}");
    const auto came = support::from<Bottom>(support::value_of(bottom));
    CHECK((came.top == 10 && came.left == 2 && came.right == 30 && came.bottom == 4));
}

TEST_CASE("boost: exported classes behind pointers to an abstract base", "[archive]") {
    std::vector<std::shared_ptr<Animal>> animals{std::make_shared<Dog>(), std::make_shared<Cat>()};
    const auto came =
        support::from<std::vector<std::shared_ptr<Animal>>>(support::value_of(animals));
    REQUIRE(came.size() == 2);
    CHECK(came[0]->speak() == "Rex barks");
    CHECK(came[1]->speak() == "9 lives");
    const std::unique_ptr<Animal> unique = std::make_unique<Cat>();
    CHECK(support::from<std::unique_ptr<Animal>>(support::value_of(unique))->speak() == "9 lives");
}

TEST_CASE("boost: registered classes behind raw pointers", "[archive]") {
    const Fish fish;
    const Animal* const animal = &fish;
    parley::Buffer pickled;
    parley::pickle::OutputArchive output(pickled);
    output.register_type<Fish>();
    output << animal;
    parley::pickle::InputArchive input{parley::ConstBytes(pickled)};
    input.register_type<Fish>();
    Animal* read = nullptr;
    input >> read;
    const std::unique_ptr<Animal> owner(read);
    CHECK(owner->speak() == "...");
}

TEST_CASE("boost: tracked raw pointers", "[archive]") {
    Stop stop{"Elm Street"};
    Route route{{&stop, &stop}};
    const auto came = support::from<Route>(support::value_of(route));
    REQUIRE(came.stops.size() == 2);
    CHECK(came.stops[0] == came.stops[1]);
    CHECK(came.stops[0]->name == "Elm Street");
    delete came.stops[0];
}

TEST_CASE("boost: construct data", "[archive]") {
    const auto fixed = std::make_shared<Fixed>(7);
    CHECK(python(fixed) == "{'number': 7}");
    CHECK(support::from<std::shared_ptr<Fixed>>(support::value_of(fixed))->number() == 7);
    const std::vector<Fixed> many{Fixed(1), Fixed(2)};
    const auto came = support::from<std::vector<Fixed>>(support::value_of(many));
    CHECK((came.size() == 2 && came[1].number() == 2));
}

// Classes with serialize functions: named and unnamed members, bases, versions, split functions.
#include "support/bytes.hpp"
#include "support/typed.hpp"

#include <boost/serialization/base_object.hpp>
#include <boost/serialization/binary_object.hpp>
#include <boost/serialization/bitset.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/version.hpp>

#include <bitset>
#include <string>
#include <utility>
#include <vector>

using namespace std::string_literals;
using boost::serialization::base_object;
using boost::serialization::make_nvp;
using parley::dict;
using parley::Value;
using support::from;
using support::python;
using support::reading;

namespace {

struct Point {
    int x = 0;
    int y = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x) & BOOST_SERIALIZATION_NVP(y);
    }
    friend bool operator==(const Point&, const Point&) = default;
};

struct Pair {
    int first = 0;
    std::string second;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& first& second;
    }
    friend bool operator==(const Pair&, const Pair&) = default;
};

struct Reading {
    std::string sensor;
    std::optional<double> value;
    std::vector<Point> track;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value) &
            BOOST_SERIALIZATION_NVP(track);
    }
    friend bool operator==(const Reading&, const Reading&) = default;
};

struct Empty {
    template <typename Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const Empty&, const Empty&) = default;
};

// Unnamed members after a named one.
struct Mixed {
    int a = 1;
    int b = 2;
    int c = 3;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(a) & b& BOOST_SERIALIZATION_NVP(c);
    }
    friend bool operator==(const Mixed&, const Mixed&) = default;
};

// One name for several members, also with an object of the same names between them.
struct Repeating {
    std::vector<int> items;
    Point between;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        std::size_t count = items.size();
        archive& make_nvp("count", count);
        items.resize(count);
        for (int& item : items) {
            archive& make_nvp("x", item);
            archive& make_nvp("between", between);
        }
    }
    friend bool operator==(const Repeating&, const Repeating&) = default;
};

// Names that are made at run time in one buffer.
struct Dynamic {
    int values[3] = {1, 2, 3};
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        char name[] = "v0";
        for (int& value : values) {
            archive& make_nvp(name, value);
            ++name[1];
        }
    }
};

class Split {
public:
    std::string text;

private:
    friend class boost::serialization::access;
    template <typename Archive>
    void save(Archive& archive, unsigned) const {
        const std::string reversed(text.rbegin(), text.rend());
        archive << make_nvp("reversed", reversed);
    }
    template <typename Archive>
    void load(Archive& archive, unsigned) {
        std::string reversed;
        archive >> make_nvp("reversed", reversed);
        text.assign(reversed.rbegin(), reversed.rend());
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()
};

struct Foreign {
    int number = 0;
};
template <typename Archive>
void save(Archive& archive, const Foreign& object, unsigned) {
    archive << make_nvp("number", object.number);
}
template <typename Archive>
void load(Archive& archive, Foreign& object, unsigned) {
    archive >> make_nvp("number", object.number);
}

struct Blob {
    int numbers[4] = {1, 2, 3, 4};
    double weights[2] = {0.5, 1.5};
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& make_nvp("numbers",
                          boost::serialization::make_binary_object(numbers, sizeof numbers));
        archive& make_nvp("weights", boost::serialization::make_array(weights, 2));
    }
};

struct Base {
    int id = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(id);
    }
};
struct Second {
    int id = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(id);
    }
};
// A base, a base with the same member name, and a member of the type of a base.
struct Derived : Base, Second {
    Base other;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Base);
        archive& base_object<Second>(*this);
        archive& BOOST_SERIALIZATION_NVP(other);
    }
};

struct Root {
    int root = 0;
    virtual ~Root() = default;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(root);
    }
};
struct Left : virtual Root {
    int left = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Root) & BOOST_SERIALIZATION_NVP(left);
    }
};
struct Right : virtual Root {
    int right = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Root) & BOOST_SERIALIZATION_NVP(right);
    }
};
struct Diamond : Left, Right {
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Left) &
            BOOST_SERIALIZATION_BASE_OBJECT_NVP(Right);
    }
};

// The members of a base without names, and own ones.
struct Longer : Pair {
    double third = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& base_object<Pair>(*this) & third;
    }
};

struct Versioned {
    int kept = 0;
    int added = -1;
    template <typename Archive>
    void serialize(Archive& archive, unsigned version) {
        archive& BOOST_SERIALIZATION_NVP(kept);
        if (version >= 2) archive& BOOST_SERIALIZATION_NVP(added);
    }
};
struct VersionedBase : Versioned {
    int own = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Versioned) & BOOST_SERIALIZATION_NVP(own);
    }
};
struct VersionedTuple {
    int first = 0;
    int second = 0;
    unsigned seen = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned version) {
        seen = version;
        archive& first& second;
    }
};

}  // namespace

BOOST_SERIALIZATION_SPLIT_FREE(Foreign)
BOOST_CLASS_VERSION(Versioned, 2)
BOOST_CLASS_VERSION(VersionedTuple, 3)

TEST_CASE("archive: named members are a dict, read in any order", "[archive]") {
    CHECK(python(Point{1, 2}) == "{'x': 1, 'y': 2}");
    CHECK(support::comes_back(std::vector{Point{1, 2}, Point{3, 4}}));
    CHECK(from<Point>(dict({{"y", 2}, {"x", 1}})) == Point{1, 2});
    CHECK(from<Point>(dict({{"z", "extra"}, {"y", 2}, {7, 8}, {"x", 1}})) == Point{1, 2});
    CHECK(from<Point>(dict({{parley::legacy_str("x"), 1}, {"y", 2}})) == Point{1, 2});
}

TEST_CASE("archive: a missing member is an error unless it is optional", "[archive]") {
    CHECK(reading<Point>(dict({{"x", 1}})) == "no such key: at y: expected int, got nothing");
    CHECK(from<Reading>(dict({{"sensor", "a"}, {"track", parley::list()}})) ==
          Reading{"a", std::nullopt, {}});
    CHECK(support::comes_back(Reading{"oven", 21.5, {{1, 2}, {3, 4}}}));
}

TEST_CASE("archive: members of a dict with many keys are found by its index", "[archive]") {
    std::vector<parley::Entry> entries;
    for (int i = 0; i < 1000; ++i)
        entries.push_back({"key" + std::to_string(i), i});
    entries.push_back({"y", 2});
    entries.insert(entries.begin(), {"x", 1});
    CHECK(from<Point>(dict(entries)) == Point{1, 2});
}

TEST_CASE("archive: unnamed members are a tuple of just that length", "[archive]") {
    CHECK(python(Pair{1, "x"}) == "(1, 'x')");
    CHECK(support::comes_back(std::vector<Pair>(3, Pair{1, "x"})));
    CHECK(from<Pair>(parley::list(1, "x")) == Pair{1, "x"});
    CHECK(reading<Pair>(parley::tuple(1)) == "wrong type: at [1]: expected str, got only 1 item");
    CHECK(reading<Pair>(parley::tuple(1, "x", 2)) == "wrong type: expected 2 items, got 3");
    CHECK(reading<Point>(parley::tuple(1, 2)) == "wrong type: expected dict, got tuple (1, 2)");
    CHECK(reading<Point>(Value(1)) == "wrong type: expected dict, got int 1");
}

TEST_CASE("archive: an unnamed member of a dict has its position as its key", "[archive]") {
    CHECK(python(Mixed{}) == "{'a': 1, 1: 2, 'c': 3}");
    CHECK(support::comes_back(Mixed{4, 5, 6}));
    CHECK(from<Mixed>(dict({{1, 5}, {"c", 6}, {"a", 4}})) == Mixed{4, 5, 6});
    CHECK(python(Empty{}) == "{}");
    CHECK(support::comes_back(std::vector<Empty>(2)));
}

TEST_CASE("archive: a name that is used again is told apart by a number", "[archive]") {
    const Repeating twice{{7, 8}, {1, 2}};
    CHECK(python(twice) ==
          "{'count': 2, 'x': 7, 'between': {'x': 1, 'y': 2}, 'x#2': 8, 'between#2': {'x': 1, 'y': "
          "2}}");
    CHECK(support::comes_back(twice));
    Repeating many{std::vector<int>(500), {}};
    for (int i = 0; i < 500; ++i)
        many.items[static_cast<std::size_t>(i)] = i;
    CHECK(support::comes_back(many));
    CHECK(python(std::vector<Dynamic>(2)) ==
          "[{'v0': 1, 'v1': 2, 'v2': 3}, {'v0': 1, 'v1': 2, 'v2': 3}]");
}

TEST_CASE("archive: split save and load functions, inside and outside of the class", "[archive]") {
    Split split;
    split.text = "abc";
    CHECK(python(split) == "{'reversed': 'cba'}");
    CHECK(from<Split>(support::value_of(split)).text == "abc");
    CHECK(python(Foreign{5}) == "{'number': 5}");
    CHECK(from<Foreign>(support::value_of(Foreign{5})).number == 5);
}

TEST_CASE("archive: Boost's wrappers and containers that are classes to it", "[archive]") {
    CHECK(python(Blob{}).starts_with("{'numbers': b'\\x01\\x00"));
    Blob blob;
    blob.numbers[3] = 0;
    blob.weights[1] = 0;
    blob = from<Blob>(support::value_of(Blob{}));
    CHECK((blob.numbers[3] == 4 && blob.weights[1] == 1.5));
    CHECK(reading<Blob>(dict({{"numbers", parley::bytes("x")}})) ==
          "wrong type: at numbers: expected 16 bytes, got 1");
    CHECK(from<std::bitset<9>>(support::value_of(std::bitset<9>(5))) == 5);
}

TEST_CASE("archive: bases merge into the derived dict, members of their type do not", "[archive]") {
    Derived derived;
    derived.Base::id = 1;
    derived.Second::id = 2;
    derived.other.id = 3;
    CHECK(python(derived) == "{'id': 1, 'id#2': 2, 'other': {'id': 3}}");
    const auto read = from<Derived>(support::value_of(derived));
    CHECK((read.Base::id == 1 && read.Second::id == 2 && read.other.id == 3));
    Longer longer;
    longer.first = 1;
    longer.third = 0.5;
    CHECK(python(longer) == "(1, '', 0.5)");
    CHECK(from<Longer>(support::value_of(longer)).third == 0.5);
}

TEST_CASE("archive: a virtual base is there once", "[archive]") {
    Diamond diamond;
    diamond.root = 1;
    diamond.left = 2;
    diamond.right = 3;
    CHECK(python(diamond) == "{'root': 1, 'left': 2, 'right': 3}");
    const auto read = from<Diamond>(support::value_of(diamond));
    CHECK((read.root == 1 && read.left == 2 && read.right == 3));
}

TEST_CASE("archive: a version above 0 is a key", "[archive]") {
    CHECK(python(Versioned{1, 2}) == "{'__version__': 2, 'kept': 1, 'added': 2}");
    CHECK(from<Versioned>(support::value_of(Versioned{1, 2})).added == 2);
    CHECK(from<Versioned>(dict({{"kept", 1}})).added == -1);
    CHECK(from<Versioned>(dict({{"added", 5}, {"kept", 1}, {"__version__", 2}})).added == 5);
    CHECK(reading<Versioned>(dict({{"__version__", 3}})) ==
          "out of range: expected class version 2 or older, got version 3");
    CHECK(reading<Point>(dict({{"__version__", 1}, {"x", 1}})) ==
          "out of range: expected class version 0 or older, got version 1");
    CHECK(reading<Versioned>(dict({{"__version__", "x"}})).starts_with("wrong type"));
}

TEST_CASE("archive: versions of bases, and of classes with unnamed members", "[archive]") {
    VersionedBase derived;
    derived.added = 5;
    derived.own = 6;
    CHECK(python(derived) == "{'__version__.Versioned': 2, 'kept': 0, 'added': 5, 'own': 6}");
    const auto read = from<VersionedBase>(support::value_of(derived));
    CHECK((read.added == 5 && read.own == 6));
    VersionedTuple tuple{1, 2};
    CHECK(python(tuple) == "{'__version__': 3, 0: 1, 1: 2}");
    CHECK(from<VersionedTuple>(support::value_of(tuple)).seen == 3);
    CHECK(from<VersionedTuple>(parley::tuple(1, 2)).seen == 0);
}

TEST_CASE("archive: each object is a pickle of its own, one behind the other", "[archive]") {
    parley::Buffer out;
    parley::pickle::OutputArchive output(out);
    output << Point{1, 2} << std::string("between");
    const int number = 7;
    output << make_nvp("number", number);
    parley::pickle::InputArchive input(parley::ConstBytes(out.data(), out.size()));
    Point point;
    std::string text;
    int read = 0;
    input >> point >> text >> make_nvp("number", read);
    CHECK((point == Point{1, 2} && text == "between" && read == 7));
    CHECK_THROWS_AS(input >> point, parley::PickleError);
}

TEST_CASE("archive: one behind the other are the pickles of every protocol, too", "[archive]") {
    const std::vector<std::pair<std::string, Value>> pickles{
        {"I300\n."s, 300},
        {"L300L\n."s, 300},
        {"F1.5\n."s, 1.5},
        {"S'old'\n."s, parley::legacy_str("old")},
        {"Vtext\n."s, "text"},
        {"(lp0\nI1\nag0\n0."s, parley::list(1)},
        {"cthings\nThing\n."s, parley::global("things", "Thing")},
        {"(ithings\nThing\n."s, parley::Value()},
        {"K\7."s, 7},
        {"M\1\1."s, 257},
        {"J\1\0\0\1."s, 0x1000001},
        {"G\x3f\xf8\0\0\0\0\0\0."s, 1.5},
        {"\x8a\1\7."s, 7},
        {"\x8b\1\0\0\0\7."s, 7},
        {"U\3old."s, parley::legacy_str("old")},
        {"T\3\0\0\0old."s, parley::legacy_str("old")},
        {"C\3raw."s, parley::bytes("raw")},
        {"B\3\0\0\0raw."s, parley::bytes("raw")},
        {"\x8e\3\0\0\0\0\0\0\0raw."s, parley::bytes("raw")},
        {"\x96\3\0\0\0\0\0\0\0raw."s, parley::bytearray("raw")},
        {"\x8c\4text."s, "text"},
        {"X\4\0\0\0text."s, "text"},
        {"\x8d\4\0\0\0\0\0\0\0text."s, "text"},
        {"\x80\2]q\0h\0a0K\1."s, 1},
        {"]r\0\0\0\0j\0\0\0\0a0K\1."s, 1},
        {"\x82\1."s, parley::extension(1)},
        {"\x83\1\0."s, parley::extension(1)},
        {"\x84\1\0\0\0."s, parley::extension(1)},
        {"Pid\n."s, parley::persistent_id("id")},
        {"\x80\4\x95\3\0\0\0\0\0\0\0K\7."s, 7},
    };
    std::string all;
    for (const auto& [pickle, value] : pickles)
        all += pickle;
    parley::pickle::InputArchive input(support::as_bytes(all));
    for (const auto& [pickle, value] : pickles) {
        INFO(pickle);
        Value read;
        input >> read;
        if (pickle.starts_with("(i"))
            CHECK(read.is_object());
        else
            CHECK(read == value);
    }
}

TEST_CASE("archive: a pickle that ends inside an argument is truncated", "[archive]") {
    for (const char* pickle : {"K", "I300", "S'old'", "cthings\nThing", "X\4\1\1\1te", "X\4"}) {
        INFO(pickle);
        parley::pickle::InputArchive input(support::as_bytes(pickle));
        Value read;
        try {
            input >> read;
            FAIL("it was read");
        } catch (const parley::PickleError& error) {
            CHECK(error.code() == parley::Errc::pickle_truncated);
        }
    }
}

TEST_CASE("archive: an archive used by itself throws and says where", "[archive]") {
    parley::Buffer out;
    CHECK_THROWS_AS(parley::pickle::OutputArchive(out, {.protocol = 6}), parley::UsageError);
    parley::pickle::InputArchive input(dict({{"x", 1}, {"y", "2"}}));
    Point point;
    CHECK_THROWS_WITH(input >> point, "wrong type: at y: expected int, got str '2'");
    CHECK_THROWS_AS(parley::pickle::InputArchive(parley::list()) >> point, parley::TypeError);
}

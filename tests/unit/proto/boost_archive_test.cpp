#include "support/typed.hpp"

#include <parley/boost_archive.hpp>

#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <string>
#include <vector>

using parley::BinaryArchive;
using parley::TextArchive;
using parley::Value;

namespace box {

struct Reading {
    std::string sensor;
    double value = 0;
    friend bool operator==(const Reading&, const Reading&) = default;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value);
    }
};
using Readings = std::vector<Reading>;

/// Carries an archive among members that Python understands.
struct Parcel {
    std::string to;
    BinaryArchive<Readings> content;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(to) & BOOST_SERIALIZATION_NVP(content);
    }
};
struct Unregistered {
    virtual ~Unregistered() = default;
    template <typename Archive>
    void serialize(Archive&, unsigned) {}
};
struct Derived : Unregistered {};

const Readings readings{{"oven", 21.5}, {"cellar", 12}};

}  // namespace box

using box::Readings;
using box::readings;

TEST_CASE("boost archive: binary and text archives come back, as bytes", "[archive]") {
    const Value binary = support::value_of(parley::as_binary_archive(readings));
    CHECK(binary.is_bytes());
    CHECK(support::from<BinaryArchive<Readings>>(binary).object == readings);
    const Value text = support::value_of(parley::as_text_archive(readings), 2);
    CHECK(text.is_bytes());
    CHECK(support::from<TextArchive<Readings>>(text).object == readings);
    CHECK(support::value_of(BinaryArchive<Readings>{readings}) == binary);
}

TEST_CASE("boost archive: one may be a member of what Python understands", "[archive]") {
    const box::Parcel parcel{"kitchen", {readings}};
    const Value value = support::value_of(parcel);
    CHECK(value.at("to") == Value("kitchen"));
    const auto came = support::from<box::Parcel>(value);
    CHECK((came.to == "kitchen" && came.content.object == readings));
}

TEST_CASE("boost archive: one that is broken is an error with its path", "[archive]") {
    const auto says = [](const Value& content) {
        return support::reading<box::Parcel>(parley::dict({{"to", "x"}, {"content", content}}));
    };
    const std::string start =
        "wrong type: at content: expected a Boost archive of std::vector<box::Reading";
    CHECK(says(parley::bytes("garbage")).starts_with(start));
    CHECK(says(1) == "wrong type: at content: expected bytes, got int 1");
    const Value whole = support::value_of(parley::as_binary_archive(readings));
    const parley::ConstBytes bytes = whole.as_bytes();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK(says(parley::bytes(bytes.first(size))).starts_with(start));
    }
    std::string longer(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    longer += "more";
    CHECK(says(parley::bytes(longer)).starts_with(start));
}

TEST_CASE("boost archive: what Boost refuses to write is not picklable", "[archive]") {
    const std::unique_ptr<box::Unregistered> object = std::make_unique<box::Derived>();
    const box::Unregistered* const pointer = object.get();
    const parley::Failure failure = support::dump_failure(parley::as_text_archive(pointer));
    CHECK(failure.code == parley::Errc::not_picklable);
}

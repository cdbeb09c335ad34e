// What happens to a connection, and to the object, where a typed message fails.
#include "support/catch.hpp"

#include <parley/connection.hpp>
#include <parley/pipe.hpp>

#include <boost/serialization/nvp.hpp>
#include <boost/serialization/vector.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using parley::dict;
using parley::Errc;
using parley::list;
using parley::Value;

namespace {

struct Reading {
    std::string sensor;
    double value = 0;
    std::uint8_t level = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value) &
            BOOST_SERIALIZATION_NVP(level);
    }
    friend bool operator==(const Reading&, const Reading&) = default;
};

struct Log {
    std::vector<Reading> readings;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(readings);
    }
    friend bool operator==(const Log&, const Log&) = default;
};

/// Throws what is none of parley's errors.
struct Stubborn {
    int number = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(number);
        if (number < 0) throw std::domain_error("no such number");
    }
};

Value reading(const Value& value, const Value& level = 3) {
    return dict({{"sensor", "oven"}, {"value", value}, {"level", level}});
}

/// What is wrong with a message and what the error says, for each of the ways to be wrong.
const std::vector<std::pair<Value, std::string>>& unfit_logs() {
    static const std::vector<std::pair<Value, std::string>> logs{
        {dict({{"readings", list(reading(1.5), reading("abc"))}}),
         "wrong type: at readings[1].value: expected float, got str 'abc'"},
        {dict({{"readings", list(reading(1.5), reading(2.5, 256))}}),
         "out of range: at readings[1].level: expected an int from 0 to 255, got int 256"},
        {dict({{"readings", list(dict({{"sensor", "oven"}, {"value", 1}}))}}),
         "no such key: at readings[0].level: expected int, got nothing"},
        {dict({{"readings", 7}}), "wrong type: at readings: expected list, got int 7"},
        {dict({{"lines", list()}}), "no such key: at readings: expected list, got nothing"},
        {Value("text"), "wrong type: expected dict, got str 'text'"},
    };
    return logs;
}

/// What a TypeError says, without the peer that it ends with.
template <typename Call>
std::string type_error_of(Call call) {
    try {
        call();
    } catch (const parley::TypeError& error) {
        const std::string words = error.what();
        return words.substr(0, words.find(", peer "));
    }
    return "no error";
}

}  // namespace

TEST_CASE("connection: recv<T> says where a message does not fit, and the connection goes on",
          "[connection]") {
    auto [here, there] = parley::Pipe();
    for (const auto& [message, words] : unfit_logs()) {
        here.send(message);
        here.send(Log{{{"oven", 1.5, 3}}});
        CHECK(type_error_of([&, &there = there] { static_cast<void>(there.recv<Log>()); }) ==
              words);
        CHECK(there.recv<Log>() == Log{{{"oven", 1.5, 3}}});
    }
}

TEST_CASE("connection: recv_into leaves the object as it was where a message does not fit",
          "[connection]") {
    auto [here, there] = parley::Pipe();
    const Log before{{{"kettle", 99, 1}, {"oven", 180, 2}}};
    for (const auto& [message, words] : unfit_logs()) {
        Log log = before;
        here.send(message);
        CHECK(type_error_of([&, &there = there] { there.recv_into(log); }) == words);
        CHECK(log == before);
        here.send(Log{});
        there.recv_into(log);
        CHECK(log == Log{});
    }
}

TEST_CASE("connection: what serialize throws goes through, and the connection goes on",
          "[connection]") {
    auto [here, there] = parley::Pipe();
    here.send(dict({{"number", -1}}));
    here.send(dict({{"number", 1}}));
    Stubborn object{5};
    CHECK_THROWS_AS(there.recv_into(object), std::domain_error);
    CHECK(object.number == 5);
    CHECK(there.recv<Stubborn>().number == 1);
    CHECK_THROWS_AS(here.send(Stubborn{-1}), std::domain_error);
    here.send(7);
    CHECK(there.recv<int>() == 7);
}

TEST_CASE("connection: an object that has no pickle is not sent at all", "[connection]") {
    auto [here, there] = parley::Pipe();
    const Log log{{{"oven", 1.5, 3}, {"\xff\xfe", 2, 4}}};
    try {
        here.send(log);
        FAIL("sent");
    } catch (const parley::PickleError& error) {
        CHECK(error.code() == Errc::not_picklable);
        CHECK(std::string(error.what()).find("at readings[1].sensor: expected UTF-8 text") !=
              std::string::npos);
    }
    CHECK_FALSE(there.poll());
    here.send(Log{});
    CHECK(there.recv<Log>() == Log{});
}

TEST_CASE("connection: a typed message that is no pickle is consumed as well", "[connection]") {
    auto [here, there] = parley::Pipe();
    here.send_bytes("junk!");
    here.send(7);
    CHECK_THROWS_AS(static_cast<void>(there.recv<int>()), parley::PickleError);
    CHECK(there.recv<int>() == 7);
}

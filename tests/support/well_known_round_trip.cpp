// Reads lines "TYPE PROTOCOL PICKLE", the pickle in hexadecimal, and answers each with one line:
// "=" and what is asked for, in hexadecimal too, or "!" and what is wrong. TYPE names a C++ type of
// parley's, and asks for the pickle of the value read as that type; or it is "repr" and asks for
// that. Driven by tests/interop/well_known_test.py.
#include "support/bytes.hpp"

#include <parley/array.hpp>
#include <parley/collections.hpp>
#include <parley/datetime.hpp>
#include <parley/decimal.hpp>
#include <parley/enum.hpp>
#include <parley/exception.hpp>
#include <parley/fraction.hpp>
#include <parley/ndarray.hpp>
#include <parley/path.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>
#include <parley/range.hpp>
#include <parley/record.hpp>
#include <parley/repr.hpp>
#include <parley/uuid.hpp>

#include <iostream>
#include <map>
#include <sstream>
#include <string>

namespace {

using parley::Value;

template <typename T>
Value as(const Value& value) {
    return value.get<T>();
}

const std::map<std::string, Value (*)(const Value&)> types = {
    {"Array", as<parley::Array>},
    {"Counter", as<parley::Counter>},
    {"DType", as<parley::DType>},
    {"DataClass", as<parley::DataClass>},
    {"Date", as<parley::Date>},
    {"DateTime", as<parley::DateTime>},
    {"Decimal", as<parley::Decimal>},
    {"DefaultDict", as<parley::DefaultDict>},
    {"Deque", as<parley::Deque>},
    {"EnumMember", as<parley::EnumMember>},
    {"Exception", as<parley::Exception>},
    {"Fraction", as<parley::Fraction>},
    {"NamedTuple", as<parley::NamedTuple>},
    {"NdArray", as<parley::NdArray>},
    {"NumpyScalar", as<parley::NumpyScalar>},
    {"OrderedDict", as<parley::OrderedDict>},
    {"Path", as<parley::Path>},
    {"Range", as<parley::Range>},
    {"Slice", as<parley::Slice>},
    {"Time", as<parley::Time>},
    {"TimeDelta", as<parley::TimeDelta>},
    {"TimeZone", as<parley::TimeZone>},
    {"Uuid", as<parley::Uuid>},
};

std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string type;
    std::string pickle;
    parley::pickle::DumpOptions options;
    words >> type >> options.protocol >> pickle;
    const std::string bytes = support::from_hex(pickle);
    const Value value = parley::pickle::loads(support::as_bytes(bytes)).value();
    if (type == "repr") return parley::repr(value);
    return std::string(parley::pickle::dumps(types.at(type)(value), options).value().view());
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << "=" + support::to_hex(answer(line)) << std::endl;
        } catch (const std::exception& error) {
            std::cout << "!" << error.what() << std::endl;
        }
    }
}

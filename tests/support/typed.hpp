// Objects into pickles and back, for tests of the archives.
#pragma once

#include "support/catch.hpp"

#include <parley/pickle/archive.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/repr.hpp>

#include <string>
#include <utility>

namespace support {

template <typename T>
parley::Buffer pickled(const T& object, int protocol = 4) {
    parley::Buffer out;
    parley::pickle::dumps(object, out, {.protocol = protocol}).value();
    return out;
}

/// The value that the reader finds in the pickle of an object.
template <typename T>
parley::Value value_of(const T& object, int protocol = 4) {
    return parley::pickle::loads(pickled(object, protocol)).value();
}

/// The same as Python's repr().
template <typename T>
std::string python(const T& object, int protocol = 4) {
    return parley::repr(value_of(object, protocol));
}

/// The object that comes back in every protocol; they must all be equal to it.
template <typename T>
bool comes_back(const T& object) {
    for (int protocol = 2; protocol <= 5; ++protocol) {
        const auto read = parley::pickle::loads<T>(pickled(object, protocol));
        if (!read) {
            UNSCOPED_INFO("protocol " << protocol << ": " << read.error().message());
            return false;
        }
        if (!(*read == object)) return false;
    }
    return true;
}

/// What loading such an object from a value says, or "read" if nothing is wrong.
template <typename T>
std::string reading(const parley::Value& value, const parley::pickle::DecodeOptions& options = {}) {
    const parley::Result<T> read = parley::pickle::from_value<T>(value, options);
    return read ? "read" : read.error().message();
}

/// The object of a value. Throws where it is none.
template <typename T>
T from(const parley::Value& value) {
    return parley::pickle::from_value<T>(value).value();
}

template <typename T>
parley::Failure dump_failure(const T& object, const parley::pickle::EncodeOptions& options = {}) {
    parley::Buffer out(std::as_bytes(std::span("before", 6)));
    const parley::Result<void> written = parley::pickle::dumps(object, out, options);
    CHECK(out.view() == "before");
    REQUIRE(written.has_error());
    return written.error();
}

}  // namespace support

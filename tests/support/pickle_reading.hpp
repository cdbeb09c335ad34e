#pragma once

#include "bytes.hpp"
#include "catch.hpp"

#include <parley/pickle/reader.hpp>

#include <string_view>

/// Pickles written out by hand, and what reading them gives.
namespace support {

inline parley::Result<parley::Value> try_load(std::string_view pickle,
                                              const parley::pickle::LoadOptions& options = {}) {
    return parley::pickle::loads(as_bytes(pickle), options);
}

inline parley::Value load(std::string_view pickle) {
    return try_load(pickle).value();
}

/// The code of the error, and its words.
inline void check_load_error(std::string_view pickle, parley::Errc code, std::string_view words,
                             const parley::pickle::LoadOptions& options = {}) {
    INFO(to_hex(pickle));
    const auto result = try_load(pickle, options);
    REQUIRE(result.has_error());
    CHECK(result.error().code == code);
    CHECK(result.error().detail == words);
}

}  // namespace support

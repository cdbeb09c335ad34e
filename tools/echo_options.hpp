// How `parley echo` serves.
#pragma once

#include <parley/time_limit.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace parley::tools {

struct EchoOptions {
    /// Relay the bytes unread, instead of through the value model.
    bool raw = false;
    /// How many threads serve.
    unsigned threads = 1;
    /// The most clients that are served at once; more wait.
    std::optional<std::size_t> max_connections = std::nullopt;
    /// A client that says nothing for so long is dropped.
    TimeLimit idle_timeout = std::nullopt;
    /// How long clients may take to finish what they have begun when the server is to end.
    std::chrono::nanoseconds drain = std::chrono::seconds(5);
};

}  // namespace parley::tools

// The operating system's errors as failures.
#pragma once

#include <parley/error.hpp>

#include <cerrno>
#include <string>
#include <utility>

namespace parley {

[[nodiscard]] inline Failure system_failure(int error, std::string detail = {}) {
    return {boost::system::error_code(error, boost::system::system_category()), std::move(detail)};
}

/// What a call ends with that was cancelled, or whose connection another thread has closed.
[[nodiscard]] inline Failure canceled() {
    return system_failure(ECANCELED);
}

}  // namespace parley

// Values in format strings: fmt::format("{:>20}", value) and std::format, where there are these
// libraries, write Python's repr().
#pragma once

#include <parley/repr.hpp>
#include <parley/value.hpp>

#include <string>
#include <string_view>
#include <version>

#if __has_include(<fmt/format.h>)
#include <fmt/format.h>

/// Takes what strings take: fill, alignment, width and precision.
template <>
struct fmt::formatter<parley::Value> : fmt::formatter<std::string_view> {
    template <typename Context>
    auto format(const parley::Value& value, Context& context) const {
        const std::string text = parley::repr(value);
        return fmt::formatter<std::string_view>::format(std::string_view(text), context);
    }
};
#endif

#ifdef __cpp_lib_format
#include <format>

/// Takes what strings take: fill, alignment, width and precision.
template <>
struct std::formatter<parley::Value> : std::formatter<std::string_view> {
    template <typename Context>
    auto format(const parley::Value& value, Context& context) const {
        const std::string text = parley::repr(value);
        return std::formatter<std::string_view>::format(std::string_view(text), context);
    }
};
#endif

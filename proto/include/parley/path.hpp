// Python's pathlib.
#pragma once

#include <parley/well_known.hpp>

#include <filesystem>
#include <string>

namespace parley {

/// A path of pathlib, as text with its own flavour's separators.
struct Path {
    enum class Flavour { posix, windows };

    std::string text = ".";
    Flavour flavour = Flavour::posix;
    bool pure = false;  ///< PurePosixPath or PureWindowsPath: good on any system.

    [[nodiscard]] static Result<Path> from_value(const Value& value);
    /// A PosixPath or WindowsPath is refused by Pythons on the other kind of system: make it `pure`
    /// for those.
    operator Value() const;  // NOLINT(google-explicit-constructor)

    friend bool operator==(const Path&, const Path&) = default;
};

template <>
struct FromValue<std::filesystem::path> {
    static std::filesystem::path from(const Value& value) { return value.get<Path>().text; }
};

}  // namespace parley

#include "instance.hpp"

#include <parley/path.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace parley {
namespace {

struct PathType {
    std::string_view qualname;
    Path::Flavour flavour;
    bool pure;
};

constexpr std::array<PathType, 4> path_types = {{
    {"PosixPath", Path::Flavour::posix, false},
    {"WindowsPath", Path::Flavour::windows, false},
    {"PurePosixPath", Path::Flavour::posix, true},
    {"PureWindowsPath", Path::Flavour::windows, true},
}};

// Python 3.13 names the module that pathlib is made of.
bool is_path(const Object& object, const PathType& type) {
    return object.is_instance("pathlib", type.qualname) ||
           object.is_instance("pathlib._local", type.qualname);
}

// Python before 3.12 sends the parts, of which the first one may end in a separator, being the
// root.
std::optional<std::string> joined(const std::vector<Value>& parts, char separator) {
    if (parts.empty()) return ".";
    std::string path;
    for (const Value& part : parts) {
        const std::optional<std::string> text = well_known::text(part);
        if (!text) return std::nullopt;
        if (!path.empty() && path.back() != separator && path.back() != '/') path += separator;
        path += *text;
    }
    return path;
}

}  // namespace

Result<Path> Path::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || object->form() == Form::reference) {
        return well_known::wrong_type("pathlib.Path", value);
    }
    for (const PathType& type : path_types) {
        if (!is_path(*object, type)) continue;
        const char separator = type.flavour == Flavour::posix ? '/' : '\\';
        std::optional<std::string> text = joined(well_known::arguments(*object), separator);
        if (!text) break;
        return Path{*std::move(text), type.flavour, type.pure};
    }
    return well_known::wrong_type("pathlib.Path", value);
}

Path::operator Value() const {
    for (const PathType& type : path_types) {
        if (type.flavour != flavour || type.pure != pure) continue;
        return call(global("pathlib", type.qualname), tuple(text));
    }
    return {};
}

}  // namespace parley

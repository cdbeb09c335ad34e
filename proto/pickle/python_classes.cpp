#include <parley/pickle/python_classes.hpp>

#include <algorithm>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace parley::pickle {
namespace {

using TypeInfo = boost::serialization::extended_type_info;

std::string joined(std::string_view module, std::string_view qualname) {
    return std::string(module) + '.' + std::string(qualname);
}

/// Written to while the program or a library of it is being loaded.
class Registry {
public:
    void add(const TypeInfo& type, const PythonName& name) {
        const std::unique_lock lock(mutex_);
        by_type_.insert_or_assign(&type, name);
        by_name_.insert_or_assign(joined(name.module, name.qualname), &type);
    }

    const PythonName* find(const TypeInfo& type) {
        {
            const std::shared_lock lock(mutex_);
            if (const auto found = by_type_.find(&type); found != by_type_.end()) {
                return found->second ? &*found->second : nullptr;
            }
        }
        const char* const key = type.get_key();
        const std::unique_lock lock(mutex_);
        std::optional<PythonName>& name = by_type_[&type];
        if (!name && key != nullptr) name = parse_export_name(key);
        return name ? &*name : nullptr;
    }

    const TypeInfo* find(const std::string& name) const {
        {
            const std::shared_lock lock(mutex_);
            if (const auto found = by_name_.find(name); found != by_name_.end()) {
                return found->second;
            }
        }
        return parse_export_name(name) ? TypeInfo::find(name.c_str()) : nullptr;
    }

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<const TypeInfo*, std::optional<PythonName>> by_type_;
    std::unordered_map<std::string, const TypeInfo*> by_name_;
};

Registry& registry() {
    // Never destroyed: objects may be sent while the program ends.
    static Registry& only = *new Registry;
    return only;
}

bool is_identifier(std::string_view text) noexcept {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
    };
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::optional<PythonName> parse_export_name(std::string_view name) noexcept {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const PythonName parsed{name.substr(0, dot), name.substr(dot + 1)};
    std::string_view rest = name;
    for (;;) {
        const std::size_t end = rest.find('.');
        if (!is_identifier(rest.substr(0, end))) return std::nullopt;
        if (end == std::string_view::npos) return parsed;
        rest.remove_prefix(end + 1);
    }
}

void add_python_class(const TypeInfo& type, const PythonName& name) {
    registry().add(type, name);
}

const PythonName* find_python_class(const TypeInfo& type) {
    return registry().find(type);
}

const TypeInfo* find_class(std::string_view module, std::string_view qualname) {
    return registry().find(joined(module, qualname));
}

}  // namespace parley::pickle

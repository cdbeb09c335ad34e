#include "names.hpp"

#include <algorithm>
#include <compare>
#include <iterator>
#include <span>

namespace parley::pickle {
namespace {

struct ModuleNames {
    std::string_view from;
    std::string_view to;
};

struct GlobalNames {
    QualifiedName from;
    QualifiedName to;
};

#include "names_table.inc"

bool before(const QualifiedName& left, const QualifiedName& right) noexcept {
    return left.module != right.module ? left.module < right.module : left.name < right.name;
}

QualifiedName translate(QualifiedName name, std::span<const GlobalNames> globals,
                        std::span<const ModuleNames> modules) noexcept {
    const auto global = std::ranges::lower_bound(globals, name, before,
                                                 [](const auto& entry) { return entry.from; });
    if (global != globals.end() && global->from == name) return global->to;
    const auto module = std::ranges::lower_bound(modules, name.module, {},
                                                 [](const auto& entry) { return entry.from; });
    if (module != modules.end() && module->from == name.module) return {module->to, name.name};
    return name;
}

}  // namespace

QualifiedName modern_name(QualifiedName legacy) noexcept {
    return translate(legacy, modern_globals, modern_modules);
}

QualifiedName modern_name(const GlobalNode& global) noexcept {
    const QualifiedName came{global.module.text_view(), global.name.text_view()};
    return global.legacy_names ? modern_name(came) : came;
}

QualifiedName legacy_name(QualifiedName modern) noexcept {
    return translate(modern, legacy_globals, legacy_modules);
}

}  // namespace parley::pickle

// The enumerators of a C++ enum by name: some Pythons send the members of an enum by theirs.
#pragma once

#include <parley/python_class.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley::pickle {

/// The name of an enumerator as the compiler spells it, or nothing for a value without one.
template <auto Value>
[[nodiscard]] constexpr std::string_view enumerator_name() noexcept {
    // GCC: `[with auto Value = lab::Color::red; ...]`, clang: `[Value = lab::Color::red]`. A value
    // without a name is a cast: `(lab::Color)7`.
    std::string_view text = __PRETTY_FUNCTION__;
    constexpr std::string_view before = "Value = ";
    text.remove_prefix(text.find(before) + before.size());
    text = text.substr(0, text.find_first_of(";]"));
    if (text.find('(') == 0) return {};
    return text.substr(text.rfind(':') + 1);
}

/// Whether Python's name of a member means the C++ one: they may differ in case and underscores.
[[nodiscard]] bool is_same_member(std::string_view python, std::string_view cpp) noexcept;

/// The enumerator of that name among the values from -128 to 255, or among those that
/// PythonMembers lists.
template <typename Enum>
[[nodiscard]] std::optional<Enum> find_enumerator(std::string_view name) {
    if constexpr (requires { PythonMembers<Enum>::members; }) {
        for (const auto& [member, value] : PythonMembers<Enum>::members) {
            if (name == member) return value;
        }
    } else if constexpr (requires { Enum{0}; }) {
        using Number = std::underlying_type_t<Enum>;
        constexpr int least = std::is_signed_v<Number> ? -128 : 0;
        constexpr int greatest = sizeof(Number) == 1 && std::is_signed_v<Number> ? 127 : 255;
        constexpr auto names = []<int... At>(std::integer_sequence<int, At...>) {
            return std::array<std::string_view, sizeof...(At)>{
                enumerator_name<static_cast<Enum>(least + At)>()...};
        }
        (std::make_integer_sequence<int, greatest - least + 1>());
        for (std::size_t at = 0; at < names.size(); ++at) {
            if (is_same_member(name, names[at])) {
                return static_cast<Enum>(least + static_cast<int>(at));
            }
        }
    }
    return std::nullopt;
}

}  // namespace parley::pickle

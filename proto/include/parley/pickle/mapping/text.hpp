// Text: strings of every character type, C strings and file paths.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <boost/archive/basic_archive.hpp>
#include <boost/container/container_fwd.hpp>
#include <boost/serialization/string.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace parley::pickle {

/// What all kinds of text have in common.
struct TextMapping {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "str"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        if (cell.tag() == Tag::str) return Fit::exact;
        return cell.tag() == Tag::legacy_str ? Fit::possible : Fit::none;
    }
};

/// A string of chars that owns its text.
template <typename Text>
struct StringMapping : TextMapping {
    static void save(OutputArchive& archive, const Text& text) {
        archive.write_text({text.data(), text.size()});
    }
    static void load(InputArchive& archive, const Cell& cell, Text& text) {
        const std::string_view read = archive.text(cell);
        text.assign(read.data(), read.size());
    }
};

template <typename Traits, typename Allocator>
struct Mapping<std::basic_string<char, Traits, Allocator>>
    : StringMapping<std::basic_string<char, Traits, Allocator>> {};
template <typename Traits, typename Allocator>
struct Mapping<boost::container::basic_string<char, Traits, Allocator>>
    : StringMapping<boost::container::basic_string<char, Traits, Allocator>> {};

template <typename Traits>
struct Mapping<std::basic_string_view<char, Traits>> : TextMapping {
    static void save(OutputArchive& archive, std::basic_string_view<char, Traits> text) {
        archive.write_text({text.data(), text.size()});
    }
    template <typename T>
    static void load(InputArchive&, const Cell&, T&) {
        static_assert(!std::same_as<T, T>, "a view owns no text: receive into a std::string");
    }
};

/// Code units of UTF-8, UTF-16 or UTF-32, by their size, to and from UTF-8. A lone surrogate is
/// kept. Fails with the number of units that are text.
[[nodiscard]] bool append_units(std::string& out, const void* units, std::size_t count,
                                std::size_t unit_size);
/// Reads the code point at the head of a text; nothing where that is not UTF-8.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

template <typename Unit>
concept WideCharacter = std::same_as<Unit, wchar_t> || std::same_as<Unit, char8_t> ||
    std::same_as<Unit, char16_t> || std::same_as<Unit, char32_t>;

template <WideCharacter Unit, typename Traits>
struct Mapping<std::basic_string_view<Unit, Traits>> : TextMapping {
    static void save(OutputArchive& archive, std::basic_string_view<Unit, Traits> text) {
        std::string narrow;
        if (!append_units(narrow, text.data(), text.size(), sizeof(Unit))) {
            archive.fail(Errc::not_picklable, "expected Unicode text in a string");
        }
        archive.encoder().str(narrow);
    }
    template <typename T>
    static void load(InputArchive&, const Cell&, T&) {
        static_assert(!std::same_as<T, T>, "a view owns no text: receive into a std::string");
    }
};

template <WideCharacter Unit, typename Traits, typename Allocator>
struct Mapping<std::basic_string<Unit, Traits, Allocator>> : TextMapping {
    using Text = std::basic_string<Unit, Traits, Allocator>;

    static void save(OutputArchive& archive, const Text& text) {
        archive.write(std::basic_string_view<Unit, Traits>(text));
    }
    static void load(InputArchive& archive, const Cell& cell, Text& text) {
        std::string_view left = archive.text(cell);
        Text read;
        if constexpr (sizeof(Unit) == 1) {
            read.assign(reinterpret_cast<const Unit*>(left.data()), left.size());
        } else {
            while (!left.empty()) {
                // Python 2's str may be anything.
                const std::optional<char32_t> code_point = take_code_point(left);
                if (!code_point) archive.fail_type("str of UTF-8", cell);
                append(read, *code_point);
            }
        }
        text = std::move(read);
    }

private:
    static void append(Text& text, char32_t code_point) {
        if (sizeof(Unit) == 2 && code_point > 0xffff) {
            text += static_cast<Unit>(0xd7c0 + (code_point >> 10));
            text += static_cast<Unit>(0xdc00 + (code_point & 0x3ff));
        } else {
            text += static_cast<Unit>(code_point);
        }
    }
};

/// A C string in an array: up to its first NUL, or all of it.
template <std::size_t Size>
struct Mapping<char[Size]> : TextMapping {
    static void save(OutputArchive& archive, const char (&text)[Size]) {
        archive.write_text(
            {text, static_cast<std::size_t>(std::find(text, text + Size, '\0') - text)});
    }
    static void load(InputArchive& archive, const Cell& cell, char (&text)[Size]) {
        const std::string_view read = archive.text(cell);
        if (read.size() > Size) {
            archive.fail_range("a str of at most " + std::to_string(Size) + " bytes", cell);
        }
        std::fill(std::copy(read.begin(), read.end(), text), text + Size, '\0');
    }
};

template <typename T>
requires std::same_as < std::remove_const_t<T>,
char > struct Mapping<T*> : TextMapping {
    static void save(OutputArchive& archive, T* text) {
        if (text == nullptr)
            archive.encoder().none();
        else
            archive.write_text(text);
    }
    template <typename U>
    static void load(InputArchive&, const Cell&, U&) {
        static_assert(!std::same_as<U, U>, "a pointer owns no text: receive into a std::string");
    }
};

/// std::filesystem::path, without its header, which takes its time to compile.
template <typename T>
concept PathLike = std::is_class_v<T> && requires(const T& path) {
    T::preferred_separator;
    { path.native() } -> std::same_as<const std::string&>;
    path.lexically_normal();
};

template <PathLike T>
struct Mapping<T> : TextMapping {
    static void save(OutputArchive& archive, const T& path) { archive.write(path.native()); }
    static void load(InputArchive& archive, const Cell& cell, T& path) {
        path = std::string(archive.text(cell));
    }
};

/// A class's name among Boost's own records.
template <>
struct Mapping<boost::archive::class_name_type> : TextMapping {
    static void save(OutputArchive& archive, const boost::archive::class_name_type& name) {
        archive.write(static_cast<const char*>(name));
    }
    static void load(InputArchive& archive, const Cell& cell,
                     boost::archive::class_name_type& name) {
        const std::string_view text = archive.text(cell);
        if (text.size() >= BOOST_SERIALIZATION_MAX_KEY_SIZE) {
            archive.fail_range("the name of a class", cell);
        }
        static_cast<char*>(name)[text.copy(name, text.size())] = '\0';
    }
};

}  // namespace parley::pickle

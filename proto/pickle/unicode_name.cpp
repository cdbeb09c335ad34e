#include "unicode_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace parley::pickle {
namespace {

struct CodePointRange {
    char32_t first;
    char32_t last;
};

#include "unicode_name_table.inc"

constexpr std::uint64_t code_point_mask = (1U << 21U) - 1;

// The short names of the letters that make up a Hangul syllable (Unicode, section 3.12).
constexpr std::array<std::string_view, 19> leading = {"G", "GG", "N", "D",  "DD", "R", "M",
                                                      "B", "BB", "S", "SS", "",   "J", "JJ",
                                                      "C", "K",  "T", "P",  "H"};
constexpr std::array<std::string_view, 21> vowels = {"A",   "AE", "YA", "YAE", "EO", "E",  "YEO",
                                                     "YE",  "O",  "WA", "WAE", "OE", "YO", "U",
                                                     "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
constexpr std::array<std::string_view, 28> trailing = {
    "",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
    "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};

constexpr char upper(char character) noexcept {
    return character >= 'a' && character <= 'z' ? static_cast<char>(character - 0x20) : character;
}

std::uint64_t fnv1a(std::string_view name) noexcept {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char character : name) {
        value = (value ^ static_cast<unsigned char>(upper(character))) * 0x100000001b3;
    }
    return value;
}

// Takes the longest of the letters that the name goes on with.
template <std::size_t N>
std::optional<char32_t> take_letter(std::string_view& name,
                                    const std::array<std::string_view, N>& letters) {
    const std::string_view* longest = nullptr;
    for (const std::string_view& letter : letters) {
        if (name.starts_with(letter) && (!longest || letter.size() > longest->size())) {
            longest = &letter;
        }
    }
    if (!longest) return std::nullopt;
    name.remove_prefix(longest->size());
    return static_cast<char32_t>(longest - letters.data());
}

std::optional<char32_t> syllable(std::string_view letters) {
    const auto lead = take_letter(letters, leading);
    const auto vowel = take_letter(letters, vowels);
    const auto trail = take_letter(letters, trailing);
    if (!lead || !vowel || !trail || !letters.empty()) return std::nullopt;
    return 0xac00 + (*lead * 21 + *vowel) * 28 + *trail;
}

std::optional<char32_t> ideograph(std::string_view digits) {
    std::uint32_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto upper_case = [](char digit) { return digit < 'a'; };
    if (digits.size() < 4 || digits.size() > 5 ||
        !std::all_of(digits.begin(), digits.end(), upper_case) ||
        std::from_chars(digits.data(), end, value, 16).ptr != end) {
        return std::nullopt;
    }
    const auto holds = [&](CodePointRange range) {
        return range.first <= value && value <= range.last;
    };
    if (std::none_of(std::begin(ideographs), std::end(ideographs), holds)) return std::nullopt;
    return value;
}

}  // namespace

std::optional<char32_t> code_point_named(std::string_view name) {
    constexpr std::string_view by_number = "CJK UNIFIED IDEOGRAPH-";
    constexpr std::string_view by_letters = "HANGUL SYLLABLE ";
    if (name.starts_with(by_number)) return ideograph(name.substr(by_number.size()));
    if (name.starts_with(by_letters)) return syllable(name.substr(by_letters.size()));
    const std::uint64_t wanted = fnv1a(name) & ~code_point_mask;
    const auto* entry = std::lower_bound(std::begin(names), std::end(names), wanted);
    if (entry == std::end(names) || (*entry & ~code_point_mask) != wanted) return std::nullopt;
    return static_cast<char32_t>(*entry & code_point_mask);
}

}  // namespace parley::pickle

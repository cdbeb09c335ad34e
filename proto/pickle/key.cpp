#include "key.hpp"

#include "hash.hpp"
#include "names.hpp"
#include "number.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace parley::pickle {
namespace {

/// Longer text is hashed once and remembered, shorter text every time.
constexpr std::uint64_t short_text = 64;
constexpr std::uint64_t short_tuple = 8;

bool is_text(Tag tag) noexcept {
    return tag == Tag::str || tag == Tag::legacy_str;
}

bool is_bytes(Tag tag) noexcept {
    return tag == Tag::bytes || tag == Tag::bytes_node;
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<signed char>(c) >= 0; });
}

std::string_view content(const Cell& cell) noexcept {
    const std::span<const std::byte> bytes = cell.byte_span();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

KeyClass by_size(std::uint64_t size) noexcept {
    return size <= short_text ? KeyClass::simple : KeyClass::deep;
}

KeyClass classify_tuple(const Cell& tuple) noexcept {
    if (tuple.size() > short_tuple) return KeyClass::deep;
    for (std::uint64_t i = 0; i < tuple.size(); ++i) {
        const Cell& item = tuple.items()[i];
        if (item.tag() == Tag::tuple && item.size() != 0) return KeyClass::deep;
        if (is_nan(item)) return KeyClass::deep;
        const KeyClass part = classify_key(item);
        if (part != KeyClass::simple) return part;
    }
    return KeyClass::simple;
}

std::uint64_t hash_tagged(Tag tag, std::uint64_t word) noexcept {
    return hash_word(word, hash_seed() + static_cast<std::uint64_t>(tag));
}

std::uint64_t hash_double(double value) noexcept {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return hash_tagged(Tag::real, bits);
}

std::uint64_t hash_number(const Cell& number) noexcept {
    const Cell simple = simplest_number(number);
    switch (simple.tag()) {
        case Tag::integer:
            return hash_tagged(Tag::integer, static_cast<std::uint64_t>(simple.integer));
        case Tag::big_integer:
            return hash_bytes(simple.text_view(), hash_seed());
        case Tag::complex:
            return mix(hash_double(simple.complex()->real + 0.0),
                       hash_double(simple.complex()->imag + 0.0) + 1);
        default:
            break;
    }
    const bool integral = std::isfinite(simple.real) && std::trunc(simple.real) == simple.real;
    return integral ? hash_bytes(integer_bytes(simple.real), hash_seed())
                    : hash_double(simple.real);
}

std::uint64_t hash_global(const GlobalNode& global) noexcept {
    const QualifiedName name = modern_name(global);
    return combine_hashes(hash_bytes(name.module, hash_seed()),
                          hash_bytes(name.name, hash_seed() + 1));
}

KeyClass classify_global(const GlobalNode& global) noexcept {
    const QualifiedName name = modern_name(global);
    return by_size(name.module.size() + name.name.size());
}

}  // namespace

std::uint64_t hash_seed() noexcept {
    static const int anchor = 0;
    // Where the program and its stack lie is the one secret that needs no random source.
    static const std::uint64_t seed = [] {
        const int here = 0;
        return mix(reinterpret_cast<std::uintptr_t>(&anchor) ^ 0x9e3779b97f4a7c15,
                   reinterpret_cast<std::uintptr_t>(&here) ^ 0xd6e8feb86659fd93);
    }();
    return seed;
}

std::uint64_t hash_address(const Cell& cell) noexcept {
    return hash_tagged(cell.tag(), reinterpret_cast<std::uintptr_t>(cell.pointer));
}

std::uint64_t hash_tuple_size(std::uint64_t size) noexcept {
    return hash_tagged(Tag::tuple, size);
}

std::uint64_t combine_hashes(std::uint64_t hash, std::uint64_t part) noexcept {
    return mix(hash ^ part, 0x9fb21c651e98df25) + part;
}

bool is_nan(const Cell& cell) noexcept {
    if (cell.tag() == Tag::real) return std::isnan(cell.real);
    return cell.tag() == Tag::complex &&
           (std::isnan(cell.complex()->real) || std::isnan(cell.complex()->imag));
}

KeyClass classify_key(const Cell& key) noexcept {
    switch (key.tag()) {
        case Tag::list:
        case Tag::dict:
        case Tag::set:
        case Tag::bytearray:
            return KeyClass::unhashable;
        case Tag::str:
        case Tag::legacy_str:
        case Tag::bytes:
        case Tag::bytes_node:
        case Tag::big_integer:
            return by_size(key.size());
        case Tag::global:
            return classify_global(*key.global());
        case Tag::tuple:
            return classify_tuple(key);
        case Tag::frozenset:
            return KeyClass::deep;
        default:
            return KeyClass::simple;
    }
}

std::uint64_t hash_simple(const Cell& key) noexcept {
    switch (key.tag()) {
        case Tag::str:
        case Tag::legacy_str:
            return hash_bytes(key.text_view(), hash_seed());
        case Tag::bytes:
        case Tag::bytes_node:
            return hash_bytes(content(key), hash_seed() + 1);
        case Tag::boolean:
        case Tag::integer:
        case Tag::real:
        case Tag::complex:
        case Tag::big_integer:
            return hash_number(key);
        case Tag::global:
            return hash_global(*key.global());
        case Tag::tuple: {
            std::uint64_t hash = hash_tuple_size(key.size());
            for (std::uint64_t i = 0; i < key.size(); ++i) {
                hash = combine_hashes(hash, hash_simple(key.items()[i]));
            }
            return hash;
        }
        default:
            return key.is_pointer()
                       ? hash_address(key)
                       : hash_tagged(key.tag(), static_cast<std::uint64_t>(key.integer));
    }
}

bool equal_text(const Cell& left, const Cell& right) noexcept {
    if (left.text_view() != right.text_view()) return false;
    return left.tag() == right.tag() || is_ascii(left.text_view());
}

bool identical(const Cell& left, const Cell& right) noexcept {
    return left.tag() == right.tag() && left.integer == right.integer && !is_nan(left);
}

bool equal_simple(const Cell& left, const Cell& right) noexcept {
    if (is_number(left.tag())) return is_number(right.tag()) && equal_numbers(left, right);
    if (is_text(left.tag())) return is_text(right.tag()) && equal_text(left, right);
    if (is_bytes(left.tag())) return is_bytes(right.tag()) && content(left) == content(right);
    if (left.tag() != right.tag()) return false;
    if (left.integer == right.integer) return true;
    if (left.tag() == Tag::global) {
        return modern_name(*left.global()) == modern_name(*right.global());
    }
    if (left.tag() != Tag::tuple || left.size() != right.size()) return false;
    return std::equal(left.items(), left.items() + left.size(), right.items(), equal_simple);
}

}  // namespace parley::pickle

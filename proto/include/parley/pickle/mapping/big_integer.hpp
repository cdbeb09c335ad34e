// Integers of any size: those of Boost.Multiprecision, and any that have its export_bits.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace parley::pickle {

/// A number of Boost.Multiprecision that is an integer; its headers are the program's to include.
template <typename T>
concept BigInteger = std::is_class_v<T> && std::numeric_limits<T>::is_specialized &&
    std::numeric_limits<T>::is_integer &&
    requires(const T& number, std::back_insert_iterator<std::vector<unsigned char>> out) {
    typename T::backend_type;
    { number.sign() } -> std::convertible_to<int>;
    export_bits(number, out, 8U, false);
};

template <BigInteger T>
struct Mapping<T> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "int"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        return cell.tag() == Tag::integer || cell.tag() == Tag::big_integer ? Fit::exact
                                                                            : Fit::none;
    }
    static void save(OutputArchive& archive, const T& number) {
        // -n is ~(n - 1), and the magnitude of n - 1 has the bits that two's complement inverts.
        const bool is_negative = number.sign() < 0;
        std::vector<unsigned char> bytes;
        const T magnitude = is_negative ? inverted(number) : number;
        if (!magnitude.is_zero()) export_bits(magnitude, std::back_inserter(bytes), 8U, false);
        if (!bytes.empty() && (bytes.back() & 0x80U) != 0) bytes.push_back(0);
        if (is_negative) {
            if (bytes.empty()) bytes.push_back(0);
            for (unsigned char& byte : bytes)
                byte = static_cast<unsigned char>(~byte);
        }
        archive.write_integer(std::as_bytes(std::span(bytes)));
    }
    static void load(InputArchive& archive, const Cell& cell, T& number) {
        const std::string bytes = archive.int_bytes(cell);
        const bool is_negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
        std::vector<unsigned char> magnitude(bytes.begin(), bytes.end());
        if (is_negative) {
            for (unsigned char& byte : magnitude)
                byte = static_cast<unsigned char>(~byte);
        }
        // The last byte may hold nothing but the sign.
        while (!magnitude.empty() && magnitude.back() == 0)
            magnitude.pop_back();
        check_size(archive, cell, magnitude, is_negative);
        T read = 0;
        if (!magnitude.empty()) import_bits(read, magnitude.begin(), magnitude.end(), 8U, false);
        number = is_negative ? inverted(read) : read;
    }

private:
    /// ~n, as two's complement has it.
    static T inverted(const T& number) {
        if constexpr (std::numeric_limits<T>::is_signed)
            return T(-(number + 1));
        else
            return number;
    }
    static void check_size(InputArchive& archive, const Cell& cell,
                           const std::vector<unsigned char>& magnitude, bool is_negative) {
        if constexpr (!std::numeric_limits<T>::is_signed) {
            if (is_negative) archive.fail_range("an int of 0 or more", cell);
        }
        if constexpr (std::numeric_limits<T>::is_bounded) {
            constexpr auto digits = static_cast<std::size_t>(std::numeric_limits<T>::digits);
            const std::size_t bits =
                magnitude.empty()
                    ? 0
                    : 8 * magnitude.size() -
                          static_cast<std::size_t>(std::countl_zero(magnitude.back()));
            if (bits > digits) {
                archive.fail_range("an int of " + std::to_string(digits) + " bits", cell);
            }
        }
    }
};

}  // namespace parley::pickle

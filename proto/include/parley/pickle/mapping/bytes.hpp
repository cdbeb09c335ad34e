// Bytes: vectors, arrays and spans of std::byte, unsigned char or char.
#pragma once

#include <parley/buffer.hpp>
#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>

#include <boost/serialization/binary_object.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace parley::pickle {

/// What all kinds of bytes have in common.
struct BytesMapping {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "bytes"; }
    static Fit fit(const InputArchive&, const Cell& cell) noexcept {
        if (cell.tag() == Tag::bytes || cell.tag() == Tag::bytearray) return Fit::exact;
        return cell.tag() == Tag::legacy_str ? Fit::possible : Fit::none;
    }
    static void save_bytes(OutputArchive& archive, const void* data, std::size_t size) {
        archive.write_bytes({static_cast<const std::byte*>(data), size});
    }
    /// Reads bytes of just this size.
    static void load_bytes(InputArchive& archive, const Cell& cell, void* data, std::size_t size) {
        const ConstBytes bytes = archive.bytes(cell);
        if (bytes.size() != size) archive.fail_size(size, bytes.size(), "bytes");
        if (size != 0) std::memcpy(data, bytes.data(), size);
    }
};

template <ByteLike T, typename Allocator>
struct Mapping<std::vector<T, Allocator>> : BytesMapping {
    static void save(OutputArchive& archive, const std::vector<T, Allocator>& bytes) {
        save_bytes(archive, bytes.data(), bytes.size());
    }
    static void load(InputArchive& archive, const Cell& cell, std::vector<T, Allocator>& bytes) {
        const ConstBytes read = archive.bytes(cell);
        const auto* const begin = reinterpret_cast<const T*>(read.data());
        bytes.assign(begin, begin + read.size());
    }
};

template <ByteLike T, std::size_t Size>
struct Mapping<std::array<T, Size>> : BytesMapping {
    static void save(OutputArchive& archive, const std::array<T, Size>& bytes) {
        save_bytes(archive, bytes.data(), Size);
    }
    static void load(InputArchive& archive, const Cell& cell, std::array<T, Size>& bytes) {
        load_bytes(archive, cell, bytes.data(), Size);
    }
};

template <ByteLike T, std::size_t Size>
requires(!std::same_as<T, char>) struct Mapping<T[Size]> : BytesMapping {
    static void save(OutputArchive& archive, const T (&bytes)[Size]) {
        save_bytes(archive, bytes, Size);
    }
    static void load(InputArchive& archive, const Cell& cell, T (&bytes)[Size]) {
        load_bytes(archive, cell, bytes, Size);
    }
};

/// Reads over what the span shows, which must have the right size.
template <typename T, std::size_t Extent>
requires ByteLike<std::remove_const_t<T>>
struct Mapping<std::span<T, Extent>> : BytesMapping {
    static void save(OutputArchive& archive, std::span<T, Extent> bytes) {
        save_bytes(archive, bytes.data(), bytes.size());
    }
    static void load(InputArchive& archive, const Cell& cell, std::span<T, Extent> bytes) {
        static_assert(!std::is_const_v<T>, "a view owns no bytes: receive into a std::vector");
        load_bytes(archive, cell, bytes.data(), bytes.size());
    }
};

template <>
struct Mapping<Buffer> : BytesMapping {
    static void save(OutputArchive& archive, const Buffer& bytes) {
        save_bytes(archive, bytes.data(), bytes.size());
    }
    static void load(InputArchive& archive, const Cell& cell, Buffer& bytes) {
        bytes = Buffer(archive.bytes(cell));
    }
};

template <>
struct Mapping<boost::serialization::binary_object> : BytesMapping {
    using Object = boost::serialization::binary_object;

    static void save(OutputArchive& archive, const Object& object) {
        save_bytes(archive, object.m_t, object.m_size);
    }
    static void load(InputArchive& archive, const Cell& cell, const Object& object) {
        load_bytes(archive, cell, const_cast<void*>(static_cast<const void*>(object.m_t)),
                   object.m_size);
    }
};

}  // namespace parley::pickle

// Boost.Serialization's own archives inside of messages, for C++ at both ends: Python gets their
// content as bytes. docs/typed.md, "Boost's own archives", has their limits.
//
//     connection.send(parley::as_binary_archive(readings));
//     auto readings = connection.recv<parley::BinaryArchive<std::vector<Reading>>>().object;
#pragma once

#include <parley/buffer.hpp>
#include <parley/pickle/archive.hpp>

#include <boost/archive/archive_exception.hpp>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>

#include <cstddef>
#include <istream>
#include <new>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>

namespace parley {

/// A message, or a part of one, that is a Boost archive of one object: receive into it. `Output`
/// and `Input` are any pair of Boost's archives that work on streams. What an archive says is
/// believed: take it only from peers that prove the key.
template <typename T, typename Output, typename Input>
struct BoostArchive {
    T object{};
};
/// The same for sending an object that is the program's. Valid as long as that is.
template <typename T, typename Output>
struct BoostArchiveView {
    const T& object;
};

/// As fast and small as Boost has it; both ends must be of the same byte order, word size and
/// version of Boost, or one that reads the other's.
template <typename T>
using BinaryArchive =
    BoostArchive<T, boost::archive::binary_oarchive, boost::archive::binary_iarchive>;
/// For ends that differ.
template <typename T>
using TextArchive = BoostArchive<T, boost::archive::text_oarchive, boost::archive::text_iarchive>;

/// Sends an object as a BinaryArchive.
template <typename T>
[[nodiscard]] BoostArchiveView<T, boost::archive::binary_oarchive> as_binary_archive(
    const T& object) noexcept {
    return {object};
}
/// Sends an object as a TextArchive.
template <typename T>
[[nodiscard]] BoostArchiveView<T, boost::archive::text_oarchive> as_text_archive(
    const T& object) noexcept {
    return {object};
}

namespace pickle {

/// A stream's memory, appended to.
class GrowingMemory : public std::streambuf {
public:
    [[nodiscard]] ConstBytes bytes() const noexcept { return {bytes_.data(), bytes_.size()}; }

protected:
    int_type overflow(int_type unit) override {
        const char byte = traits_type::to_char_type(unit);
        bytes_.append(std::as_bytes(std::span(&byte, 1)));
        return unit;
    }
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        bytes_.append(std::as_bytes(std::span(text, static_cast<std::size_t>(size))));
        return size;
    }

private:
    Buffer bytes_;
};

/// A stream's memory, read from where it lies.
class ShownMemory : public std::streambuf {
public:
    explicit ShownMemory(ConstBytes bytes) {
        auto* const begin =
            const_cast<char*>(static_cast<const char*>(static_cast<const void*>(bytes.data())));
        setg(begin, begin, begin + bytes.size());
    }
    [[nodiscard]] std::size_t left() const noexcept {
        return static_cast<std::size_t>(egptr() - gptr());
    }
};

/// What all archives of Boost's have in common: they are bytes.
struct BoostArchiveMapping : BytesMapping {
    template <typename Output, typename T>
    static void save_object(OutputArchive& archive, const T& object) {
        GrowingMemory memory;
        try {
            std::ostream stream(&memory);
            Output output(stream);
            output << object;
        } catch (const boost::archive::archive_exception& error) {
            archive.fail(Errc::not_picklable, std::string("no Boost archive: ") + error.what());
        }
        archive.write_bytes(memory.bytes());
    }
    template <typename Input, typename T>
    static void load_object(InputArchive& archive, const Cell& cell, T& object) {
        ShownMemory memory(archive.bytes(cell));
        try {
            std::istream stream(&memory);
            Input input(stream);
            input >> object;
        } catch (const boost::archive::archive_exception& error) {
            fail<T>(archive, error.what());
        } catch (const std::bad_alloc&) {
            fail<T>(archive, "out of memory");
        } catch (const std::length_error& error) {
            fail<T>(archive, error.what());
        }
        if (memory.left() > max_rest) fail<T>(archive, "bytes follow the object");
    }

private:
    // A text archive may end with a line feed.
    static constexpr std::size_t max_rest = 1;

    template <typename T>
    [[noreturn]] static void fail(InputArchive& archive, const char* words) {
        archive.fail(Errc::wrong_type,
                     "expected a Boost archive of " + readable_name(typeid(T)) + ": " + words);
    }
};

template <typename T, typename Output, typename Input>
struct Mapping<BoostArchive<T, Output, Input>> : BoostArchiveMapping {
    static void save(OutputArchive& archive, const BoostArchive<T, Output, Input>& boost) {
        save_object<Output>(archive, boost.object);
    }
    static void load(InputArchive& archive, const Cell& cell,
                     BoostArchive<T, Output, Input>& boost) {
        load_object<Input>(archive, cell, boost.object);
    }
};

template <typename T, typename Output>
struct Mapping<BoostArchiveView<T, Output>> : BoostArchiveMapping {
    static void save(OutputArchive& archive, const BoostArchiveView<T, Output>& view) {
        save_object<Output>(archive, view.object);
    }
    template <typename View>
    static void load(InputArchive&, const Cell&, View&) {
        static_assert(!std::same_as<View, View>,
                      "a view owns no object: receive into a BinaryArchive or TextArchive");
    }
};

}  // namespace pickle
}  // namespace parley

// A Boost.Serialization archive that writes pickles. Specified in docs/typed.md. Part of
// parley/pickle/archive.hpp, which has what the archive knows of types.
#pragma once

#include <parley/buffer.hpp>
#include <parley/pickle/class_info.hpp>
#include <parley/pickle/encoder.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/name_table.hpp>
#include <parley/pickle/object_writer.hpp>
#include <parley/pickle/pointer_use.hpp>
#include <parley/pickle/python_classes.hpp>
#include <parley/pickle/saved_objects.hpp>
#include <parley/pickle/trail.hpp>
#include <parley/pickle/typed.hpp>

#include <boost/archive/detail/common_oarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace parley::pickle {

struct QualifiedName;

/// An output archive: `archive << object` appends one whole pickle to the buffer, as one call of
/// Python's pickle.dump does. Identity is kept within one pickle. What cannot be pickled throws
/// PickleError, which names the member; the buffer is then as it was before that object.
///
/// Not thread-safe; the buffer must outlive it. Any number of archives may be in use at once.
class OutputArchive : public boost::archive::detail::common_oarchive<OutputArchive>, public Trail {
    using Common = boost::archive::detail::common_oarchive<OutputArchive>;

public:
    using TypeInfo = boost::serialization::extended_type_info;

    /// Throws UsageError (invalid_argument) for a protocol that is not written.
    explicit OutputArchive(Buffer& out, const EncodeOptions& options = {});
    ~OutputArchive() override;

    // What Boost.Serialization calls.

    template <typename T>
    void save_override(const T& object) {
        save_member(nullptr, object);
    }
    template <typename T>
    void save_override(const boost::serialization::nvp<T>& pair) {
        save_member(pair.name(), pair.const_value());
    }
    void save_binary(const void* address, std::size_t size);
    template <typename T>
    const boost::archive::detail::basic_pointer_oserializer* register_type(const T* = nullptr);

    // What the mappings call.

    [[nodiscard]] Encoder& encoder() noexcept { return *encoder_; }
    /// Writes a value: an item of a container, say.
    template <typename T>
    void write(const T& object) {
        Mapping<T>::save(*this, object);
    }
    /// The same for what the reader has to construct: its constructor may need arguments.
    template <typename T>
    void write_new(const T& object);
    /// The same for a dict's key or a set's member: lists become tuples, sets become frozensets.
    template <typename T>
    void write_key(const T& object) {
        const KeyScope scope(*this, true);
        write(object);
    }
    [[nodiscard]] bool in_key() const noexcept { return in_key_; }
    /// Writes a str. Fails unless the text is UTF-8, lone surrogates allowed.
    void write_text(std::string_view text);
    /// Writes an int that may be over 63 bits.
    void write_unsigned(std::uint64_t value);
    /// Writes an int from its two's complement, little-endian.
    void write_integer(ConstBytes twos_complement);
    /// Writes bytes, in the form that the protocol has for them.
    void write_bytes(ConstBytes bytes);
    /// Ends a tuple of so many values; more than 3 need a MARK before them.
    void end_tuple(std::size_t size);
    /// Writes a class or function of Python's own library by the name that Python 3 has for it;
    /// once in full, like `write_class`. The names must live as long as the archive.
    void write_global(std::string_view module, std::string_view qualname);
    /// Writes a class of the program's.
    void write_class(const PythonName& name);

    /// Begins a set, or a frozenset where it is a key.
    void open_set();
    void close_set();
    /// The same as `write` for a class, whose name goes along where Python has none for it.
    template <typename T>
    void write_marked(const T& object, const char* mark) {
        next_mark_ = mark;
        write(object);
    }

    /// A class's object as a part of another: pointers may lead to it all the same.
    template <typename T>
    void save_part(const T& object);
    /// What a pointer leads to: the same object is written once. Polymorphic objects are written by
    /// their own class.
    template <typename T>
    void save_pointee(const T& object);

private:
    friend class ObjectWriter;

    /// A part of an object that Boost handed over as a base, or will hand back.
    struct Part {
        const void* address = nullptr;
        const std::type_info* type = nullptr;
    };
    /// A member name that an object uses more than once.
    struct Repeat {
        NameTable::Number name;
        std::uint32_t count;
    };
    /// A class or function that is in the memo; the names live as long as the program.
    struct KnownGlobal {
        std::string_view module;
        std::string_view qualname;
        std::uint32_t memo;
    };
    /// Thrown where `again_` is set.
    struct WriteAgain {};

    /// Whether what is written is a key, for as long as it lives.
    class KeyScope {
    public:
        KeyScope(OutputArchive& archive, bool in_key) noexcept
            : archive_(archive), before_(std::exchange(archive.in_key_, in_key)) {}
        KeyScope(const KeyScope&) = delete;
        KeyScope& operator=(const KeyScope&) = delete;
        ~KeyScope() { archive_.in_key_ = before_; }

    private:
        OutputArchive& archive_;
        bool before_;
    };

    template <typename T>
    void save_member(const char* name, const T& object);
    template <typename T>
    void save_whole(const T& object);
    template <typename T>
    void save_base(const char* name, const T& base);
    template <typename T>
    void save_object(const T& object, bool is_new, std::optional<SavedObjects::Number> identity);
    template <typename T>
    void save_tracked(const T& object);
    template <typename T>
    void save_derived(const T& object);
    void save_derived(const void* object, const TypeInfo* type,
                      const boost::archive::detail::basic_serializer* serializer,
                      const std::type_info& cpp_type);

    void begin();
    void finish();
    void put_global(const QualifiedName& name);
    void note_type(const TypeInfo& type);
    void write_reference(SavedObjects::Number number);
    [[noreturn]] void fail_pointer_conflict();

    Buffer& out_;
    int protocol_;
    std::optional<Encoder> encoder_;
    NameTable names_;
    SavedObjects objects_;
    ObjectWriter* writer_ = nullptr;
    Part awaited_;
    std::uint32_t users_ = 0;
    const char* next_mark_ = nullptr;
    bool in_key_ = false;
    /// An object with unnamed members turned out to hold itself: its class is to be a list.
    bool again_ = false;
    std::vector<NameTable::Number> names_in_use_;
    std::vector<Repeat> repeats_;
    std::vector<Part> bases_;
    std::vector<const std::type_info*> list_classes_;
    std::vector<const TypeInfo*> registered_;
    std::vector<KnownGlobal> globals_;
};

}  // namespace parley::pickle

BOOST_SERIALIZATION_REGISTER_ARCHIVE(parley::pickle::OutputArchive)

namespace parley::pickle {

template <typename T>
const boost::archive::detail::basic_pointer_oserializer* OutputArchive::register_type(const T*) {
    const auto* const serializer = Common::template register_type<T>();
    note_type(serializer->get_basic_serializer().get_eti());
    return serializer;
}

template <typename T>
void OutputArchive::write_new(const T& object) {
    if constexpr (Serialized<T> && !std::is_default_constructible_v<T>)
        save_object(object, true, std::nullopt);
    else
        write(object);
}

template <typename T>
void OutputArchive::save_member(const char* name, const T& object) {
    if (writer_ == nullptr) return save_whole(object);
    if constexpr (Serialized<T>) {
        const void* const address = std::addressof(object);
        if (name == nullptr && awaited_.address == address && *awaited_.type == typeid(T)) {
            awaited_ = {};
            const ObjectWriter::As as(*writer_, class_info<T>, address);
            return writer_->save_members(object);
        }
        if constexpr (!std::is_final_v<T>) {
            if (writer_->has_base(object)) return save_base(name, object);
        }
    }
    writer_->begin_member(name);
    write(object);
}

template <typename T>
void OutputArchive::save_whole(const T& object) {
    forget_failure();
    list_classes_.clear();
    // Without `finish` the encoder takes back what it has written.
    const auto end = [this](void*) { encoder_.reset(); };
    const std::unique_ptr<void, decltype(end)> guard(this, end);
    do {
        begin();
        try {
            write_new(object);
        } catch (const WriteAgain&) {
        }
    } while (again_);
    finish();
}

template <typename T>
void OutputArchive::save_base(const char* name, const T& base) {
    for (std::size_t i = writer_->first_base(); i < bases_.size(); ++i) {
        // A virtual base that another base has written already.
        if (bases_[i].address == std::addressof(base) && *bases_[i].type == typeid(T)) return;
    }
    bases_.push_back({std::addressof(base), &typeid(T)});
    constexpr unsigned version = boost::serialization::version<T>::value;
    if (version > 0 && !writer_->begin_base(name, version)) {
        writer_->begin_member(name);
        return save_object(base, false, std::nullopt);
    }
    const ObjectWriter::As as(*writer_, class_info<T>, std::addressof(base));
    writer_->save_members(base);
}

template <typename T>
void OutputArchive::save_object(const T& object, bool is_new,
                                std::optional<SavedObjects::Number> identity) {
    constexpr unsigned version = boost::serialization::version<T>::value;
    ObjectWriter writer(*this, identity);
    writer.open(python_class<T>(), version, {std::exchange(next_mark_, nullptr)});
    const ObjectWriter::As as(writer, class_info<T>, std::addressof(object));
    if (is_new) {
        boost::serialization::save_construct_data_adl(*this, std::addressof(object), version);
    }
    writer.save_members(object);
    writer.close();
}

template <typename T>
void OutputArchive::save_part(const T& object) {
    if (!is_tracked<OutputArchive, T>()) return save_object(object, false, std::nullopt);
    if (const auto known = objects_.find(std::addressof(object), typeid(T))) {
        if (objects_[*known].by_pointer) fail_pointer_conflict();
        return write_reference(*known);
    }
    save_object(object, false, objects_.add(std::addressof(object), typeid(T), false));
}

template <typename T>
void OutputArchive::save_tracked(const T& object) {
    if (const auto known = objects_.find(std::addressof(object), typeid(T))) {
        return write_reference(*known);
    }
    const SavedObjects::Number number = objects_.add(std::addressof(object), typeid(T), true);
    if constexpr (Serialized<T>) {
        save_object(object, true, number);
    } else if constexpr (OpenedFirst<T>) {
        Mapping<T>::open(*this);
        objects_[number].memo = encoder_->memoize();
        Mapping<T>::fill(*this, object);
    } else {
        write(object);
        objects_[number].memo = encoder_->memoize();
    }
}

template <typename T>
void OutputArchive::save_pointee(const T& object) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
        write(object);
    } else if constexpr (!Serialized<T>) {
        save_tracked(object);
    } else {
        static_cast<void>(&PointerUse<OutputArchive, T>::mark);
        if constexpr (std::is_polymorphic_v<T>) {
            if (typeid(object) != typeid(T)) return save_derived(object);
        }
        if constexpr (std::is_abstract_v<T>)
            return;
        else if constexpr (boost::serialization::tracking_level<T>::value ==
                           boost::serialization::track_never)
            save_object(object, true, std::nullopt);
        else
            save_tracked(object);
    }
}

template <typename T>
void OutputArchive::save_derived(const T& object) {
    using Type = typename boost::serialization::type_info_implementation<T>::type;
    using Serializers = boost::archive::detail::archive_serializer_map<OutputArchive>;
    const TypeInfo* const type =
        boost::serialization::singleton<Type>::get_const_instance().get_derived_extended_type_info(
            object);
    save_derived(dynamic_cast<const void*>(std::addressof(object)), type,
                 type == nullptr ? nullptr : Serializers::find(*type), typeid(object));
}

}  // namespace parley::pickle

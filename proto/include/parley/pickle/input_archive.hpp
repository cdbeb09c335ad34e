// A Boost.Serialization archive that reads pickles. Specified in docs/typed.md. Part of
// parley/pickle/archive.hpp, which has what the archive knows of types.
#pragma once

#include <parley/buffer.hpp>
#include <parley/pickle/cell.hpp>
#include <parley/pickle/class_info.hpp>
#include <parley/pickle/loaded_objects.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/object_reader.hpp>
#include <parley/pickle/pointer_use.hpp>
#include <parley/pickle/python_classes.hpp>
#include <parley/pickle/trail.hpp>
#include <parley/pickle/typed.hpp>
#include <parley/value.hpp>

#include <boost/archive/detail/common_iarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/version.hpp>
#include <boost/serialization/void_cast.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace parley::pickle {

/// An input archive: `archive >> object` reads the next whole pickle, as one call of Python's
/// pickle.load does. Throws PickleError for what is no pickle, and TypeError, naming the member,
/// for one that does not fit the object; the object is then partly read.
///
/// Where reading fails, objects that raw pointers were to own are destroyed if they are not
/// complete; complete ones belong to whoever points to them. Not thread-safe. Any number of
/// archives may be in use at once.
class InputArchive : public boost::archive::detail::common_iarchive<InputArchive>, public Trail {
    using Common = boost::archive::detail::common_iarchive<InputArchive>;

public:
    using TypeInfo = boost::serialization::extended_type_info;

    /// Reads the pickles that follow each other in these bytes, which are copied.
    explicit InputArchive(ConstBytes pickles, const DecodeOptions& options = {});
    /// Reads one object from a value.
    explicit InputArchive(Value value, const DecodeOptions& options = {});
    ~InputArchive() override;

    // What Boost.Serialization calls.

    template <typename T>
    void load_override(T& object) {
        load_member({}, object);
    }
    template <typename T>
    void load_override(const boost::serialization::nvp<T>& pair) {
        load_member(name_of(pair), pair.value());
    }
    template <typename T>
    void load_override(boost::serialization::nvp<T>& pair) {
        load_member(name_of(pair), pair.value());
    }
    void load_binary(void* address, std::size_t size);
    template <typename T>
    const boost::archive::detail::basic_pointer_iserializer* register_type(T* = nullptr);
    /// Pointers to the object and its parts are pointers to where it was moved.
    template <typename T>
    void reset_object_address(const T* to, const T* from) {
        loaded_.move(0, to, from, sizeof(T));
    }

    // What the mappings call.

    template <typename T>
    void read(const Cell& cell, T& object) {
        Mapping<std::remove_const_t<T>>::load(*this, cell, object);
    }
    /// Reads an object that is a local of the caller's, and about to be moved.
    template <typename T, typename Use>
    void read_local(const Cell& cell, Use use);
    /// The value as a whole.
    template <typename T>
    void read_whole(T& object) {
        read(root(), object);
    }
    [[nodiscard]] const Cell& root() const noexcept { return Access::cell(value_); }
    /// A cell of the message as a value.
    [[nodiscard]] Value value(const Cell& cell) const noexcept {
        return Access::make(cell, Access::message(value_));
    }
    /// The text of a str, of Python 2's as well. Fails for anything else.
    [[nodiscard]] std::string_view text(const Cell& cell);
    /// The items of a list or tuple, or what was appended to an instance of a list's kind. Fails
    /// for anything else.
    [[nodiscard]] std::span<const Cell> items(const Cell& cell, std::string_view expected);
    /// The same for the members of a set or frozenset.
    [[nodiscard]] std::span<const Cell> members(const Cell& cell, std::string_view expected);
    /// Keys and values in turn, for a dict or an instance of its kind.
    [[nodiscard]] std::span<const Cell> entries(const Cell& cell, std::string_view expected);

    /// The bytes of bytes, a bytearray or Python 2's str. Fails for anything else.
    [[nodiscard]] ConstBytes bytes(const Cell& cell);
    /// An int's two's complement, little-endian. Fails for anything else.
    [[nodiscard]] std::string int_bytes(const Cell& cell);
    /// The float nearest to an int beyond 64 bits, or nothing where it would be infinite.
    [[nodiscard]] std::optional<double> if_number(const Cell& cell) const;
    /// The value that an enum's member was made with, or null for anything but a member of it.
    [[nodiscard]] const Cell* enum_value(const Cell& cell, const PythonName& name) const;
    /// The name of the enum's member that was sent by it, or nothing.
    [[nodiscard]] std::optional<std::string_view> enum_name(const Cell& cell,
                                                            const PythonName& name) const;
    [[nodiscard]] bool is_class(const ObjectNode& object, const PythonName& name) const;
    /// Whether a dict says that it is of the class with that mark.
    [[nodiscard]] bool is_marked(const Cell& cell, std::string_view mark) const;
    /// What was read so far may have been moved: no pointer may lead to parts of it.
    void forget_parts() noexcept { loaded_.forget_parts(); }
    /// As if a class had been read whose keys were all asked for.
    void expect_use() noexcept { is_used_up_ = true; }

    /// Fails with `expected float, got str 'abc'`.
    [[noreturn]] void fail_type(std::string_view expected, const Cell& came);
    [[noreturn]] void fail_range(std::string_view expected, const Cell& came);
    [[noreturn]] void fail_size(std::size_t expected, std::size_t came, std::string_view of);
    [[noreturn]] void fail_capacity(std::size_t most, std::size_t came);

    /// A class's object over one that is there.
    template <typename T>
    void load_part(const Cell& cell, T& object);
    /// What a pointer is to lead to. `owner` is filled for shared ownership.
    template <typename T>
    [[nodiscard]] T* load_pointee(const Cell& cell, Ownership wanted,
                                  std::shared_ptr<void>* owner = nullptr);
    /// Runs what may fail, and forgets what it has made if it does: what `read` returns, or false.
    /// Whether every key of the last object read was asked for is told by `is_used_up`.
    template <typename Read>
    [[nodiscard]] bool attempt(Read read);
    [[nodiscard]] bool is_used_up() const noexcept { return is_used_up_; }

private:
    friend class ObjectReader;

    struct Part {
        const void* address;
        const std::type_info* type;
    };
    struct Repeat {
        std::uint64_t entry;
        std::uint64_t count;
    };
    /// An object that Boost is about to construct and hand back.
    struct Awaited {
        const void* node;
        Ownership wanted;
        void* memory = nullptr;
        unsigned version = 0;
        LoadedObjects::Number number = LoadedObjects::none;
    };
    /// Destroys an object that could not be read to its end, unless it has an owner.
    template <typename T>
    class Guard;
    /// An object on the stack, for what has no default constructor as well.
    template <typename T>
    class Local;
    struct Destroy {
        template <typename T>
        void operator()(T* object) const {
            boost::serialization::access::destroy(object);
        }
    };

    /// Ends with a NUL; without data where there is none, as Boost has it for what pointers lead
    /// to.
    template <typename T>
    [[nodiscard]] static std::string_view name_of(const boost::serialization::nvp<T>& pair) {
        // Here the compiler sees the literal that most names are, and counts its characters itself.
        if (pair.name() == nullptr) return {};
        return pair.name();
    }
    template <typename T>
    void load_member(std::string_view name, T& object);
    template <typename T>
    void load_base(std::string_view name, T& base);
    template <typename T>
    void load_awaited(T& object);
    template <typename T>
    void load_object(const Cell& cell, T& object);
    template <typename T>
    void construct(const Cell& cell, T* memory);
    template <typename T>
    [[nodiscard]] T* share(LoadedObjects::Number number, Ownership wanted);
    template <typename T>
    [[nodiscard]] T* as_pointer_to(const LoadedObject& object) const;
    template <typename T>
    [[nodiscard]] LoadedObjects::Number create(const Cell& cell, Ownership wanted);
    template <typename T>
    [[nodiscard]] LoadedObjects::Number create_object(const Cell& cell, Ownership wanted);
    template <typename T>
    [[nodiscard]] LoadedObjects::Number create_derived(const Cell& cell, const TypeInfo& type,
                                                       Ownership wanted);
    template <typename T>
    void finish(ObjectReader& reader, LoadedObjects::Number number, T& object, unsigned version);
    template <typename T>
    LoadedObjects::Number add(const void* node, T* object, Ownership ownership);
    /// What tells the value from others; null where nothing does.
    [[nodiscard]] static const void* node_of(const Cell& cell) noexcept {
        return cell.is_pointer() ? cell.pointer : nullptr;
    }

    [[nodiscard]] const TypeInfo* class_of(const Cell& cell, std::string_view expected);
    void construct_derived(const Cell& cell,
                           const boost::archive::detail::basic_serializer* serializer,
                           Awaited& awaited);
    [[noreturn]] void fail_unknown_class(std::string_view expected, const Value& mark);
    [[noreturn]] void fail_cycle();
    void next_pickle();
    /// Whether the error says that a value does not fit, and nothing worse.
    [[nodiscard]] static bool does_not_fit(const Error& error) noexcept;
    void note_type(const TypeInfo& type);
    /// Counts items against the limit on reading the same ones again and again.
    void visit(std::uint64_t items) {
        if (items > budget_) fail_budget();
        budget_ -= items;
    }
    [[noreturn]] void fail_budget();
    /// Two spans one behind the other, for as long as the archive lives.
    [[nodiscard]] std::span<const Cell> join(std::span<const Cell> first,
                                             std::span<const Cell> second);
    /// Whether copyreg makes it: its arguments are a class and what that is made of.
    [[nodiscard]] static bool is_remade(const ObjectNode& object);
    [[nodiscard]] std::span<const Cell> gather(const Cell& cell, bool of_list,
                                               std::string_view expected);
    [[nodiscard]] bool is_empty_container(const Cell& cell, bool of_list) const;

    Value value_;
    bool has_value_ = false;
    Buffer bytes_;
    ConstBytes rest_;
    DecodeOptions options_;
    bool is_used_up_ = true;
    ObjectReader* reader_ = nullptr;
    Awaited* awaited_ = nullptr;
    std::uint64_t budget_;
    LoadedObjects loaded_;
    LoadedObjects::Number first_of_attempt_ = 0;
    std::vector<std::uint64_t> used_bits_;
    std::vector<Repeat> repeats_;
    std::vector<Part> bases_;
    std::vector<const TypeInfo*> registered_;
    std::vector<std::vector<Cell>> gathered_;
    mutable const PythonName* last_name_ = nullptr;
    mutable const void* last_class_ = nullptr;
};

}  // namespace parley::pickle

BOOST_SERIALIZATION_REGISTER_ARCHIVE(parley::pickle::InputArchive)

#include <parley/pickle/input_archive_object.hpp>
#include <parley/pickle/input_archive_pointer.hpp>

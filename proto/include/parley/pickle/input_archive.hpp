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
        load_member(nullptr, object);
    }
    template <typename T>
    void load_override(const boost::serialization::nvp<T>& pair) {
        load_member(pair.name(), pair.value());
    }
    template <typename T>
    void load_override(boost::serialization::nvp<T>& pair) {
        load_member(pair.name(), pair.value());
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

    template <typename T>
    void load_member(const char* name, T& object);
    template <typename T>
    void load_base(const char* name, T& base);
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

namespace parley::pickle {

template <typename T>
class InputArchive::Guard {
public:
    Guard(InputArchive& archive, LoadedObjects::Number number, T& object) noexcept
        : archive_(archive), number_(number), object_(&object) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
        LoadedObject& known = archive_.loaded_[number_];
        if (known.is_complete) return;
        const bool is_owned = known.ownership == Ownership::shared;
        known.type = &typeid(void);
        known.class_type = nullptr;
        if (!is_owned) Destroy{}(object_);
    }

private:
    InputArchive& archive_;
    LoadedObjects::Number number_;
    T* object_;
};

template <typename T>
class InputArchive::Local {
public:
    Local(InputArchive& archive, const Cell& cell) {
        if constexpr (std::is_default_constructible_v<T>) {
            ::new (static_cast<void*>(&object_)) T();
            const Destruction destruction{&object_};
            archive.read(cell, object_);
            destruction.object = nullptr;
        } else {
            archive.construct(cell, &object_);
        }
    }
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;
    ~Local() { object_.~T(); }

    [[nodiscard]] T& operator*() noexcept { return object_; }

private:
    struct Destruction {
        mutable T* object;
        ~Destruction() {
            if (object != nullptr) object->~T();
        }
    };
    union {
        T object_;
    };
};

template <typename T, typename Use>
void InputArchive::read_local(const Cell& cell, Use use) {
    const LoadedObjects::Number begin = loaded_.size();
    Local<T> local(*this, cell);
    const T* const to = use(std::move(*local));
    if (to != nullptr) loaded_.move(begin, to, &*local, sizeof(T));
}

template <typename T>
const boost::archive::detail::basic_pointer_iserializer* InputArchive::register_type(T*) {
    const auto* const serializer = Common::template register_type<T>();
    note_type(serializer->get_basic_serializer().get_eti());
    return serializer;
}

template <typename T>
void InputArchive::load_member(const char* name, T& object) {
    if (reader_ == nullptr) {
        next_pickle();
        return read_whole(object);
    }
    if constexpr (Serialized<std::remove_const_t<T>>) {
        if (name == nullptr && awaited_ != nullptr && awaited_->memory == std::addressof(object)) {
            return load_awaited(object);
        }
        if constexpr (!std::is_final_v<T>) {
            if (reader_->has_base(object)) return load_base(name, object);
        }
    }
    using Map = Mapping<std::remove_const_t<T>>;
    if (const Cell* const cell = reader_->find_member(name)) return read(*cell, object);
    if constexpr (requires { Map::load_missing(object); })
        Map::load_missing(object);
    else
        reader_->fail_missing(Map::expected());
}

template <typename T>
void InputArchive::load_base(const char* name, T& base) {
    for (std::size_t i = reader_->first_base(); i < bases_.size(); ++i) {
        // A virtual base that another base has read already.
        if (bases_[i].address == std::addressof(base) && *bases_[i].type == typeid(T)) return;
    }
    bases_.push_back({std::addressof(base), &typeid(T)});
    constexpr unsigned newest = boost::serialization::version<T>::value;
    if (newest > 0 && reader_->has_base_as_member()) {
        const Cell* const cell = reader_->find_member(name);
        if (cell == nullptr) reader_->fail_missing("dict");
        return load_object(*cell, base);
    }
    const unsigned version = newest > 0 ? reader_->base_version(name, newest) : 0;
    const ObjectReader::As as(*reader_, class_info<T>, std::addressof(base));
    reader_->read_members(base, version);
}

template <typename T>
void InputArchive::load_object(const Cell& cell, T& object) {
    ObjectReader reader(*this);
    reader.open(cell, python_class<T>());
    const unsigned version = reader.version(boost::serialization::version<T>::value);
    const ObjectReader::As as(reader, class_info<T>, std::addressof(object));
    reader.read_members(object, version);
    reader.close();
    is_used_up_ = reader.is_used_up();
}

/// Constructs an object with the arguments that its own load_construct_data reads.
template <typename T>
void InputArchive::construct(const Cell& cell, T* memory) {
    static_assert(Serialized<T>, "a type without a default constructor needs load_construct_data");
    ObjectReader reader(*this);
    reader.open(cell, python_class<T>());
    const unsigned version = reader.version(boost::serialization::version<T>::value);
    boost::serialization::load_construct_data_adl(*this, memory, version);
    struct Destruction {
        T* object;
        ~Destruction() {
            if (object != nullptr) object->~T();
        }
    } destruction{memory};
    const ObjectReader::As as(reader, class_info<T>, memory);
    reader.read_members(*memory, version);
    reader.close();
    destruction.object = nullptr;
}

template <typename T>
void InputArchive::load_part(const Cell& cell, T& object) {
    if (node_of(cell) != nullptr && is_tracked<InputArchive, T>()) {
        const auto number = add(node_of(cell), std::addressof(object), Ownership::part);
        loaded_[number].is_complete = true;
    }
    load_object(cell, object);
}

template <typename T>
LoadedObjects::Number InputArchive::add(const void* node, T* object, Ownership ownership) {
    const TypeInfo* class_type = nullptr;
    if constexpr (std::is_polymorphic_v<T>) {
        using Type = typename boost::serialization::type_info_implementation<T>::type;
        class_type = &boost::serialization::singleton<Type>::get_const_instance();
    }
    const void* const key = node != nullptr ? node : object;
    const auto number = loaded_.add(key, typeid(T), class_type, object, ownership);
    if (ownership == Ownership::shared) loaded_[number].owner.reset(object, Destroy{});
    return number;
}

template <typename T>
T* InputArchive::as_pointer_to(const LoadedObject& object) const {
    if (*object.type == typeid(T)) return static_cast<T*>(object.address);
    if constexpr (std::is_polymorphic_v<T>) {
        using Type = typename boost::serialization::type_info_implementation<T>::type;
        if (object.class_type == nullptr) return nullptr;
        return static_cast<T*>(boost::serialization::void_upcast(
            *object.class_type, boost::serialization::singleton<Type>::get_const_instance(),
            object.address));
    }
    return nullptr;
}

template <typename T>
T* InputArchive::load_pointee(const Cell& cell, Ownership wanted, std::shared_ptr<void>* owner) {
    static_cast<void>(&PointerUse<InputArchive, T>::mark);
    const void* const node = node_of(cell);
    LoadedObjects::Number number = node == nullptr ? LoadedObjects::none : loaded_.first(node);
    T* object = nullptr;
    for (; number != LoadedObjects::none; number = loaded_[number].next) {
        object = share<T>(number, wanted);
        if (object != nullptr) break;
    }
    if (object == nullptr) {
        number = create<T>(cell, wanted);
        object = as_pointer_to<T>(loaded_[number]);
    }
    if (owner != nullptr) *owner = loaded_[number].owner;
    return object;
}

/// The object for one more pointer, or null where it cannot have one of that kind.
template <typename T>
T* InputArchive::share(LoadedObjects::Number number, Ownership wanted) {
    LoadedObject& known = loaded_[number];
    T* const object = as_pointer_to<T>(known);
    if (object == nullptr || wanted == Ownership::raw) return object;
    // What is older than an attempt must not come to belong to what the attempt has made.
    const bool may_adopt = known.ownership == Ownership::raw && number >= first_of_attempt_;
    if (wanted == Ownership::shared) {
        if (known.ownership == Ownership::shared) return object;
        if (!may_adopt) return nullptr;
        known.owner = std::shared_ptr<T>(object, Destroy{});
    } else {
        const bool is_free = known.ownership == Ownership::raw;
        if (!known.is_complete && (is_free || known.ownership == Ownership::unique)) fail_cycle();
        if (!may_adopt) return nullptr;
    }
    known.ownership = wanted;
    return object;
}

template <typename T>
LoadedObjects::Number InputArchive::create(const Cell& cell, Ownership wanted) {
    if constexpr (!Serialized<T>) {
        auto* const object = new T();
        const auto number = add(node_of(cell), object, wanted);
        const Guard<T> guard(*this, number, *object);
        read(cell, *object);
        loaded_[number].is_complete = true;
        return number;
    } else {
        if constexpr (std::is_polymorphic_v<T>) {
            using Type = typename boost::serialization::type_info_implementation<T>::type;
            const TypeInfo& base = boost::serialization::singleton<Type>::get_const_instance();
            const TypeInfo* const type = class_of(cell, Mapping<T>::expected());
            if (type != nullptr && *type != base) return create_derived<T>(cell, *type, wanted);
        }
        if constexpr (std::is_abstract_v<T>)
            fail_type("an instance of a class derived from " + readable_name(typeid(T)), cell);
        else
            return create_object<T>(cell, wanted);
    }
}

template <typename T>
LoadedObjects::Number InputArchive::create_object(const Cell& cell, Ownership wanted) {
    ObjectReader reader(*this);
    reader.open(cell, python_class<T>());
    const unsigned version = reader.version(boost::serialization::version<T>::value);
    boost::archive::detail::heap_allocation<T> memory;
    boost::serialization::load_construct_data_adl(*this, memory.get(), version);
    T* const object = memory.release();
    const auto number = add(node_of(cell), object, wanted);
    finish(reader, number, *object, version);
    return number;
}

template <typename T>
LoadedObjects::Number InputArchive::create_derived(const Cell& cell, const TypeInfo& type,
                                                   Ownership wanted) {
    using Serializers = boost::archive::detail::archive_serializer_map<InputArchive>;
    Awaited awaited{node_of(cell), wanted};
    construct_derived(cell, Serializers::find(type), awaited);
    LoadedObject& made = loaded_[awaited.number];
    if (as_pointer_to<T>(made) == nullptr) {
        if (wanted != Ownership::shared) type.destroy(made.address);
        loaded_.truncate(awaited.number);
        fail_type("an instance of a class derived from " + readable_name(typeid(T)), cell);
    }
    return awaited.number;
}

/// Boost has constructed the object that `construct_derived` asked for.
template <typename T>
void InputArchive::load_awaited(T& object) {
    Awaited& awaited = *std::exchange(awaited_, nullptr);
    awaited.number = add(awaited.node, std::addressof(object), awaited.wanted);
    finish(*reader_, awaited.number, object, awaited.version);
}

template <typename T>
void InputArchive::finish(ObjectReader& reader, LoadedObjects::Number number, T& object,
                          unsigned version) {
    const Guard<T> guard(*this, number, object);
    const ObjectReader::As as(reader, class_info<T>, std::addressof(object));
    reader.read_members(object, version);
    reader.close();
    loaded_[number].is_complete = true;
}

template <typename Read>
bool InputArchive::attempt(Read read) {
    struct Scope {
        InputArchive& archive;
        LoadedObjects::Number before;
        ~Scope() { archive.first_of_attempt_ = before; }
    } scope{*this, std::exchange(first_of_attempt_, loaded_.size())};
    try {
        if (read()) return true;
        loaded_.truncate(first_of_attempt_);
        return false;
    } catch (const Error& error) {
        if (!does_not_fit(error)) throw;
        loaded_.truncate(first_of_attempt_);
        return false;
    }
}

}  // namespace parley::pickle

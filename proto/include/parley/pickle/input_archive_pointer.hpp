// How InputArchive makes what pointers lead to, and finds it again. Part of
// parley/pickle/input_archive.hpp.
#pragma once

#include <parley/pickle/input_archive.hpp>

#include <memory>
#include <new>
#include <type_traits>
#include <typeinfo>
#include <utility>

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

}  // namespace parley::pickle

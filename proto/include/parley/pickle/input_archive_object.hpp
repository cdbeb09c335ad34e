// How InputArchive reads objects: their members, bases and versions. Part of
// parley/pickle/input_archive.hpp.
#pragma once

#include <parley/pickle/input_archive.hpp>

#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace parley::pickle {

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
void InputArchive::load_member(std::string_view name, T& object) {
    if (reader_ == nullptr) {
        next_pickle();
        return read_whole(object);
    }
    if constexpr (Serialized<std::remove_const_t<T>>) {
        if (name.data() == nullptr && awaited_ != nullptr &&
            awaited_->memory == std::addressof(object)) {
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
void InputArchive::load_base(std::string_view name, T& base) {
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

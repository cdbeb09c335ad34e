// The objects that were made of a pickle's values, by value: what pointers to the same one share.
#pragma once

#include <boost/serialization/extended_type_info.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <typeinfo>
#include <vector>

namespace parley::pickle {

/// To whom an object belongs.
enum class Ownership : std::uint8_t {
    part,    ///< To the object that it is a part of.
    raw,     ///< To nobody yet: a pointer was asked for.
    unique,  ///< To one unique_ptr.
    shared,  ///< To shared_ptrs, and to `owner` as long as the archive lives.
};

/// An object that was made, or is being made.
struct LoadedObject {
    const void* node;  ///< The value, by the address of what its cell points to.
    const std::type_info* type;
    const boost::serialization::extended_type_info* class_type;  ///< Of a polymorphic one.
    void* address;
    std::shared_ptr<void> owner;
    Ownership ownership;
    bool is_complete;
    std::uint32_t next;  ///< Another object of the same value.
};

/// Finds them again. Not thread-safe.
class LoadedObjects {
public:
    using Number = std::uint32_t;
    static constexpr Number none = ~Number{0};

    [[nodiscard]] Number size() const noexcept { return static_cast<Number>(objects_.size()); }
    [[nodiscard]] LoadedObject& operator[](Number number) noexcept { return objects_[number]; }
    /// The latest object of the value; the others follow by `next`.
    [[nodiscard]] Number first(const void* node) const noexcept;
    /// Adds an object that is not complete.
    Number add(const void* node, const std::type_info& type,
               const boost::serialization::extended_type_info* class_type, void* address,
               Ownership ownership);
    /// Forgets the latest ones, down to so many.
    void truncate(Number size) noexcept;
    /// An object was moved with its parts: Boost's reset_object_address. Looks at those from
    /// `begin` on.
    void move(Number begin, const void* to, const void* from, std::size_t size) noexcept;

    /// Parts of other objects are found no more.
    void forget_parts() noexcept;

private:
    struct Slot {
        const void* node;
        Number latest;
    };

    [[nodiscard]] std::size_t slot_of(const void* node) const noexcept;
    void index_again();

    std::vector<LoadedObject> objects_;
    std::vector<Slot> slots_;  // Open addressing, without a node where there is none.
    std::size_t used_slots_ = 0;
};

}  // namespace parley::pickle

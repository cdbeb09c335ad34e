// The objects of a pickle that pointers may lead to, by address and type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <typeinfo>
#include <vector>

namespace parley::pickle {

/// An object that was written, or is being written.
struct SavedObject {
    const void* address;
    const std::type_info* type;
    std::optional<std::uint32_t> memo;  ///< None before it can be fetched.
    bool by_pointer;                    ///< Found through a pointer, not as a part of another.
};

/// Finds them again. Not thread-safe.
class SavedObjects {
public:
    using Number = std::uint32_t;

    /// Forgets all: a new pickle begins.
    void clear() noexcept;
    [[nodiscard]] std::optional<Number> find(const void* address,
                                             const std::type_info& type) const noexcept;
    Number add(const void* address, const std::type_info& type, bool by_pointer);
    [[nodiscard]] SavedObject& operator[](Number number) noexcept { return objects_[number]; }

private:
    void index_again();
    [[nodiscard]] std::size_t slot_of(const void* address) const noexcept;

    std::vector<SavedObject> objects_;
    std::vector<Number> index_;  // Open addressing, 0 for none, else a number plus one.
};

}  // namespace parley::pickle

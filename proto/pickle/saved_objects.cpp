#include "hash.hpp"

#include <parley/pickle/saved_objects.hpp>

namespace parley::pickle {

void SavedObjects::clear() noexcept {
    if (objects_.empty()) return;
    objects_.clear();
    index_.clear();
}

std::size_t SavedObjects::slot_of(const void* address) const noexcept {
    const auto number = reinterpret_cast<std::uintptr_t>(address);
    return mix(number, 0x9e3779b97f4a7c15) & (index_.size() - 1);
}

std::optional<SavedObjects::Number> SavedObjects::find(const void* address,
                                                       const std::type_info& type) const noexcept {
    if (index_.empty()) return std::nullopt;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t at = slot_of(address); index_[at] != 0; at = (at + 1) & mask) {
        const SavedObject& object = objects_[index_[at] - 1];
        if (object.address == address && *object.type == type) return index_[at] - 1;
    }
    return std::nullopt;
}

SavedObjects::Number SavedObjects::add(const void* address, const std::type_info& type,
                                       bool by_pointer) {
    objects_.push_back({address, &type, std::nullopt, by_pointer});
    if (2 * objects_.size() > index_.size()) {
        index_again();
    } else {
        std::size_t at = slot_of(address);
        while (index_[at] != 0)
            at = (at + 1) & (index_.size() - 1);
        index_[at] = static_cast<Number>(objects_.size());
    }
    return static_cast<Number>(objects_.size() - 1);
}

void SavedObjects::index_again() {
    index_.assign(index_.empty() ? 64 : 2 * index_.size(), 0);
    for (Number number = 0; number < objects_.size(); ++number) {
        std::size_t at = slot_of(objects_[number].address);
        while (index_[at] != 0)
            at = (at + 1) & (index_.size() - 1);
        index_[at] = number + 1;
    }
}

}  // namespace parley::pickle

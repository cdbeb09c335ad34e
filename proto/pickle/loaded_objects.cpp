#include "hash.hpp"

#include <parley/pickle/loaded_objects.hpp>

namespace parley::pickle {

std::size_t LoadedObjects::slot_of(const void* node) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = mix(reinterpret_cast<std::uintptr_t>(node), 0x9e3779b97f4a7c15) & mask;
    while (slots_[at].node != nullptr && slots_[at].node != node)
        at = (at + 1) & mask;
    return at;
}

LoadedObjects::Number LoadedObjects::first(const void* node) const noexcept {
    if (slots_.empty()) return none;
    const Slot& slot = slots_[slot_of(node)];
    return slot.node == nullptr ? none : slot.latest;
}

LoadedObjects::Number LoadedObjects::add(const void* node, const std::type_info& type,
                                         const boost::serialization::extended_type_info* class_type,
                                         void* address, Ownership ownership) {
    if (2 * (used_slots_ + 1) > slots_.size()) index_again();
    const Number number = size();
    Slot& slot = slots_[slot_of(node)];
    const Number next = slot.node == nullptr ? none : slot.latest;
    objects_.push_back({node, &type, class_type, address, nullptr, ownership, false, next});
    if (slot.node == nullptr) ++used_slots_;
    slot = {node, number};
    return number;
}

void LoadedObjects::truncate(Number size) noexcept {
    // The slot of a node stays taken, for those behind it.
    for (; this->size() > size; objects_.pop_back()) {
        const LoadedObject& last = objects_.back();
        slots_[slot_of(last.node)].latest = last.next;
    }
}

void LoadedObjects::move(Number begin, const void* to, const void* from,
                         std::size_t size) noexcept {
    const auto old_begin = reinterpret_cast<std::uintptr_t>(from);
    for (Number number = begin; number < this->size(); ++number) {
        LoadedObject& object = objects_[number];
        const auto offset = reinterpret_cast<std::uintptr_t>(object.address) - old_begin;
        if (object.ownership != Ownership::part || offset >= size) continue;
        object.address = static_cast<char*>(const_cast<void*>(to)) + offset;
    }
}

void LoadedObjects::forget_parts() noexcept {
    for (LoadedObject& object : objects_) {
        if (object.ownership != Ownership::part) continue;
        object.type = &typeid(void);
        object.class_type = nullptr;
    }
}

void LoadedObjects::index_again() {
    slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), {nullptr, none});
    used_slots_ = 0;
    for (Number number = 0; number < size(); ++number) {
        Slot& slot = slots_[slot_of(objects_[number].node)];
        if (slot.node == nullptr) ++used_slots_;
        slot = {objects_[number].node, number};
    }
}

}  // namespace parley::pickle

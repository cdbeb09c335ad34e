// What an archive must know of a class while the program runs: whether a part of an object is one
// of its bases or one of its members.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <typeinfo>

namespace parley::pickle {

/// The name of a type as C++ has it.
[[nodiscard]] std::string readable_name(const std::type_info& type);

/// A class. There is one for each type, `class_info<T>`, for as long as the program runs.
class ClassInfo {
public:
    using ThrowPointer = void (*)(const void* object);

    constexpr ClassInfo(const std::type_info& type, ThrowPointer throw_pointer) noexcept
        : type_(type), throw_pointer_(throw_pointer) {}
    ClassInfo(const ClassInfo&) = delete;
    ClassInfo& operator=(const ClassInfo&) = delete;

    [[nodiscard]] const std::type_info& type() const noexcept { return type_; }

    /// Whether `part` is the subobject of an accessible base class of `object`, which is of this
    /// class. boost::serialization::base_object leaves no mark by which to tell. Thread-safe.
    template <typename Base>
    [[nodiscard]] bool is_base(const void* object, const Base* part) const;

private:
    // What is known of a pair of classes; links are never freed, there are as many as pairs.
    struct Link {
        const ClassInfo* base;
        std::ptrdiff_t offset;
        bool is_base;
        const Link* next;
    };

    [[nodiscard]] const Link* find(const ClassInfo& base) const noexcept {
        const Link* link = links_.load(std::memory_order_acquire);
        while (link != nullptr && link->base != &base)
            link = link->next;
        return link;
    }
    void remember(const ClassInfo& base, bool is_base, std::ptrdiff_t offset) const;

    const std::type_info& type_;
    ThrowPointer throw_pointer_;
    mutable std::atomic<const Link*> links_{nullptr};
};

template <typename T>
inline constinit ClassInfo class_info{
    typeid(T), [](const void* object) { throw static_cast<const T*>(object); }};

template <typename Base>
bool ClassInfo::is_base(const void* object, const Base* part) const {
    const ClassInfo& base = class_info<Base>;
    if (&base == this) return false;
    const auto* const begin = static_cast<const char*>(object);
    const auto* const at = reinterpret_cast<const char*>(part);
    if (const Link* const known = find(base)) {
        if (!known->is_base) return false;
        if (at == begin + known->offset) return true;
        // A member of the same type, or a virtual base, whose place differs.
    }
    // Only the language itself knows: a handler for Base* catches what converts to one.
    const Base* found = nullptr;
    try {
        throw_pointer_(object);
    } catch (const Base* caught) {
        found = caught;
    } catch (...) {
    }
    remember(base, found != nullptr,
             found != nullptr ? reinterpret_cast<const char*>(found) - begin : 0);
    return found == part;
}

}  // namespace parley::pickle

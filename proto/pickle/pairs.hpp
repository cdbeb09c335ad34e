// Which parts of two graphs are held for equal already. Once two parts have been paired, directly
// or through others, they need no second look: that bounds the work of comparing, and ends every
// cycle.
#pragma once

#include <parley/pickle/cell.hpp>

#include <cstdint>
#include <unordered_map>

namespace parley::pickle {

/// Not thread-safe.
class Pairs {
public:
    /// Whether the two are held for equal; from now on they are. Both must point to something.
    [[nodiscard]] bool known(const Cell& left, const Cell& right) {
        if (++steps_ <= steps_without_memory) return false;
        const void* const a = find(left.pointer);
        const void* const b = find(right.pointer);
        if (a == b) return true;
        leaders_[a] = b;
        return false;
    }

private:
    /// Only long comparisons are worth remembering the pairs.
    static constexpr std::uint64_t steps_without_memory = 2000;

    const void* find(const void* node) {
        auto at = leaders_.try_emplace(node, node).first;
        while (at->second != at->first) {
            const auto next = leaders_.find(at->second);
            at->second = next->second;
            at = next;
        }
        return at->first;
    }

    std::unordered_map<const void*, const void*> leaders_;
    std::uint64_t steps_ = 0;
};

}  // namespace parley::pickle

#include "key_interner.hpp"

#include <parley/dict_builder.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace parley {
namespace {

using pickle::Access;
using pickle::Cell;
using pickle::KeyClass;

std::uint64_t hash_key(const Value& key) {
    const Cell& cell = Access::cell(key);
    if (classify_key(cell) == KeyClass::simple) return hash_simple(cell);
    pickle::KeyInterner interner;
    const std::optional<std::uint32_t> number = interner.number(cell);
    if (number) return interner.hash(*number);
    throw_failure({Errc::wrong_type, "unhashable type: " + std::string(kind_name(key.kind()))});
}

bool same_key(const Value& left, const Value& right) {
    const Cell& a = Access::cell(left);
    const Cell& b = Access::cell(right);
    if (classify_key(a) == KeyClass::simple && classify_key(b) == KeyClass::simple)
        return equal_simple(a, b);
    pickle::KeyInterner interner;
    return interner.number(a) == interner.number(b);
}

}  // namespace

struct DictBuilder::State {
    struct Slot {
        Entry entry;
        bool erased = false;
    };
    using Positions = std::unordered_multimap<std::uint64_t, std::size_t>;

    [[nodiscard]] Positions::iterator find(const Value& key, std::uint64_t hash) {
        const auto [begin, end] = positions.equal_range(hash);
        for (auto at = begin; at != end; ++at) {
            if (same_key(slots[at->second].entry.key, key)) return at;
        }
        return positions.end();
    }

    std::deque<Slot> slots;
    Positions positions;
};

DictBuilder::DictBuilder() : state_(std::make_unique<State>()) {}

DictBuilder::DictBuilder(const Value& dict) : DictBuilder() {
    update(dict);
}

DictBuilder::DictBuilder(DictBuilder&&) noexcept = default;
DictBuilder& DictBuilder::operator=(DictBuilder&&) noexcept = default;
DictBuilder::~DictBuilder() = default;

DictBuilder& DictBuilder::set(const Value& key, const Value& value) {
    (*this)[key] = value;
    return *this;
}

DictBuilder& DictBuilder::update(const Value& dict) {
    for (const auto& [key, value] : dict.items())
        set(key, value);
    return *this;
}

Value& DictBuilder::operator[](const Value& key) {
    const std::uint64_t hash = hash_key(key);
    const auto found = state_->find(key, hash);
    if (found != state_->positions.end()) return state_->slots[found->second].entry.value;
    state_->slots.push_back({{key, Value()}, false});
    state_->positions.emplace(hash, state_->slots.size() - 1);
    return state_->slots.back().entry.value;
}

bool DictBuilder::erase(const Value& key) {
    const auto found = state_->find(key, hash_key(key));
    if (found == state_->positions.end()) return false;
    state_->slots[found->second] = {{}, true};
    state_->positions.erase(found);
    return true;
}

bool DictBuilder::contains(const Value& key) const {
    return state_->find(key, hash_key(key)) != state_->positions.end();
}

std::size_t DictBuilder::size() const noexcept {
    return state_->positions.size();
}

Value DictBuilder::build() const {
    std::vector<Entry> entries;
    entries.reserve(size());
    for (const State::Slot& slot : state_->slots) {
        if (!slot.erased) entries.push_back(slot.entry);
    }
    return dict(entries);
}

}  // namespace parley

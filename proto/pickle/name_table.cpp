#include "hash.hpp"

#include <parley/pickle/name_table.hpp>

namespace parley::pickle {

void NameTable::clear() noexcept {
    if (names_.empty()) return;
    slots_.fill({});
    texts_.clear();
    names_.clear();
    index_.clear();
}

NameTable::Number NameTable::find_text(std::string_view text) {
    const std::uint64_t hash = hash_bytes(text, hash_seed());
    if (2 * (names_.size() + 1) > index_.size()) index_again();
    const std::size_t mask = index_.size() - 1;
    std::size_t at = hash & mask;
    for (; index_[at] != 0; at = (at + 1) & mask) {
        const Number number = index_[at] - 1;
        if (names_[number].hash == hash && this->text(number) == text) return number;
    }
    const Number number = add(text, hash);
    index_[at] = number + 1;
    return number;
}

NameTable::Number NameTable::add(std::string_view text, std::uint64_t hash) {
    names_.push_back({static_cast<std::uint32_t>(texts_.size()),
                      static_cast<std::uint32_t>(text.size()), 0, 0, hash, false});
    texts_.insert(texts_.end(), text.begin(), text.end());
    return static_cast<Number>(names_.size() - 1);
}

void NameTable::index_again() {
    index_.assign(index_.empty() ? 32 : 2 * index_.size(), 0);
    const std::size_t mask = index_.size() - 1;
    for (Number number = 0; number < names_.size(); ++number) {
        std::size_t at = names_[number].hash & mask;
        while (index_[at] != 0)
            at = (at + 1) & mask;
        index_[at] = number + 1;
    }
}

void NameTable::write_first(Encoder& encoder, Name& name) {
    encoder.str({texts_.data() + name.begin, name.size});
    name.memo = encoder.memoize();
    name.is_written = true;
}

}  // namespace parley::pickle

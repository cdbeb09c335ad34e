// The member names of a pickle: each is written once and fetched from the memo ever after.
#pragma once

#include <parley/pickle/encoder.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace parley::pickle {

/// Writes names as keys of dicts. Names are mostly literals, and so a name's address finds it at
/// once; its text is compared all the same. Not thread-safe.
class NameTable {
public:
    /// A name's place in the table.
    using Number = std::uint32_t;

    /// Forgets all names: a new pickle begins.
    void clear() noexcept;

    /// The name's number; one that is not known yet is written nowhere so far.
    [[nodiscard]] Number find(const char* name) {
        Slot& slot = slots_[slot_of(name)];
        if (slot.name == name && equals(names_[slot.number], name)) return slot.number;
        slot = {name, find_text(name)};
        return slot.number;
    }
    /// Writes the name as a str.
    void write(Encoder& encoder, Number number) {
        Name& name = names_[number];
        if (name.is_written)
            encoder.get(name.memo);
        else
            write_first(encoder, name);
    }
    [[nodiscard]] std::string_view text(Number number) const noexcept {
        const Name& name = names_[number];
        return {texts_.data() + name.begin, name.size};
    }

    /// The object that the name was last used in; 0 for none.
    [[nodiscard]] std::uint32_t& last_user(Number number) noexcept {
        return names_[number].last_user;
    }

private:
    struct Name {
        std::uint32_t begin;
        std::uint32_t size;
        std::uint32_t memo;
        std::uint32_t last_user;
        std::uint64_t hash;
        bool is_written;
    };
    struct Slot {
        const char* name = nullptr;
        Number number = 0;
    };
    static constexpr unsigned slot_bits = 6;

    [[nodiscard]] static std::size_t slot_of(const char* name) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(name);
        return (address * 0x9e3779b97f4a7c15) >> (64 - slot_bits);
    }
    [[nodiscard]] bool equals(const Name& name, const char* text) const noexcept {
        return std::strncmp(texts_.data() + name.begin, text, name.size) == 0 &&
               text[name.size] == '\0';
    }
    [[nodiscard]] Number find_text(std::string_view text);
    [[nodiscard]] Number add(std::string_view text, std::uint64_t hash);
    void index_again();
    void write_first(Encoder& encoder, Name& name);

    std::array<Slot, std::size_t{1} << slot_bits> slots_{};
    std::vector<char> texts_;
    std::vector<Name> names_;
    std::vector<Number> index_;  // By hash, open addressing, 0 for none, else a number plus one.
};

}  // namespace parley::pickle

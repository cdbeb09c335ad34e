// One object of a class on its way out of a pickle: the dict, the tuple or the instance that has
// its members. Part of parley/pickle/input_archive.hpp.
#pragma once

#include <parley/pickle/cell.hpp>
#include <parley/pickle/class_info.hpp>
#include <parley/pickle/trail.hpp>
#include <parley/python_class.hpp>

#include <boost/serialization/serialization.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parley::pickle {

class InputArchive;

/// Finds the members by name, in any order, or by position. On the stack, as deep as the objects
/// lie inside each other.
class ObjectReader : public Trail::Descent {
public:
    explicit ObjectReader(InputArchive& archive);
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;
    ~ObjectReader();

    /// Takes the members out of a value. An instance must be of the class `python`, where there is
    /// one. `is_known` says that its class has been looked at.
    void open(const Cell& cell, const PythonName* python, bool is_known = false);
    /// The version of the class that the members were written by; `newest` is ours.
    [[nodiscard]] unsigned version(unsigned newest);
    /// The same of a base. Names end with a NUL; one without data is none.
    [[nodiscard]] unsigned base_version(std::string_view name, unsigned newest);
    /// Whether a base of some version stands by itself, as a member.
    [[nodiscard]] bool has_base_as_member() const noexcept;
    /// The next member, or null where there is none.
    [[nodiscard]] const Cell* find_member(std::string_view name);
    [[noreturn]] void fail_missing(std::string_view expected);
    /// Fails where items are left.
    void close();

    /// Whether every key was asked for.
    [[nodiscard]] bool is_used_up() const noexcept { return used_ == count_; }

    template <typename T>
    void read_members(T& object, unsigned version) {
        boost::serialization::serialize_adl(archive_, object, version);
    }
    template <typename T>
    [[nodiscard]] bool has_base(const T& part) const {
        return type_ != nullptr && type_->is_base(object_, std::addressof(part));
    }
    [[nodiscard]] std::size_t first_base() const noexcept { return first_base_; }

    /// Takes the object for one of its class, or of a base's, for as long as it lives.
    class As {
    public:
        As(ObjectReader& reader, const ClassInfo& type, const void* object) noexcept
            : reader_(reader), type_(reader.type_), object_(reader.object_) {
            reader.type_ = &type;
            reader.object_ = object;
        }
        As(const As&) = delete;
        As& operator=(const As&) = delete;
        ~As() {
            reader_.type_ = type_;
            reader_.object_ = object_;
        }

    private:
        ObjectReader& reader_;
        const ClassInfo* type_;
        const void* object_;
    };

private:
    enum class Source : std::uint8_t {
        dict,       ///< A dict.
        instance,   ///< An instance's attributes by name.
        items,      ///< A tuple or list.
        arguments,  ///< What an instance was made with, or a state that is a list.
    };
    enum class Mode : std::uint8_t { undecided, named, positional };

    [[noreturn]] void fail_type();
    void open_instance(const ObjectNode& object, bool is_known);
    void use_table(const Cell& dict, Source source);
    void use_items(std::span<const Cell> items, Source source);
    void use_tables(const Cell& first, const Cell& second);
    [[nodiscard]] const Cell* next_item();
    [[nodiscard]] const Cell* find_name(std::string_view name);
    [[nodiscard]] const Cell* find_elsewhere(std::string_view name);
    [[nodiscard]] const Cell* find_position(std::uint64_t position);
    [[nodiscard]] std::optional<std::uint64_t> find_entry(std::string_view name) const;
    [[nodiscard]] const Cell* take(std::uint64_t entry, std::string_view name);
    [[nodiscard]] const Cell* find_repeated(std::string_view name, std::uint64_t entry);
    /// Whether the entry was asked for before.
    [[nodiscard]] bool mark_used(std::uint64_t entry);
    [[nodiscard]] std::uint64_t& far_used_bits(std::uint64_t entry);
    [[nodiscard]] std::optional<std::uint64_t> find_version(unsigned newest) const;
    [[nodiscard]] unsigned checked_version(const Cell& cell, unsigned newest);

    InputArchive& archive_;
    ObjectReader* outer_;
    const ClassInfo* type_ = nullptr;
    const void* object_ = nullptr;
    const PythonName* python_ = nullptr;
    const Cell* cell_ = nullptr;
    const Cell* cells_ = nullptr;  // Keys and values in turn, or items.
    const TableNode* table_ = nullptr;
    std::uint64_t count_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t used_ = 0;
    std::uint64_t used_bits_ = 0;
    std::uint32_t asked_ = 0;
    std::uint32_t bases_ = 0;
    std::size_t first_used_;
    std::size_t first_repeat_;
    std::size_t first_base_;
    Source source_ = Source::dict;
    Mode mode_ = Mode::undecided;
};

}  // namespace parley::pickle

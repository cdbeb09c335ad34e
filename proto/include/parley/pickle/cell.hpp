// How values lie in memory: 16-byte cells and the nodes they point to, all inside one message's
// arena. The layout is parley's own business and may change; programs use parley/value.hpp.
// docs/pickle.md tells the reasons.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace parley::pickle {

/// What a cell holds. Those before `str` are whole in the cell, the others point into a message.
enum class Tag : std::uint8_t {
    none,
    boolean,
    integer,
    real,
    extension,
    ellipsis,
    not_implemented,
    absent,  ///< No value: an empty memo slot, an argument not given.
    str,
    legacy_str,
    bytes,
    big_integer,  ///< Two's complement, little-endian, does not fit 64 bits.
    tuple,
    bytes_node,  ///< Bytes in a buffer that the program handed over.
    bytearray,
    complex,
    list,
    dict,
    set,
    frozenset,
    global,
    object,
    persistent,
    buffer,
};

/// What is known of a pointed-to thing; one byte right before it.
enum NodeFlag : std::uint8_t {
    shared = 1,  ///< Its own message refers to it more than once.
    owned = 2,   ///< Some container made by the program holds it.
    reused = 4,  ///< And another one, or a part of its message does.
    late = 8,    ///< A container that was changed after something else had seen it.
};

/// Precedes every node and every tuple's items. Text and bytes lie in the received frame instead,
/// and there the last byte of the opcode's length, read already, serves as the flags.
struct NodeHeader {
    std::uint32_t hash;
    std::uint8_t unused[3];
    std::uint8_t flags;
};

struct ListNode;
struct TableNode;
struct ComplexNode;
struct BytesNode;
struct GlobalNode;
struct ObjectNode;
struct PersistentNode;
struct BufferNode;

/// One value: a tag, a size where the tag has one, and 64 bits of payload.
struct Cell {
    std::uint64_t head;  ///< Tag, 8 flag bits, 48 bits of size.
    union {
        std::int64_t integer;
        double real;
        void* pointer;
    };

    /// Set on a cell that was fetched from the memo: the thing itself stands elsewhere.
    static constexpr std::uint64_t fetched_bit = std::uint64_t{1} << 8;

    /// Set on an int that was written as a long: Python 2 tells the two apart.
    static constexpr std::uint64_t long_bit = std::uint64_t{1} << 10;
    /// Set on a cell of a value that the program gave: no opcode may change it.
    static constexpr std::uint64_t foreign_bit = std::uint64_t{1} << 9;

    static constexpr Cell make(Tag tag, std::int64_t value = 0) noexcept {
        Cell cell{};
        cell.head = static_cast<std::uint64_t>(tag);
        cell.integer = value;
        return cell;
    }
    static constexpr Cell make_real(double value) noexcept {
        Cell cell{};
        cell.head = static_cast<std::uint64_t>(Tag::real);
        cell.real = value;
        return cell;
    }
    static Cell make_pointer(Tag tag, const void* pointer, std::uint64_t size = 0) noexcept {
        Cell cell;
        cell.head = static_cast<std::uint64_t>(tag) | size << 16;
        cell.pointer = const_cast<void*>(pointer);
        return cell;
    }

    [[nodiscard]] constexpr Tag tag() const noexcept { return static_cast<Tag>(head & 0xff); }
    [[nodiscard]] constexpr std::uint64_t size() const noexcept { return head >> 16; }
    [[nodiscard]] constexpr bool foreign() const noexcept { return (head & foreign_bit) != 0; }
    [[nodiscard]] constexpr bool fetched() const noexcept { return (head & fetched_bit) != 0; }
    /// Whether there is something to point to; the empty tuple has nothing.
    [[nodiscard]] constexpr bool is_pointer() const noexcept { return tag() >= Tag::str; }
    [[nodiscard]] bool has_flags() const noexcept { return is_pointer() && pointer != nullptr; }
    [[nodiscard]] std::uint8_t& flags() const noexcept {
        return static_cast<std::uint8_t*>(pointer)[-1];
    }

    [[nodiscard]] const char* text() const noexcept { return static_cast<const char*>(pointer); }
    [[nodiscard]] const std::byte* data() const noexcept {
        return static_cast<const std::byte*>(pointer);
    }
    /// The content of bytes or a bytearray.
    [[nodiscard]] inline std::span<const std::byte> byte_span() const noexcept;
    [[nodiscard]] std::string_view text_view() const noexcept { return {text(), size()}; }
    [[nodiscard]] Cell* items() const noexcept { return static_cast<Cell*>(pointer); }
    [[nodiscard]] inline ListNode* list() const noexcept;
    [[nodiscard]] inline TableNode* table() const noexcept;
    [[nodiscard]] inline ComplexNode* complex() const noexcept;
    [[nodiscard]] inline BytesNode* bytes_node() const noexcept;
    [[nodiscard]] inline GlobalNode* global() const noexcept;
    [[nodiscard]] inline ObjectNode* object() const noexcept;
    [[nodiscard]] inline PersistentNode* persistent() const noexcept;
    [[nodiscard]] inline BufferNode* buffer() const noexcept;
};
static_assert(sizeof(Cell) == 16);

struct ListNode {
    Cell* items;
    std::uint64_t size;
    std::uint64_t capacity;
};

/// Where each entry of a big dict or set stands; open addressing, 0 for an empty slot.
struct KeyIndex {
    std::uint64_t mask;
    struct Slot {
        std::uint32_t hash;
        std::uint32_t entry;  ///< Its number plus one.
    } slots[1];
};

/// A dict (key and value side by side), a set or a frozenset, in order of insertion.
struct TableNode {
    Cell* entries;
    std::uint64_t size;
    std::uint64_t capacity;
    KeyIndex* index;  ///< Null while the table is small.
};

struct ComplexNode {
    double real;
    double imag;
};

/// A bytearray, or bytes that do not lie in the message's own memory.
struct BytesNode {
    const std::byte* data;
};

/// The few functions whose calls are natural values: how CPython writes sets and bytes in protocols
/// that have no opcode for them.
enum class WellKnown : std::uint8_t { none, encode, bytes, bytearray, set, frozenset, complex };

struct GlobalNode {
    Cell module;
    Cell name;
    bool legacy_names;  ///< Named as Python 2 does: it came in a protocol below 3.
    WellKnown well_known;
};

struct PersistentNode {
    Cell id;
};

struct BufferNode {
    const std::byte* data;
    std::uint64_t size;
    std::uint64_t number;
    bool readonly;
};

/// How an object comes into being.
enum class Form : std::uint8_t {
    call,       ///< callable(*args): REDUCE.
    new_,       ///< callable.__new__(callable, *args): NEWOBJ, NEWOBJ_EX.
    instance,   ///< INST or OBJ: the class called, or made bare where there are no arguments.
    reference,  ///< Not made here, only changed: a class, say, that state is put into.
};

/// What was done to an object after it came into being.
struct Change {
    enum class Kind : std::uint8_t { append, extend, set_items, add_items, state, call };
    Kind kind;
    std::uint64_t size;
    Cell* cells;
    std::uint64_t time;
};

struct ObjectNode {
    Form form;
    bool has_kwargs;
    std::uint32_t change_count;
    std::uint32_t change_capacity;
    std::uint64_t time;
    Change* changes;
    ObjectNode* previous;  ///< The object of the message that was made before this one.
    Cell callable;
    Cell args;
    Cell kwargs;  ///< Not there unless `has_kwargs`.
};

inline ListNode* Cell::list() const noexcept {
    return static_cast<ListNode*>(pointer);
}
inline TableNode* Cell::table() const noexcept {
    return static_cast<TableNode*>(pointer);
}
inline ComplexNode* Cell::complex() const noexcept {
    return static_cast<ComplexNode*>(pointer);
}
inline BytesNode* Cell::bytes_node() const noexcept {
    return static_cast<BytesNode*>(pointer);
}
inline std::span<const std::byte> Cell::byte_span() const noexcept {
    return {tag() == Tag::bytes ? data() : bytes_node()->data, size()};
}
inline GlobalNode* Cell::global() const noexcept {
    return static_cast<GlobalNode*>(pointer);
}
inline ObjectNode* Cell::object() const noexcept {
    return static_cast<ObjectNode*>(pointer);
}
inline PersistentNode* Cell::persistent() const noexcept {
    return static_cast<PersistentNode*>(pointer);
}
inline BufferNode* Cell::buffer() const noexcept {
    return static_cast<BufferNode*>(pointer);
}

}  // namespace parley::pickle

// Walks a graph of cells and writes it as opcodes, without recursion. Run twice where sharing must
// be known beforehand: the first time nothing is written and references are counted, by the very
// same steps. Specified in docs/pickle.md, "Writing".
#pragma once

#include "memo_table.hpp"
#include "small_vector.hpp"

#include <parley/pickle/cell.hpp>
#include <parley/pickle/encoder.hpp>
#include <parley/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace parley::pickle {

/// The names that the writer itself puts into a pickle.
enum class Helper : std::uint8_t {
    encode,
    latin1,
    bytes,
    bytearray,
    set,
    frozenset,
    complex,
    getattr,
    partial,
    ellipsis,
    not_implemented,
    count,
};

/// What two runs over one graph share.
struct WriteState {
    enum class Mode : std::uint8_t {
        tree,     ///< Nothing is referenced twice.
        natural,  ///< The reader's notes on what is shared are exact, and cells say where it is
                  ///< fetched.
        counted,  ///< A first run has counted the references.
        ordered,  ///< Counted too, objects and late containers at any rate.
    };
    struct HelperState {
        std::uint32_t count = 0;
        std::uint32_t index = MemoTable::no_index;
    };

    Mode mode = Mode::tree;
    bool by_event = false;  ///< Every object comes into being, and changes, in its turn.
    bool conflict = false;  ///< Something is part of its own making.
    bool met_late = false;
    MemoTable memo;
    std::array<HelperState, static_cast<std::size_t>(Helper::count)> helpers;
    std::vector<Cell> objects;  ///< Every object met, once.
    /// What a container held when it was first seen, for those that were changed later.
    std::unordered_map<const void*, const LateChange*> first_changes;
    std::vector<Value>* buffers = nullptr;
    Message* message = nullptr;
};

/// One run. `Counting` writes nothing.
template <bool Counting>
class GraphWriter {
public:
    GraphWriter(Encoder& out, WriteState& state) noexcept : out_(out), state_(state) {}

    void write(const Cell& cell);

    // The events of an ordered run, each leaving the stack as it was.
    void create(const Cell& object);
    void change(const Cell& object, std::uint32_t number);
    void grow(const LateChange& change);

private:
    enum class Work : std::uint8_t {
        list,
        dict,
        set,
        set_call,
        tuple,
        frozenset,
        frozenset_call,
        object,
        persistent
    };

    struct Frame {
        Cell cell;
        const Cell* next;
        const Cell* end;
        const Cell* batch_end;
        std::uint32_t change;
        std::uint32_t change_end;
        std::uint32_t class_;  ///< In the memo, with its __new__, where a partial() needs them.
        std::uint32_t function;
        Work work;
        std::uint8_t stage;
        bool memoize;
    };

    /// How a reference to something with an identity is to be written.
    struct Reference {
        bool again;    ///< It has been, or is being, written: nothing is left to do.
        bool memoize;  ///< It is to be stored once it is there.
    };

    [[nodiscard]] bool has_flag(const Cell& cell, std::uint8_t flag) const noexcept;
    [[nodiscard]] bool is_forced(const Cell& cell) const noexcept;
    [[nodiscard]] Reference refer(const Cell& cell, bool opens);
    [[nodiscard]] Reference refer_counting(const Cell& cell, bool opens);
    void ready(const Cell& cell, bool memoize);

    void run();
    [[nodiscard]] bool begin(const Cell& cell);
    void push(const Cell& cell, Work work, std::span<const Cell> items, bool memoize);
    [[nodiscard]] bool begin_list(const Cell& cell);
    [[nodiscard]] bool begin_dict(const Cell& cell);
    [[nodiscard]] bool begin_set(const Cell& cell);
    [[nodiscard]] bool begin_frozenset(const Cell& cell);
    [[nodiscard]] bool begin_tuple(const Cell& cell);
    [[nodiscard]] bool begin_object(const Cell& cell);
    [[nodiscard]] bool begin_persistent(const Cell& cell);

    void resume(Frame& frame);
    [[nodiscard]] bool items(Frame& frame);
    [[nodiscard]] bool batches(Frame& frame, unsigned stride, Opcode one, Opcode many);
    void tuple_of(std::uint64_t size);
    void finish_tuple(Frame& frame);
    void finish_frozenset(Frame& frame);
    void finish_call(Frame& frame);
    void resume_object(Frame& frame);
    [[nodiscard]] bool make_object(Frame& frame);
    [[nodiscard]] bool make_instance(Frame& frame);
    [[nodiscard]] bool make_with_partial(Frame& frame);
    [[nodiscard]] bool changes(Frame& frame);

    void atom(const Cell& cell);
    void integer(const Cell& cell);
    void big_integer(const Cell& cell);
    void str(const Cell& cell);
    void legacy_str(const Cell& cell);
    void bytes(const Cell& cell);
    void bytearray(const Cell& cell);
    void complex(const Cell& cell);
    void global(const Cell& cell);
    void global_names(const Cell& cell);
    void dotted_global(std::string_view module, std::string_view name);
    void buffer(const Cell& cell);
    void content(std::span<const std::byte> bytes, bool is_bytearray);
    void latin1_text(std::span<const std::byte> bytes);
    void helper(Helper helper);
    void op(Opcode opcode) {
        if constexpr (!Counting) out_.opcode(opcode);
    }
    [[nodiscard]] std::span<const Cell> initial(const Cell& cell, std::span<const Cell> cells,
                                                unsigned stride) const;

    Encoder& out_;
    WriteState& state_;
    SmallVector<Frame, 16> frames_;
};

}  // namespace parley::pickle

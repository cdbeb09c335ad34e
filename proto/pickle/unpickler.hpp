// The machine that reads a pickle: a stack, marks and a memo, as CPython's Unpickler, but nothing
// to call and no recursion. Specified in docs/pickle.md, "Reading".
#pragma once

#include "memo.hpp"
#include "small_vector.hpp"
#include "table.hpp"

#include <parley/error.hpp>
#include <parley/pickle/cell.hpp>
#include <parley/pickle/message.hpp>
#include <parley/pickle/opcode.hpp>
#include <parley/pickle/reader.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::pickle {

/// Reads one pickle into one message. Not thread-safe; used once.
class Unpickler {
public:
    /// The pickle lies in memory that the message keeps and that may be written to: the bytes
    /// before a text, read already, hold its flags.
    Unpickler(Message& message, std::span<std::byte> pickle, const LoadOptions& options,
              std::vector<Buffer>& buffers) noexcept
        : message_(message),
          begin_(pickle.data()),
          at_(pickle.data()),
          end_(pickle.data() + pickle.size()),
          options_(options),
          buffers_(buffers),
          stack_(&message),
          marks_(&message),
          memo_(message),
          tables_(message) {}

    /// The value, as the root of the message, or why there is none.
    [[nodiscard]] Result<Cell> run();

private:
    using Opcodes = Opcode;

    [[nodiscard]] bool step(Opcode opcode);
    [[nodiscard]] bool run_common();
    [[nodiscard]] bool stop();

    // What is left of the pickle.
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    template <typename T>
    [[nodiscard]] bool take(T& number);
    [[nodiscard]] bool take_bytes(std::uint64_t size, std::byte*& bytes);
    [[nodiscard]] bool take_line(std::string_view& line);

    // The stack. Nothing below the last mark can be reached.
    [[nodiscard]] std::size_t fence() const noexcept {
        return marks_.empty() ? 0 : marks_[marks_.size() - 1];
    }
    [[nodiscard]] bool need(std::size_t count);
    [[nodiscard]] bool take_mark(std::size_t& mark);
    void push(const Cell& cell) { stack_.push(cell); }
    [[nodiscard]] bool pop();
    [[nodiscard]] bool is_fetched_next(const Cell& cell);
    [[nodiscard]] bool pop_mark();
    void drop(const Cell& cell);
    [[nodiscard]] bool duplicate();

    // The memo.
    [[nodiscard]] bool get(std::uint64_t index);
    void push_fetched(Cell cell) {
        if (cell.has_flags()) {
            cell.flags() |= shared;
            message_.has_shared = true;
        }
        cell.head |= Cell::fetched_bit;
        push(cell);
    }
    [[nodiscard]] bool put(std::uint64_t index);
    [[nodiscard]] bool memoize();
    [[nodiscard]] bool memo_index(std::uint64_t& index);

    // Values with their bytes.
    [[nodiscard]] bool text(Tag tag, std::uint64_t size);
    template <typename Length>
    [[nodiscard]] bool counted_text(Tag tag);
    template <typename Length>
    [[nodiscard]] bool counted_signed_text();
    [[nodiscard]] bool big_integer(std::uint64_t size);
    void push_integer(std::span<const std::byte> twos_complement);
    [[nodiscard]] bool bytearray();
    [[nodiscard]] bool next_buffer();
    [[nodiscard]] bool readonly_buffer();

    // Values with their text (protocol 0).
    [[nodiscard]] bool int_line();
    [[nodiscard]] bool long_line();
    [[nodiscard]] bool float_line();
    [[nodiscard]] bool string_line();
    [[nodiscard]] bool unicode_line();
    [[nodiscard]] bool persistent_line();
    [[nodiscard]] bool parse_integer(std::string_view text, bool c_rules);

    // Containers.
    void empty_list();
    void empty_table(Tag tag);
    [[nodiscard]] bool tuple(std::size_t first);
    [[nodiscard]] bool small_tuple(std::size_t size);
    [[nodiscard]] bool list();
    [[nodiscard]] bool dict();
    [[nodiscard]] bool frozenset();
    [[nodiscard]] bool append(std::size_t first, Change::Kind kind);
    [[nodiscard]] bool set_items(std::size_t first);
    [[nodiscard]] bool add_items(std::size_t first);
    void append_to_list(const Cell& list, std::size_t first);
    [[nodiscard]] bool replace_items(const Cell& list, std::size_t first);
    void note_change(const Cell& container, std::uint64_t begin, std::uint64_t end);
    void note_dict_change(const Cell& dict, std::size_t first);
    void add_late_change(LateChange change);
    [[nodiscard]] const Cell* copy_cells(const Cell* cells, std::uint64_t count);
    [[nodiscard]] bool unhashable();

    // Classes, functions and instances.
    [[nodiscard]] bool global_lines();
    [[nodiscard]] bool stack_global();
    [[nodiscard]] bool take_name_line(Cell& name, bool ascii);
    void push_global(const Cell& module, const Cell& name);
    [[nodiscard]] bool extension(std::int64_t code);
    [[nodiscard]] bool persistent(const Cell& id);
    [[nodiscard]] bool reduce();
    [[nodiscard]] bool new_object(bool with_keywords);
    [[nodiscard]] bool inst();
    [[nodiscard]] bool obj();
    [[nodiscard]] bool build();
    [[nodiscard]] std::optional<Cell> recognise(const Cell& callable, const Cell& args);
    [[nodiscard]] std::optional<Cell> recognise_table(Tag tag, const Cell& args);
    [[nodiscard]] std::optional<Cell> recognise_encoded(const Cell& args);
    [[nodiscard]] std::optional<Cell> recognise_bytearray(const Cell& args);
    [[nodiscard]] std::optional<std::string_view> latin1(const Cell& text);
    Cell make_object(Form form, const Cell& callable, const Cell& args, const Cell* kwargs);
    [[nodiscard]] bool change(std::size_t position, Change::Kind kind, std::size_t first);
    void add_change(ObjectNode& object, Change::Kind kind, const Cell* cells, std::uint64_t count);
    [[nodiscard]] Cell make_tuple(const Cell* cells, std::uint64_t count);

    /// What was read cannot be written depth first in the same order.
    void disorder() noexcept {
        message_.natural = false;
        message_.disordered = true;
    }
    [[gnu::cold]] bool fail(Errc code, std::string detail);
    [[gnu::cold]] bool fail_truncated(std::string detail);
    [[gnu::cold]] void fail_short(std::uint64_t expected);
    [[gnu::cold]] void fail_underflow(std::size_t expected);
    [[gnu::cold]] void fail_no_mark();
    [[gnu::cold]] bool fail_operand(std::string_view expected, const Cell& came);

    Message& message_;
    std::byte* begin_;
    std::byte* at_;
    std::byte* end_;
    std::byte* opcode_at_ = nullptr;
    const LoadOptions& options_;
    std::vector<Buffer>& buffers_;
    std::size_t next_buffer_ = 0;
    std::uint8_t protocol_ = 0;
    bool unhashable_ = false;
    std::uint8_t highest_ = 0;
    SmallVector<Cell, 64> stack_;
    SmallVector<std::uint64_t, 32> marks_;
    ReadMemo memo_;
    TableWriter tables_;
    std::optional<Failure> failure_;
};

/// What a cell is, in Python's words.
[[nodiscard]] std::string_view cell_kind_name(const Cell& cell) noexcept;

}  // namespace parley::pickle

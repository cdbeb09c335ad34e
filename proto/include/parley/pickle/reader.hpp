// Reads a pickle: bytes in, a Value out. Builds values and can do nothing else. Specified in
// docs/pickle.md, after pickle.Unpickler of CPython.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/step.hpp>
#include <parley/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace parley::pickle {

/// The limits of a reader and what it is given besides the bytes.
struct LoadOptions {
    /// The longest pickle, in bytes.
    std::optional<std::uint64_t> max_size = std::nullopt;
    /// The most decimal digits of an int in text (INT, LONG): reading them takes time in the square
    /// of their number. CPython 3.11's own limit is 4300.
    std::optional<std::uint64_t> max_digits = 50'000;
    /// The most memory that reading may take besides the pickle itself, in bytes: the message's
    /// nodes and, while it is read, the reader's stack, memo and tables. docs/pickle.md, "Bounds",
    /// tells what a pickle can ask for without it.
    std::optional<std::uint64_t> max_memory = std::nullopt;
    /// Gives a persistent id its meaning (Unpickler.persistent_load). Without it the id is kept as
    /// a value of the kind persistent_id.
    std::function<Result<Value>(const Value& id)> persistent_load = nullptr;
};

/// Reads one pickle that fills all of the bytes; copies them. Fails with the pickle family of Errc,
/// the detail saying at which byte, at which opcode, what was expected and what came. Runs no code,
/// never recurses, and takes time and memory linear in the bytes. Thread-safe.
[[nodiscard]] Result<Value> loads(ConstBytes bytes, const LoadOptions& options = {});
/// The same, taking over the memory: text, bytes and arrays are then views into it.
[[nodiscard]] Result<Value> loads(Buffer&& bytes, const LoadOptions& options = {});
/// The same with buffers that were sent out of band, in the order in which the pickle takes them.
[[nodiscard]] Result<Value> loads(Buffer&& bytes, const LoadOptions& options,
                                  std::vector<Buffer> buffers);

}  // namespace parley::pickle

// Writes a pickle: a Value in, bytes out that every CPython of the protocol loads. Specified in
// docs/pickle.md, after pickle.Pickler of CPython.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>
#include <parley/pickle/encoder.hpp>
#include <parley/value.hpp>

#include <vector>

namespace parley::pickle {

/// How a pickle is written.
struct DumpOptions {
    /// 2 to 5. Python 2.7 reads 2, every Python 3 reads 3, 3.4 and later 4, 3.8 and later 5.
    int protocol = 4;
    /// Takes the buffers that protocol 5 sends out of band; without it they are written in place.
    std::vector<Value>* buffers = nullptr;
};

/// The pickle of a value. Fails with invalid_argument for a protocol that is not written, and with
/// not_picklable for what the protocol cannot say. Never recurses. Thread-safe.
[[nodiscard]] Result<Buffer> dumps(const Value& value, const DumpOptions& options = {});
/// The same, appended to a buffer, which keeps its capacity; on failure the buffer is as it was.
/// Takes no memory of its own for small values.
[[nodiscard]] Result<void> dumps(const Value& value, Buffer& out, const DumpOptions& options = {});
/// Writes a value as a part of a pickle: its opcodes leave it on top of the stack. What it shares
/// with another value is written again for each. What the protocol cannot say is the Encoder's to
/// report.
void write(const Value& value, Encoder& encoder, std::vector<Value>* buffers = nullptr);

}  // namespace parley::pickle

// All that an algorithm may ask of the world. The handshake and the frames are state machines that
// answer with a Step; the engine (src/engine) carries it out on a socket, blocking or not.
#pragma once

#include <parley/error.hpp>

#include <cstddef>
#include <span>
#include <variant>

namespace parley {

using ConstBytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// Write these bytes. `sent` is told how many of them went out, which may be fewer.
/// The parts must stay valid and in place until then.
struct Send {
    std::span<const ConstBytes> parts;
    /// A parting word before a Failure: if it cannot be written, say that it went out all the same.
    bool farewell = false;
};

/// Read at least one byte: into `into`, or, where that is empty, into memory of the driver's own.
/// `received` is handed the bytes that arrived; none means that the peer has closed.
struct Receive {
    MutableBytes into;
    bool inside_message = false;  ///< Part of a message is in: acknowledge it without delay.
};

/// The algorithm is through.
struct Done {};

/// What an algorithm wants next. A Failure ends it.
using Step = std::variant<Send, Receive, Done, Failure>;

/// A state machine that knows a protocol and no socket.
class Algorithm {
public:
    Algorithm() = default;
    Algorithm(const Algorithm&) = delete;
    Algorithm& operator=(const Algorithm&) = delete;
    virtual ~Algorithm() = default;

    /// What is wanted now. May be called again without harm: nothing moves on until `sent` or
    /// `received`.
    [[nodiscard]] virtual Step step() = 0;
    /// So many bytes of the last Send went out.
    virtual void sent(std::size_t size) = 0;
    /// These bytes came for the last Receive; none at the end of the stream. Where they were not
    /// read into `Receive::into` they are only valid during the call.
    virtual void received(ConstBytes bytes) = 0;
};

}  // namespace parley

// Receiving one frame through a connection's reader, as an algorithm.
#pragma once

#include <parley/frame.hpp>
#include <parley/step.hpp>

namespace parley {

/// Done once the reader has a whole frame. Everything that arrived is the reader's, so an abandoned
/// ReceiveFrame loses nothing.
class ReceiveFrame final : public Algorithm {
public:
    explicit ReceiveFrame(FrameReader& reader) noexcept : reader_(reader) {}

    Step step() override {
        const Result<bool> ready = reader_.ready();
        if (ready.has_error()) return ready.error();
        if (*ready) return Done{};
        if (at_end_) return reader_.end_of_stream();
        const MutableBytes room = reader_.room();
        return Receive{room, reader_.has_begun_frame()};
    }
    void sent(std::size_t) override {}
    void received(ConstBytes bytes) override {
        at_end_ = bytes.empty();
        reader_.commit(bytes);
    }

    /// For an engine that can scatter what it reads, where `Receive::into` is empty: where bytes
    /// may go that come after the first four. `received` is called for the four, and for these.
    /// Nothing beyond is read with them: the next message then begins where a read begins.
    [[nodiscard]] MutableBytes ahead() { return reader_.ahead(); }
    /// The socket has nothing to give for now: memory for what might have come can go.
    void nothing_came() noexcept { reader_.forget_ahead(); }

private:
    FrameReader& reader_;
    bool at_end_ = false;
};

}  // namespace parley

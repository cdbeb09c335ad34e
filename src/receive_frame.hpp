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
        return Receive{reader_.room(), reader_.inside_frame()};
    }
    void sent(std::size_t) override {}
    void received(ConstBytes bytes) override {
        at_end_ = bytes.empty();
        reader_.commit(bytes);
    }

private:
    FrameReader& reader_;
    bool at_end_ = false;
};

}  // namespace parley

// The first words of a conversation, spoken frame by frame and overheard: what `parley probe` asks
// of a socket.
#pragma once

#include <parley/frame.hpp>
#include <parley/handshake.hpp>
#include <parley/step.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace parley::tools {

/// A descriptor in blocking mode, borrowed, and what came over it. Not thread-safe.
class ProbeWire {
public:
    using Clock = std::chrono::steady_clock;

    ProbeWire(int descriptor, Clock::time_point deadline);

    /// A frame of the peer's: its payload, and when it was whole.
    struct Frame {
        std::string payload;
        Clock::time_point came;
    };

    /// The peer's first frame; none where it says nothing until the deadline. Fails with
    /// message_too_long and the like where it is none that a handshake could begin with.
    [[nodiscard]] Result<std::optional<Frame>> first();

    /// Runs a handshake, the first frame included.
    [[nodiscard]] Result<void> run(Handshake& handshake);

    /// The frames that came, in order, and when each of ours was sent.
    [[nodiscard]] const std::vector<Frame>& frames() const noexcept { return frames_; }
    [[nodiscard]] const std::vector<Clock::time_point>& sent() const noexcept { return sent_; }
    /// All bytes that came before the handshake.
    [[nodiscard]] const std::string& heard() const noexcept { return heard_; }

private:
    [[nodiscard]] Result<std::size_t> read(MutableBytes into);
    [[nodiscard]] Result<void> write(ConstBytes bytes);
    [[nodiscard]] Result<void> receive(Handshake& handshake);
    void overhear(ConstBytes bytes);

    int descriptor_;
    Clock::time_point deadline_;
    std::string heard_;   // what came and no handshake has seen
    FrameReader reader_;  // of what is overheard
    std::vector<Frame> frames_;
    std::vector<Clock::time_point> sent_;
};

}  // namespace parley::tools

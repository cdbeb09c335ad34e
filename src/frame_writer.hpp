// The frames on their way out, in order: bytes that the socket has not taken yet, and the algorithm
// that gathers them into few system calls.
#pragma once

#include <parley/buffer.hpp>
#include <parley/frame.hpp>
#include <parley/step.hpp>

#include <cstdint>
#include <vector>

namespace parley {

/// A queue of frames. Small ones are best copied in (`gather`), big ones borrowed (`push`).
/// Positions count the bytes of the stream since it began. Not thread-safe.
class FrameWriter final : public Algorithm {
public:
    using Position = std::uint64_t;

    [[nodiscard]] bool empty() const noexcept { return head_ == entries_.size(); }
    /// The bytes that are still to go out.
    [[nodiscard]] std::size_t pending() const noexcept {
        return static_cast<std::size_t>(end_ - begin_);
    }
    /// Where the next byte to go out stands in the stream, and where the last one queued ends.
    [[nodiscard]] Position begin() const noexcept { return begin_; }
    [[nodiscard]] Position end() const noexcept { return end_; }

    /// Queues a copy of the payload as a frame.
    void gather(ConstBytes payload);
    /// Queues the payload as a frame; it must stay valid until it is gone or `keep` was called.
    void push(ConstBytes payload);
    /// Copies what is still borrowed.
    void keep();
    /// Takes the frame that ends at `frame_end` back, unless its first byte is gone: false then.
    bool withdraw(Position frame_begin, Position frame_end);
    /// Drops everything that has not gone out.
    void clear() noexcept;

    Step step() override;
    void sent(std::size_t size) override;
    void received(ConstBytes) override {}

private:
    /// Either gathered bytes, headers included, or one borrowed payload with its header.
    struct Entry {
        FrameHeader header;
        ConstBytes borrowed;
        std::size_t size;
        bool is_gathered;
    };

    void compact();
    void append_gathered(std::size_t size);
    void add_part(ConstBytes part) noexcept;
    void add_parts(const Entry& entry, std::size_t skip, std::size_t& gathered_offset) noexcept;

    std::vector<Entry> entries_;
    std::size_t head_ = 0;
    std::size_t sent_of_head_ = 0;
    Buffer gathered_;
    std::size_t gathered_begin_ = 0;
    Position begin_ = 0;
    Position end_ = 0;
    std::size_t part_count_ = 0;
};

}  // namespace parley

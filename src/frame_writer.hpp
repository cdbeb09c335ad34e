// The frames on their way out, in order: bytes that the socket has not taken yet, and the algorithm
// that gathers them into few system calls.
#pragma once

#include <parley/buffer.hpp>
#include <parley/frame.hpp>
#include <parley/step.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace parley {

/// A queue of frames. Small ones are best copied in (`gather`), big ones borrowed (`push`).
/// Positions count the bytes of the stream since it began. Not thread-safe.
class FrameWriter final : public Algorithm {
public:
    using Position = std::uint64_t;

    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    /// What a payload takes in the stream, with its header.
    [[nodiscard]] static std::size_t frame_size(std::size_t payload_size) noexcept {
        return FrameHeader(payload_size).size() + payload_size;
    }

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

        void add_parts(std::size_t skip, const Buffer& gathered,
                       std::size_t& gathered_offset) const noexcept;
    };

    /// Made by the first frame: most connections never keep one.
    struct Backlog {
        void compact();
        void add_gathered(std::size_t size);
        void keep_only(Buffer bytes);
        void drop(std::size_t size);
        void clear() noexcept;

        std::vector<Entry> entries;
        std::size_t head = 0;
        std::size_t sent_of_head = 0;
        Buffer gathered;
        std::size_t gathered_begin = 0;
    };

    Backlog& backlog();

    std::unique_ptr<Backlog> backlog_;
    Position begin_ = 0;
    Position end_ = 0;
};

}  // namespace parley

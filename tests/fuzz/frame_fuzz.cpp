// Any stream: cut in whatever way, read to wherever, it holds the same messages and ends in the
// same way as when it comes whole.
#include "support/bytes.hpp"
#include "support/fuzz.hpp"

#include <parley/frame.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using support::require;

namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 16;

struct Reading {
    std::vector<std::string> messages;
    std::string end;
    friend bool operator==(const Reading&, const Reading&) = default;
};

// How a stream is read: a piece size, a limit, and what is done besides.
struct Manner {
    std::size_t piece = most_at_once;
    std::optional<std::uint64_t> limit;
    bool keeps = false;
    bool takes = false;
    std::size_t destination = 0;
};

class Reader {
public:
    explicit Reader(Manner manner) : manner_(manner), destination_(manner.destination) {
        reader_.limit(manner.limit);
    }

    Reading read(std::string_view stream) {
        do {
            if (!drain()) return reading_;
        } while (commit_some(stream));
        reading_.end = reader_.end_of_stream().message();
        return reading_;
    }

private:
    bool drain() {
        for (;;) {
            const auto ready = reader_.ready();
            if (!ready) {
                reading_.end = ready.error().message();
                return false;
            }
            if (!*ready) return true;
            if (manner_.keeps) spoil();
            reading_.messages.push_back(support::as_text(reader_.payload()));
            consume();
        }
    }

    void spoil() {
        reader_.keep();
        std::fill(scratch_.begin(), scratch_.end(), std::byte{0xee});
    }

    void consume() {
        if (manner_.takes)
            require(reader_.take().view() == reading_.messages.back(), "taken as looked at");
        else
            reader_.consume();
    }

    bool commit_some(std::string_view& stream) {
        if (stream.empty()) return false;
        switch_destination();
        const parley::MutableBytes room = reader_.room();
        require(room.size() <= std::max(8 * committed_, std::size_t{1} << 20),
                "memory as it arrives");
        const parley::MutableBytes into = room.empty() ? parley::MutableBytes(scratch_) : room;
        const std::size_t count = std::min({manner_.piece, into.size(), stream.size()});
        std::memcpy(into.data(), stream.data(), count);
        reader_.commit(into.first(count));
        stream.remove_prefix(count);
        committed_ += count;
        return true;
    }

    // Given and withdrawn by turns, also while a body is half-way in.
    void switch_destination() {
        if (destination_.empty()) return;
        turn_ = (turn_ + 1) % 3;
        if (turn_ == 0) reader_.direct({});
        if (turn_ == 1) reader_.direct(destination_);
    }

    Manner manner_;
    parley::FrameReader reader_;
    std::vector<std::byte> scratch_ = std::vector<std::byte>(most_at_once);
    std::vector<std::byte> destination_;
    std::size_t committed_ = 0;
    int turn_ = 0;
    Reading reading_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    support::FuzzInput input(data, size);
    Manner manner;
    const std::uint8_t choice = input.take();
    if ((choice & 1) != 0) manner.limit = std::uint64_t{input.take()} * 64;
    const Reading whole = Reader(manner).read(input.rest());
    manner.piece = 1 + (choice >> 1 & 15U) * (choice >> 5) * 16;
    require(Reader(manner).read(input.rest()) == whole, "pieces make the same messages");
    manner.keeps = true;
    require(Reader(manner).read(input.rest()) == whole,
            "what is kept outlives the driver's memory");
    manner.takes = true;
    manner.destination = std::size_t{1} << (10 + (choice >> 5));
    require(Reader(manner).read(input.rest()) == whole, "a destination changes no message");
    return 0;
}

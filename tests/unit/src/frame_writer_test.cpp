#include "src/frame_writer.hpp"

#include "support/catch.hpp"
#include "support/handshake.hpp"

#include <variant>

using namespace support;
using parley::FrameWriter;

namespace {

/// What the writer wants to send now.
std::string wanted(FrameWriter& writer) {
    const parley::Step step = writer.step();
    if (std::holds_alternative<parley::Done>(step)) return {};
    std::string bytes;
    for (const parley::ConstBytes part : std::get<parley::Send>(step).parts)
        bytes += as_text(part);
    return bytes;
}

/// Everything, in pieces of so many bytes.
std::string drain(FrameWriter& writer, std::size_t piece) {
    std::string all;
    for (std::string bytes = wanted(writer); !bytes.empty(); bytes = wanted(writer)) {
        bytes.resize(std::min(piece, bytes.size()));
        writer.sent(bytes.size());
        all += bytes;
    }
    return all;
}

}  // namespace

TEST_CASE("frame writer: frames go out in order, however little is taken at a time",
          "[connection]") {
    const std::size_t piece = GENERATE(1U, 3U, 4U, 5U, 7U, 1000U);
    FrameWriter writer;
    const std::string borrowed(50, 'b');
    writer.gather(as_bytes("one"));
    writer.gather(as_bytes(""));
    writer.push(as_bytes(borrowed));
    writer.gather(as_bytes("two"));
    writer.push(as_bytes(""));
    const std::string all = frame("one") + frame("") + frame(borrowed) + frame("two") + frame("");
    CHECK(writer.pending() == all.size());
    CHECK(drain(writer, piece) == all);
    CHECK(writer.empty());
    CHECK(writer.pending() == 0);
    CHECK(writer.begin() == all.size());
    CHECK(writer.end() == all.size());
}

TEST_CASE("frame writer: what is kept needs no lender any more", "[connection]") {
    const std::size_t taken = GENERATE(0U, 1U, 3U, 4U, 6U, 11U, 13U);
    FrameWriter writer;
    std::string first = "first";
    std::string second = "second";
    const std::string all = frame("zero") + frame(first) + frame(second);
    writer.gather(as_bytes("zero"));
    writer.push(as_bytes(first));
    writer.push(as_bytes(second));
    static_cast<void>(wanted(writer));
    writer.sent(taken);
    writer.keep();
    first.assign(first.size(), '!');
    second.assign(second.size(), '!');
    CHECK(drain(writer, 1000) == all.substr(taken));
}

TEST_CASE("frame writer: a frame is taken back unless it has begun", "[connection]") {
    const bool is_borrowed = GENERATE(true, false);
    const std::size_t taken = GENERATE(0U, 1U, 8U, 9U, 10U, 17U);
    FrameWriter writer;
    writer.gather(as_bytes("one."));
    const auto begin = writer.end();
    is_borrowed ? writer.push(as_bytes("two.")) : writer.gather(as_bytes("two."));
    const auto end = writer.end();
    writer.gather(as_bytes("three"));
    static_cast<void>(wanted(writer));
    writer.sent(taken);
    const bool has_begun = taken > begin;
    CHECK(writer.withdraw(begin, end) == !has_begun);
    const std::string all = frame("one.") + (has_begun ? frame("two.") : "") + frame("three");
    CHECK(drain(writer, 1000) == all.substr(taken));
    CHECK(writer.begin() == writer.end());
}

TEST_CASE("frame writer: a queue that always has something in it does not grow", "[connection]") {
    FrameWriter writer;
    const std::string payload(10'000, 'x');
    writer.gather(as_bytes(payload));
    std::size_t received = 0;
    for (int i = 0; i < 1000; ++i) {
        writer.gather(as_bytes(payload));
        const std::string bytes = wanted(writer).substr(0, payload.size() + 4);
        writer.sent(bytes.size());
        received += bytes.size();
        if (bytes.substr(4) != payload) FAIL("another frame");
    }
    CHECK(received == 1000 * (payload.size() + 4));
    CHECK(writer.pending() == payload.size() + 4);
}

TEST_CASE("frame writer: more frames than one call can gather follow in the next", "[connection]") {
    FrameWriter writer;
    std::string all;
    for (int i = 0; i < 40; ++i) {
        writer.push(as_bytes("abc"));
        all += frame("abc");
    }
    CHECK(drain(writer, 1 << 20) == all);
}

#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/frame.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

using parley::Buffer;
using parley::ConstBytes;
using parley::Errc;
using parley::FrameHeader;
using parley::FrameReader;
using parley::MutableBytes;
using support::as_bytes;
using support::as_text;
using support::from_hex;

namespace {

constexpr std::size_t scratch_size = 64 * 1024;

std::string frame(std::string_view payload) {
    return as_text(FrameHeader(payload.size()).bytes()) + std::string(payload);
}

std::string filler(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 256) % 26);
    return text;
}

// As a driver reads: into room() where there is some, into memory of its own otherwise, which is
// spoilt as soon as the reader has no more right to it.
class Driver {
public:
    Driver(FrameReader& reader, std::string stream, std::size_t step)
        : reader_(reader), stream_(std::move(stream)), step_(step) {}

    bool read() {
        const MutableBytes room = reader_.room();
        const MutableBytes ahead = looks_ahead_ && room.empty() ? reader_.ahead() : MutableBytes();
        if (!ahead.empty()) return read_ahead(ahead);
        const MutableBytes into = room.empty() ? MutableBytes(scratch_) : room;
        const std::size_t count = std::min({step_, into.size(), stream_.size() - at_});
        if (count == 0) return false;
        std::fill_n(scratch_.begin(), std::min(step_, scratch_size), std::byte{0xee});
        std::memcpy(into.data(), stream_.data() + at_, count);
        at_ += count;
        reader_.commit(ConstBytes(into).first(count));
        return true;
    }

    // Scattered, as one readv would: a header, a payload where it may stay, and what is behind it.
    bool read_ahead(MutableBytes ahead) {
        std::array<std::byte, 4> header;
        std::size_t left = std::min(step_, stream_.size() - at_);
        if (left == 0) {
            reader_.forget_ahead();
            return false;
        }
        std::vector<ConstBytes> pieces;
        for (const MutableBytes into : {MutableBytes(header), ahead, MutableBytes(scratch_)}) {
            const std::size_t count = std::min(left, into.size());
            std::memcpy(into.data(), stream_.data() + at_, count);
            if (count > 0) pieces.push_back(into.first(count));
            at_ += count;
            left -= count;
        }
        for (const ConstBytes piece : pieces)
            reader_.commit(piece);
        header.fill(std::byte{0xee});
        return true;
    }

    Driver& looking_ahead() {
        looks_ahead_ = true;
        return *this;
    }

    std::vector<std::string> read_all() {
        std::vector<std::string> messages;
        do {
            while (reader_.ready().value()) {
                messages.push_back(as_text(reader_.payload()));
                reader_.consume();
            }
        } while (read());
        return messages;
    }

private:
    FrameReader& reader_;
    std::string stream_;
    std::size_t step_;
    std::size_t at_ = 0;
    bool looks_ahead_ = false;
    std::vector<std::byte> scratch_ = std::vector<std::byte>(scratch_size);
};

Errc code_of(const parley::Failure& failure) {
    REQUIRE(failure.code.category() == parley::error_category());
    return static_cast<Errc>(failure.code.value());
}

Errc error_of(FrameReader& reader, std::string_view arrived) {
    reader.commit(as_bytes(arrived));
    const auto ready = reader.ready();
    REQUIRE(ready.has_error());
    return code_of(ready.error());
}

}  // namespace

TEST_CASE("frame: a header is the length in four bytes, big-endian", "[frame]") {
    CHECK(as_text(FrameHeader(0).bytes()) == from_hex("00000000"));
    CHECK(as_text(FrameHeader(59).bytes()) == from_hex("0000003b"));
    CHECK(as_text(FrameHeader(0x7fffffff).bytes()) == from_hex("7fffffff"));
}

TEST_CASE("frame: a length over 2 GiB uses the wide header", "[frame]") {
    CHECK(as_text(FrameHeader(0x80000000).bytes()) == from_hex("ffffffff 0000000080000000"));
    CHECK(as_text(FrameHeader(parley::frame_limit).bytes()) ==
          from_hex("ffffffff 7fffffffffffffff"));
}

TEST_CASE("frame: a message that comes whole is looked at where it was read", "[frame]") {
    FrameReader reader;
    const std::string arrived = frame("hello");
    reader.commit(as_bytes(arrived));
    REQUIRE(reader.ready().value());
    CHECK(as_text(reader.payload()) == "hello");
    CHECK(reader.payload().data() == as_bytes(arrived).data() + 4);
    CHECK(reader.has_bytes());
    CHECK_FALSE(reader.inside_frame());
    reader.consume();
    CHECK_FALSE(reader.has_bytes());
    CHECK_FALSE(reader.ready().value());
}

TEST_CASE("frame: an idle reader is small", "[frame]") {
    CHECK(sizeof(FrameReader) <= 136);
}

TEST_CASE("frame: empty messages are messages", "[frame]") {
    FrameReader reader;
    Driver driver(reader, frame("") + frame("") + frame("x"), scratch_size);
    CHECK(driver.read_all() == std::vector<std::string>{"", "", "x"});
}

TEST_CASE("frame: however the stream is cut, the same messages come out", "[frame]") {
    const std::vector<std::string> messages = {
        "a", "", filler(64), filler(16384), filler(40000), "b", filler(70000), filler(1 << 21),
        "c"};
    std::string stream;
    for (const std::string& message : messages)
        stream += frame(message);
    for (const std::size_t step : {1U, 5U, 1000U, 4096U, 65536U, 1000000U}) {
        CAPTURE(step);
        FrameReader reader;
        Driver driver(reader, stream, step);
        CHECK(driver.read_all() == messages);
        CHECK_FALSE(reader.has_bytes());
        CHECK(reader.room().empty());
    }
}

TEST_CASE("frame: the long form is read where a short one would do", "[frame]") {
    FrameReader reader;
    Driver driver(reader, from_hex("ffffffff 0000000000000003") + "abc" + frame("d"), 5);
    CHECK(driver.read_all() == std::vector<std::string>{"abc", "d"});
}

TEST_CASE("frame: every negative length but -1 is an error", "[frame]") {
    for (const char* header : {"fffffffe", "80000000", "ffff0000"}) {
        FrameReader reader;
        CHECK(error_of(reader, from_hex(header)) == Errc::bad_frame_length);
        CHECK(reader.room().empty());
    }
    FrameReader reader;
    reader.commit(as_bytes(from_hex("fffffffe")));
    CHECK(reader.ready().error().detail == "got -2");
}

TEST_CASE("frame: a length of 2^63 or more is an error", "[frame]") {
    for (const char* header : {"ffffffff 8000000000000000", "ffffffff ffffffffffffffff"}) {
        FrameReader reader;
        CHECK(error_of(reader, from_hex(header)) == Errc::bad_frame_length);
    }
}

TEST_CASE("frame: a bad length is found when its frame becomes current", "[frame]") {
    FrameReader reader;
    const std::string arrived = frame("good") + from_hex("fffffffd");
    reader.commit(as_bytes(arrived));
    REQUIRE(reader.ready().value());
    CHECK(as_text(reader.payload()) == "good");
    reader.consume();
    CHECK(code_of(reader.ready().error()) == Errc::bad_frame_length);
}

TEST_CASE("frame: a message over the limit is refused before memory is taken", "[frame]") {
    FrameReader reader;
    reader.limit(256);
    CHECK(error_of(reader, from_hex("ffffffff 0fffffffffffffff")) == Errc::message_too_long);
    CHECK(reader.room().empty());
    CHECK(as_text(reader.unread()) == from_hex("ffffffff 0fffffffffffffff"));
    FrameReader exact;
    exact.limit(5);
    exact.commit(as_bytes(frame("12345")));
    CHECK(exact.ready().value());
    FrameReader over;
    over.limit(5);
    CHECK(error_of(over, frame("123456")) == Errc::message_too_long);
}

TEST_CASE("frame: the limit holds for what has already arrived, and can be raised", "[frame]") {
    FrameReader reader;
    const std::string arrived = frame("12345");
    reader.commit(as_bytes(arrived));
    reader.limit(4);
    CHECK(reader.ready().has_error());
    reader.limit(std::nullopt);
    CHECK(reader.ready().value());
    CHECK(as_text(reader.payload()) == "12345");

    const std::string big = filler(300000);
    FrameReader growing;
    growing.limit(256);
    const std::string stream = frame("#WELCOME#") + frame(big);
    growing.commit(as_bytes(std::string_view(stream).substr(0, 1000)));
    REQUIRE(growing.ready().value());
    growing.consume();
    CHECK(growing.ready().has_error());
    growing.limit(std::nullopt);
    Driver driver(growing, stream.substr(1000), 70000);
    CHECK(driver.read_all() == std::vector<std::string>{big});
}

TEST_CASE("frame: memory follows what arrived, not what was announced", "[frame]") {
    FrameReader reader;
    reader.commit(as_bytes(from_hex("ffffffff 0000100000000000")));
    CHECK_FALSE(reader.ready().value());
    CHECK(reader.inside_frame());
    const MutableBytes room = reader.room();
    CHECK(room.size() <= 1024 * 1024);
    CHECK(room.size() >= 256 * 1024);
}

TEST_CASE("frame: a long body is read into its own buffer, and taken without a copy", "[frame]") {
    const std::string body = filler(3 << 20);
    FrameReader reader;
    Driver driver(reader, frame(body), 100000);
    while (!reader.ready().value())
        REQUIRE(driver.read());
    const std::byte* where = reader.payload().data();
    const Buffer taken = reader.take();
    CHECK(taken.data() == where);
    CHECK(taken.view() == body);
    CHECK_FALSE(reader.has_bytes());
}

// The bytes are said to have arrived and never written, so that they take no memory.
TEST_CASE("frame: a message of more than 4 GiB is one message", "[frame]") {
    const std::uint64_t size = (std::uint64_t{5} << 30) + 1;
    FrameReader reader;
    reader.commit(FrameHeader(size).bytes());
    std::uint64_t arrived = 0;
    while (!reader.ready().value()) {
        const MutableBytes room = reader.room();
        REQUIRE_FALSE(room.empty());
        reader.commit(room);
        arrived += room.size();
    }
    CHECK(arrived == size);
    CHECK(reader.payload().size() == size);
    CHECK(reader.take().size() == size);
    CHECK_FALSE(reader.has_bytes());
}

TEST_CASE("frame: a taken message leaves the later ones", "[frame]") {
    FrameReader reader;
    const std::string arrived = frame("one") + frame("two") + frame("thr").substr(0, 5);
    reader.commit(as_bytes(arrived));
    CHECK(reader.take().view() == "one");
    CHECK(reader.take().view() == "two");
    CHECK_FALSE(reader.ready().value());
    CHECK(reader.inside_frame());
    reader.commit(as_bytes("hr"));
    CHECK(reader.take().view() == "thr");
}

TEST_CASE("frame: bytes that come while a frame is current are kept for later", "[frame]") {
    for (const bool kept : {false, true}) {
        FrameReader reader;
        const std::string first = kept ? frame("one") : frame("one") + frame("two");
        reader.commit(as_bytes(first));
        reader.keep();
        reader.commit(as_bytes(frame("last")));
        CHECK(reader.take().view() == "one");
        if (!kept) CHECK(reader.take().view() == "two");
        CHECK(reader.take().view() == "last");
    }
}

TEST_CASE("frame: a kept frame outlives the memory that it came in", "[frame]") {
    FrameReader reader;
    std::string arrived = frame("precious") + frame("next");
    reader.commit(as_bytes(arrived));
    reader.keep();
    std::ranges::fill(arrived, '!');
    CHECK(as_text(reader.payload()) == "precious");
    CHECK(reader.take().view() == "precious");
    CHECK(reader.take().view() == "next");
}

TEST_CASE("frame: a payload as long as the last one is read to where it stays", "[frame]") {
    const std::string body = filler(100'000);
    FrameReader reader;
    CHECK(reader.ahead().empty());
    Driver driver(reader, frame(body) + frame(body), 100'004);
    REQUIRE(driver.looking_ahead().read());
    REQUIRE(driver.read());
    CHECK(reader.take().view() == body);
    const MutableBytes ahead = reader.ahead();
    REQUIRE(ahead.size() == body.size());
    REQUIRE(driver.read());
    const Buffer taken = reader.take();
    CHECK(taken.view() == body);
    CHECK(taken.data() == ahead.data());
}

TEST_CASE("frame: nothing is read ahead after a short frame, nor inside one", "[frame]") {
    FrameReader reader;
    Driver driver(reader, frame(filler(100'000)) + frame("short") + frame("x").substr(0, 2),
                  1 << 20);
    while (!reader.ready().value())
        REQUIRE(driver.read());
    CHECK(reader.ahead().empty());
    reader.consume();
    while (!reader.ready().value())
        REQUIRE(driver.read());
    reader.consume();
    CHECK(reader.ahead().empty());
}

TEST_CASE("frame: a payload is read ahead into a destination only with leave to spill", "[frame]") {
    std::vector<std::byte> destination(150'000);
    FrameReader reader;
    Driver driver(reader, frame(filler(100'000)), 1 << 20);
    while (!reader.ready().value())
        REQUIRE(driver.read());
    reader.consume();
    reader.direct(destination);
    CHECK(reader.ahead().empty());
    reader.direct(destination, true);
    CHECK(reader.ahead().data() == destination.data());
    CHECK(reader.ahead().size() == 100'000);
}

TEST_CASE("frame: reading ahead changes no message", "[frame]") {
    std::vector<std::string> messages;
    std::string stream;
    for (const int size : {40'000, 40'000, 0, 5, 40'000, 40'000, 50'000, 200'000, 33'000, 100,
                           33'000, 2'000'000, 2'000'000, 40'000, 39'000, 0, 0}) {
        messages.push_back(filler(static_cast<std::size_t>(size)));
        stream += frame(messages.back());
    }
    const std::size_t step = GENERATE(std::size_t{3}, std::size_t{4}, std::size_t{5},
                                      std::size_t{1000}, std::size_t{40'004}, std::size_t{1} << 20);
    const std::size_t room = GENERATE(std::size_t{0}, std::size_t{45'000}, std::size_t{300'000});
    std::vector<std::byte> destination(room);
    FrameReader reader;
    Driver driver(reader, stream, step);
    driver.looking_ahead();
    std::vector<std::string> read;
    do {
        while (reader.ready().value()) {
            read.push_back(as_text(reader.payload()));
            reader.consume();
        }
        if (room > 0) reader.direct(destination, true);
    } while (driver.read());
    CHECK(read == messages);
}

TEST_CASE("frame: a long body goes straight to the destination given", "[frame]") {
    const std::string body = filler(200000);
    std::vector<std::byte> destination(body.size());
    FrameReader reader;
    reader.direct(destination);
    Driver driver(reader, frame(body) + frame("next"), 70000);
    while (!reader.ready().value())
        REQUIRE(driver.read());
    CHECK(reader.payload().data() == destination.data());
    CHECK(as_text(reader.payload()) == body);
    reader.consume();
    CHECK(driver.read_all() == std::vector<std::string>{"next"});
}

TEST_CASE("frame: a body that does not fit the destination gets a buffer of its own", "[frame]") {
    const std::string body = filler(200000);
    std::vector<std::byte> destination(body.size() - 1);
    FrameReader reader;
    reader.direct(destination);
    Driver driver(reader, frame(body), 70000);
    while (!reader.ready().value())
        REQUIRE(driver.read());
    CHECK(reader.take().view() == body);
}

TEST_CASE("frame: a destination that is withdrawn leaves nothing behind", "[frame]") {
    const std::string body = filler(200000);
    for (const int reads : {1, 2, 3}) {
        CAPTURE(reads);
        std::vector<std::byte> destination(body.size());
        FrameReader reader;
        reader.direct(destination);
        Driver driver(reader, frame(body), 70000);
        for (int i = 0; i < reads; ++i)
            REQUIRE(driver.read());
        reader.direct({});
        std::ranges::fill(destination, std::byte{0});
        while (!reader.ready().value())
            REQUIRE(driver.read());
        CHECK(reader.take().view() == body);
    }
}

TEST_CASE("frame: a destination may be given when part of the body is in", "[frame]") {
    const std::string body = filler(200000);
    for (const int reads : {1, 2, 3}) {
        CAPTURE(reads);
        std::vector<std::byte> destination(body.size());
        FrameReader reader;
        Driver driver(reader, frame(body), 50000);
        for (int i = 0; i < reads; ++i)
            REQUIRE(driver.read());
        reader.direct(destination);
        while (!reader.ready().value())
            REQUIRE(driver.read());
        CHECK(as_text(reader.payload()) == body);
        if (reads > 1) CHECK(reader.payload().data() == destination.data());
    }
}

TEST_CASE("frame: a byte between two frames can be taken, however far the reading got", "[frame]") {
    const std::string next = filler(1 << 16);
    const std::string stream = "\x01" + frame(next) + frame("last");
    for (const std::size_t first : {1U, 2U, 4U, 5U, 100U, 30000U, 65535U}) {
        CAPTURE(first);
        FrameReader reader;
        Driver driver(reader, stream, first);
        REQUIRE(driver.read());
        (void)reader.room();
        CHECK(reader.take_byte() == std::byte{1});
        CHECK(driver.read_all() == std::vector<std::string>{next, "last"});
    }
    FrameReader misread;
    misread.commit(as_bytes(std::string("\0\0\0\0\1y\0\0\0\1z", 11)));
    CHECK(misread.take_byte() == std::byte{0});
    CHECK(misread.take().view() == "y");
    CHECK(misread.take().view() == "z");
}

TEST_CASE("frame: the end of the stream means what it cuts short", "[frame]") {
    const auto end_after = [](std::string_view arrived) {
        FrameReader reader;
        reader.commit(as_bytes(arrived));
        reader.keep();
        return reader.end_of_stream();
    };
    CHECK(code_of(end_after("")) == Errc::end_of_file);
    CHECK(code_of(end_after(frame("abc"))) == Errc::end_of_file);
    CHECK(code_of(end_after(frame("abc").substr(0, 2))) == Errc::truncated_message);
    CHECK(end_after(from_hex("000000")).detail == "got 3 of 4 bytes of the length");
    CHECK(end_after(from_hex("ffffffff00")).detail == "got 5 of 12 bytes of the length");
    CHECK(end_after(from_hex("00000000") + from_hex("00000005") + "ab").code == Errc::end_of_file);
    CHECK(end_after(from_hex("00000005")).detail == "got 0 of 5 bytes");
    CHECK(end_after(from_hex("00000005") + "ab").detail == "got 2 of 5 bytes");
    FrameReader reader;
    Driver driver(reader, from_hex("00100000") + filler(90000), 50000);
    while (driver.read())
        continue;
    CHECK(reader.end_of_stream().detail == "got 90000 of 1048576 bytes");
}

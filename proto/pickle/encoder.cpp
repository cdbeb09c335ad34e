#include <parley/pickle/encoder.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace parley::pickle {
namespace {

/// _Framer._FRAME_SIZE_TARGET and _FRAME_SIZE_MIN.
constexpr std::size_t frame_target = std::size_t{64} << 10;
constexpr std::size_t frame_least = 4;
constexpr std::size_t frame_header = 9;
constexpr std::uint64_t four_bytes = std::numeric_limits<std::uint32_t>::max();

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}

}  // namespace

Encoder::Encoder(Buffer& out, int protocol) : out_(out), start_(out.size()), protocol_(protocol) {
    out_.reserve(start_ + 64);
    out_.resize(out_.capacity());
    at_ = out_.data() + start_;
    limit_ = out_.end();
    put(Opcode::PROTO);
    put_little(static_cast<std::uint8_t>(protocol));
    if (protocol >= 4) open_frame();
}

Encoder::~Encoder() {
    if (!finished_) out_.resize(start_);
}

void Encoder::open_frame() {
    frame_ = static_cast<std::size_t>(at_ - out_.data());
    at_ += frame_header;
    const auto room = static_cast<std::size_t>(out_.end() - at_);
    limit_ = at_ + std::min(room, frame_target);
}

void Encoder::close_frame() noexcept {
    if (frame_ == 0) return;
    std::byte* const header = out_.data() + std::exchange(frame_, 0);
    const std::uint64_t size = static_cast<std::uint64_t>(at_ - header) - frame_header;
    if (size < frame_least) {
        std::memmove(header, header + frame_header, size);
        at_ -= frame_header;
        return;
    }
    header[0] = static_cast<std::byte>(Opcode::FRAME);
    std::memcpy(header + 1, &size, sizeof size);
}

/// The limit stands where memory or the frame ends, whichever comes first.
void Encoder::make_room(std::size_t size) {
    const bool framed = frame_ != 0;
    const bool frame_full =
        framed && static_cast<std::size_t>(at_ - out_.data()) + size - frame_ > frame_target;
    if (frame_full) close_frame();
    const auto used = static_cast<std::size_t>(at_ - out_.data());
    const std::size_t needed = used + frame_header + size;
    if (needed > out_.size()) {
        out_.reserve(std::max(needed, 2 * out_.capacity()));
        out_.resize(out_.capacity());
        at_ = out_.data() + used;
    }
    if (frame_full) {
        open_frame();
        if (static_cast<std::size_t>(limit_ - at_) < size) limit_ = at_ + size;
        return;
    }
    limit_ = out_.end();
    if (framed) limit_ = std::min(limit_, out_.data() + frame_ + frame_header + frame_target);
    if (static_cast<std::size_t>(limit_ - at_) < size) limit_ = at_ + size;
}

void Encoder::text_integer(std::int64_t value) {
    reserve(32);
    put(Opcode::INT);
    char* const begin = reinterpret_cast<char*>(at_);
    char* const end = std::to_chars(begin, begin + 24, value).ptr;
    at_ += end - begin;
    *at_++ = std::byte{'\n'};
}

void Encoder::integer(std::span<const std::byte> twos_complement) {
    if (twos_complement.size() <= 0xff) return sized(Opcode::LONG1, 1, twos_complement);
    if (twos_complement.size() >
        static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        return fail("an int over 2 GiB has no form in any protocol");
    }
    large(Opcode::LONG4, 4, twos_complement);
}

void Encoder::long_str(std::string_view utf8) {
    if (utf8.size() <= four_bytes) return large(Opcode::BINUNICODE, 4, as_bytes(utf8));
    if (protocol_ < 4) return fail("a str over 4 GiB needs protocol 4");
    large(Opcode::BINUNICODE8, 8, as_bytes(utf8));
}

void Encoder::legacy_str(std::string_view bytes) {
    if (bytes.size() <= 0xff) return sized(Opcode::SHORT_BINSTRING, 1, as_bytes(bytes));
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        return fail("a Python 2 str over 2 GiB has no form in any protocol");
    }
    large(Opcode::BINSTRING, 4, as_bytes(bytes));
}

void Encoder::bytes(std::span<const std::byte> bytes) {
    if (bytes.size() <= 0xff) return sized(Opcode::SHORT_BINBYTES, 1, bytes);
    if (bytes.size() <= four_bytes) return large(Opcode::BINBYTES, 4, bytes);
    if (protocol_ < 4) return fail("bytes over 4 GiB need protocol 4");
    large(Opcode::BINBYTES8, 8, bytes);
}

void Encoder::bytearray(std::span<const std::byte> bytes) {
    large(Opcode::BYTEARRAY8, 8, bytes);
}

void Encoder::sized(Opcode opcode, unsigned length_size, std::span<const std::byte> bytes) {
    reserve(1 + length_size + bytes.size());
    put(opcode);
    const std::uint64_t size = bytes.size();
    std::memcpy(at_, &size, length_size);
    at_ += length_size;
    put_bytes(bytes.data(), bytes.size());
}

/// What is as long as a frame should be stands outside of any.
void Encoder::large(Opcode opcode, unsigned length_size, std::span<const std::byte> bytes) {
    if (bytes.size() < frame_target || frame_ == 0) return sized(opcode, length_size, bytes);
    close_frame();
    sized(opcode, length_size, bytes);
    make_room(frame_header);
    open_frame();
}

void Encoder::global(std::string_view module, std::string_view name) {
    reserve(module.size() + name.size() + 3);
    put(Opcode::GLOBAL);
    put_bytes(module.data(), module.size());
    *at_++ = std::byte{'\n'};
    put_bytes(name.data(), name.size());
    *at_++ = std::byte{'\n'};
}

void Encoder::extension(std::int32_t code) {
    reserve(5);
    if (code <= 0xff) {
        put(Opcode::EXT1);
        put_little(static_cast<std::uint8_t>(code));
    } else if (code <= 0xffff) {
        put(Opcode::EXT2);
        put_little(static_cast<std::uint16_t>(code));
    } else {
        put(Opcode::EXT4);
        put_little(code);
    }
}

void Encoder::fail(std::string detail) {
    if (!failure_) failure_ = Failure(Errc::not_picklable, std::move(detail));
}

Result<void> Encoder::finish() {
    if (failure_) return std::move(*failure_);
    opcode(Opcode::STOP);
    close_frame();
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    finished_ = true;
    return {};
}

}  // namespace parley::pickle

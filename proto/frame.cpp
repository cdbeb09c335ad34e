// Where the bytes of a frame go. A frame that comes whole is looked at where the driver read it;
// the rest of that read, and a frame that came in part, are kept in stash_ as they came. Only a
// long body gets memory of its own, once its header is in and the driver asks for room.
#include <parley/frame.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace parley {
namespace {

constexpr std::size_t short_header_size = 4;
constexpr std::size_t long_header_size = 12;
constexpr std::uint32_t long_form = 0xffffffff;
// From this many missing bytes on, a read of their own costs less than copying them.
constexpr std::uint64_t long_rest = std::uint64_t{16} << 10;
// The first block for a long body, and what it grows by when it is full. A block that is not
// written to is address space and no memory, so nothing is taken on trust.
constexpr std::uint64_t first_block = std::uint64_t{1} << 20;
constexpr std::uint64_t growth = 8;
// A sender with Nagle's algorithm may hold back what does not fill a segment until the rest is
// acknowledged; with more than a segment in, it is acknowledged anyway.
constexpr std::size_t longest_segment = std::size_t{64} << 10;

std::uint64_t load(ConstBytes bytes) noexcept {
    std::uint64_t value = 0;
    for (const std::byte byte : bytes)
        value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

void store(std::span<std::byte> bytes, std::uint64_t value) noexcept {
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, value >>= 8)
        *byte = static_cast<std::byte>(value & 0xff);
}

enum class HeaderState { incomplete, bad, good };

struct Header {
    HeaderState state;
    std::size_t size = 0;       // of the header itself
    std::uint64_t payload = 0;  // what it announces
};

Header read_header(ConstBytes bytes) noexcept {
    if (bytes.size() < short_header_size) return {HeaderState::incomplete};
    const auto length = static_cast<std::uint32_t>(load(bytes.first(short_header_size)));
    if (length <= short_frame_limit) return {HeaderState::good, short_header_size, length};
    if (length != long_form) return {HeaderState::bad};
    if (bytes.size() < long_header_size) return {HeaderState::incomplete};
    const std::uint64_t size = load(bytes.subspan(4, 8));
    if (size > frame_limit) return {HeaderState::bad};
    return {HeaderState::good, long_header_size, size};
}

std::string bad_length_detail(ConstBytes header) {
    const auto length = static_cast<std::uint32_t>(load(header.first(short_header_size)));
    if (length != long_form) return "got " + std::to_string(static_cast<std::int32_t>(length));
    return "got " + std::to_string(load(header.subspan(4, 8))) + ", over 2^63 - 1";
}

std::string progress(std::uint64_t got, std::uint64_t due, const char* unit) {
    return "got " + std::to_string(got) + " of " + std::to_string(due) + unit;
}

}  // namespace

void FrameHeader::make_long(std::uint64_t payload_size) noexcept {
    const std::span<std::byte> bytes(bytes_);
    store(bytes.first(short_header_size), long_form);
    store(bytes.subspan(short_header_size), payload_size);
    size_ = long_header_size;
}

ConstBytes FrameReader::unread() const noexcept {
    if (state_ == State::filling_body || state_ == State::filling_target) return {};
    if (state_ == State::borrowed || state_ > State::stashed) return {};
    return ConstBytes(stash_).subspan(at_);
}

bool FrameReader::inside_frame() const noexcept {
    return state_ < State::borrowed && has_bytes();
}

bool FrameReader::has_begun_frame() const noexcept {
    if (state_ >= State::borrowed) return false;
    const bool is_filling = state_ == State::filling_body || state_ == State::filling_target;
    const std::size_t arrived = is_filling ? got_ : stash_.size() - at_;
    return arrived < longest_segment && (is_filling || arrived > 0);
}

bool FrameReader::has_bytes() const noexcept {
    return state_ != State::header || !stash_.empty();
}

void FrameReader::commit_elsewhere(ConstBytes arrived) {
    // Only what comes ahead need not have asked for room.
    if (state_ == State::partial && size_ <= limit_) open_body();
    if (state_ == State::header && stash_.empty()) {
        commit_first(arrived);
    } else if (state_ == State::filling_body || state_ == State::filling_target) {
        fill(arrived);
    } else {
        stash(arrived);
        if (state_ < State::borrowed || state_ == State::stashed) settle();
    }
}

void FrameReader::commit_first(ConstBytes arrived) {
    const Header header = read_header(arrived);
    const bool whole = header.state == HeaderState::good && header.payload <= limit_ &&
                       arrived.size() - header.size >= header.payload;
    if (!whole) {
        stash(arrived);
        settle();
        return;
    }
    const std::size_t end = header.size + static_cast<std::size_t>(header.payload);
    stash(arrived.subspan(end));
    payload_ = arrived.data() + header.size;
    size_ = header.payload;
    state_ = State::borrowed;
}

void FrameReader::stash(ConstBytes bytes) {
    // Moved to the front only when half is consumed, so that every byte is moved once on average.
    if (at_ > 0 && at_ >= stash_.size() - at_) {
        std::memmove(stash_.data(), stash_.data() + at_, stash_.size() - at_);
        stash_.resize(stash_.size() - at_);
        at_ = 0;
    }
    stash_.append(bytes);
}

void FrameReader::settle() {
    const ConstBytes bytes = ConstBytes(stash_).subspan(at_);
    const Header header = read_header(bytes);
    if (header.state != HeaderState::good) {
        state_ = header.state == HeaderState::bad ? State::bad_header : State::header;
        return;
    }
    size_ = header.payload;
    payload_ = bytes.data() + header.size;
    state_ = bytes.size() - header.size >= size_ ? State::stashed : State::partial;
}

MutableBytes FrameReader::ahead() {
    if (expected_ == 0 || state_ != State::header || !stash_.empty()) return {};
    if (may_spill_ && destination_.size() >= expected_) return destination_.first(expected_);
    if (!destination_.empty() && !may_spill_) return {};
    ahead_.reserve(expected_);
    return {ahead_.data(), expected_};
}

MutableBytes FrameReader::room() {
    if (state_ == State::partial && size_ <= limit_) open_body();
    if (state_ == State::filling_target)
        return destination_.subspan(got_, static_cast<std::size_t>(size_) - got_);
    if (state_ != State::filling_body) return {};
    grow_body();
    const std::size_t end = std::min(body_.capacity(), static_cast<std::size_t>(size_));
    return {body_.data() + got_, end - got_};
}

// A partial frame is the last thing in stash_.
void FrameReader::open_body() {
    const ConstBytes came(payload_, stash_.end());
    if (size_ - came.size() < long_rest) return;
    if (size_ <= destination_.size()) {
        std::memcpy(destination_.data(), came.data(), came.size());
        state_ = State::filling_target;
    } else {
        if (size_ <= ahead_.capacity()) body_ = std::move(ahead_);
        body_.reserve(static_cast<std::size_t>(std::min(size_, first_block)));
        body_.append(came);
        state_ = State::filling_body;
    }
    got_ = came.size();
    stash_ = Buffer();
    at_ = 0;
}

void FrameReader::grow_body() {
    if (got_ < body_.capacity()) return;
    const std::uint64_t grown = std::max<std::uint64_t>(growth * body_.capacity(), first_block);
    body_.resize(got_);
    body_.reserve(static_cast<std::size_t>(std::min(size_, grown)));
}

void FrameReader::fill(ConstBytes arrived) {
    while (!arrived.empty() && got_ < size_) {
        const MutableBytes to = room();
        const std::size_t count = std::min(to.size(), arrived.size());
        if (to.data() != arrived.data()) std::memcpy(to.data(), arrived.data(), count);
        got_ += count;
        arrived = arrived.subspan(count);
    }
    finish_if_full();
    stash(arrived);
}

void FrameReader::finish_if_full() {
    if (got_ < size_) return;
    if (state_ == State::filling_target) {
        payload_ = destination_.data();
        state_ = State::in_target;
    } else {
        body_.resize(got_);
        payload_ = body_.data();
        state_ = State::in_body;
    }
}

void FrameReader::keep_borrowed() {
    body_ = Buffer(payload());
    payload_ = body_.data();
    state_ = State::in_body;
}

void FrameReader::direct(MutableBytes destination, bool may_spill) {
    may_spill_ = may_spill;
    if (state_ == State::filling_target || state_ == State::in_target) {
        body_ = Buffer(destination_.first(state_ == State::in_target ? size_ : got_));
        payload_ = body_.data();
        state_ = state_ == State::in_target ? State::in_body : State::filling_body;
    }
    destination_ = destination;
    if (state_ != State::filling_body || size_ > destination.size()) return;
    if (got_ > 0) std::memcpy(destination.data(), body_.data(), got_);
    body_ = Buffer();
    state_ = State::filling_target;
}

Buffer FrameReader::take() {
    Buffer taken = state_ == State::in_body ? std::move(body_) : Buffer(payload());
    consume();
    return taken;
}

// What was taken for a frame is a stream of bytes again.
void FrameReader::unread_frame() {
    const bool is_partial = state_ == State::filling_body || state_ == State::filling_target;
    if (!is_partial && state_ != State::borrowed && state_ <= State::stashed) return;
    const std::byte* bytes = is_partial ? body_.data() : payload_;
    if (state_ == State::filling_target) bytes = destination_.data();
    Buffer stream(FrameHeader(size_).bytes());
    stream.append({bytes, is_partial ? got_ : static_cast<std::size_t>(size_)});
    stream.append(ConstBytes(stash_).subspan(at_));
    stash_ = std::move(stream);
    at_ = 0;
    body_ = Buffer();
}

std::byte FrameReader::take_byte() {
    unread_frame();
    const std::byte byte = stash_.data()[at_++];
    start_next();
    return byte;
}

void FrameReader::consume_kept() {
    if (state_ == State::stashed && start_next_short()) return;
    if (state_ == State::stashed) at_ = static_cast<std::size_t>(payload_ - stash_.data()) + size_;
    if (body_.capacity() > 0) body_ = Buffer();
    start_next();
}

// What most often follows in stash_ where small messages come together.
bool FrameReader::start_next_short() noexcept {
    const std::byte* const next = payload_ + size_;
    const auto left = static_cast<std::size_t>(stash_.end() - next);
    if (left < short_header_size || ahead_.capacity() > 0) return false;
    const std::uint32_t size = load_length(next);
    if (size > left - short_header_size || size > short_frame_limit) return false;
    at_ = static_cast<std::size_t>(next - stash_.data());
    payload_ = next + short_header_size;
    size_ = size;
    return true;
}

void FrameReader::start_next() {
    state_ = State::header;
    expected_ = size_ >= ahead_from && size_ <= first_block ? static_cast<std::uint32_t>(size_) : 0;
    forget_ahead();
    if (at_ < stash_.size()) {
        settle();
    } else {
        stash_ = Buffer();
        at_ = 0;
    }
}

Result<bool> FrameReader::not_ready() const {
    if (state_ == State::bad_header)
        return Failure{Errc::bad_frame_length, bad_length_detail(unread())};
    if (state_ == State::header || size_ <= limit_) return false;
    return Failure{Errc::message_too_long, std::to_string(size_) + " bytes announced, at most " +
                                               std::to_string(limit_) + " allowed"};
}

Failure FrameReader::end_of_stream() const {
    if (!inside_frame()) return Errc::end_of_file;
    switch (state_) {
        case State::filling_body:
        case State::filling_target:
            return {Errc::truncated_message, progress(got_, size_, " bytes")};
        case State::partial:
            return {Errc::truncated_message,
                    progress(static_cast<std::size_t>(stash_.end() - payload_), size_, " bytes")};
        default: {
            const ConstBytes header = unread();
            const bool is_long = header.size() >= short_header_size;
            return {Errc::truncated_message,
                    progress(header.size(), is_long ? long_header_size : short_header_size,
                             " bytes of the length")};
        }
    }
}

}  // namespace parley

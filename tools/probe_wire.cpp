#include "probe_wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <variant>

namespace parley::tools {
namespace {

// As long as a message of the handshake may be.
constexpr std::uint64_t longest_message = 256;

Failure system_failure(int error) {
    return boost::system::error_code(error, boost::system::system_category());
}

int milliseconds_until(ProbeWire::Clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - ProbeWire::Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
}

}  // namespace

ProbeWire::ProbeWire(int descriptor, Clock::time_point deadline)
    : descriptor_(descriptor), deadline_(deadline) {
    reader_.limit(longest_message);
}

Result<std::size_t> ProbeWire::read(MutableBytes into) {
    for (;;) {
        pollfd entry{.fd = descriptor_, .events = POLLIN, .revents = 0};
        if (::poll(&entry, 1, milliseconds_until(deadline_)) == 0) return Failure(Errc::timeout);
        const ssize_t count = ::recv(descriptor_, into.data(), into.size(), MSG_DONTWAIT);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN) return system_failure(errno);
    }
}

// Messages of the handshake fit any socket's buffer: there is nothing to wait for.
Result<void> ProbeWire::write(ConstBytes bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) return system_failure(errno);
        if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    sent_.push_back(Clock::now());
    return {};
}

/// Cuts frames out of what came; bytes that are none are left to whoever else reads them.
void ProbeWire::overhear(ConstBytes bytes) {
    reader_.commit(bytes);
    for (auto ready = reader_.ready(); ready && *ready; ready = reader_.ready()) {
        const auto* const text = reinterpret_cast<const char*>(reader_.payload().data());
        frames_.push_back({std::string(text, reader_.payload().size()), Clock::now()});
        reader_.consume();
    }
    reader_.keep();
}

Result<std::optional<ProbeWire::Frame>> ProbeWire::first() {
    std::array<std::byte, 4096> buffer;
    while (frames_.empty()) {
        if (const Result<bool> ready = reader_.ready(); !ready) return ready.error();
        const Result<std::size_t> count = read(buffer);
        if (!count && count.error().code == Errc::timeout && heard_.empty())
            return std::optional<Frame>();
        if (!count) return count.error();
        if (*count == 0) return reader_.end_of_stream();
        heard_.append(reinterpret_cast<const char*>(buffer.data()), *count);
        overhear(ConstBytes(buffer).first(*count));
    }
    return std::optional(frames_.front());
}

Result<void> ProbeWire::receive(Handshake& handshake) {
    if (!heard_.empty()) {
        const std::string heard = std::exchange(heard_, {});
        handshake.received(std::as_bytes(std::span(heard)));
        return {};
    }
    std::array<std::byte, 4096> buffer;
    const Result<std::size_t> count = read(buffer);
    if (!count) return count.error();
    overhear(ConstBytes(buffer).first(*count));
    handshake.received(ConstBytes(buffer).first(*count));
    return {};
}

Result<void> ProbeWire::run(Handshake& handshake) {
    for (;;) {
        const Step step = handshake.step();
        Result<void> outcome;
        if (const auto* send = std::get_if<Send>(&step)) {
            outcome = write(send->parts.front());
            handshake.sent(send->parts.front().size());
        } else if (std::holds_alternative<Receive>(step)) {
            outcome = receive(handshake);
        } else if (const auto* failure = std::get_if<Failure>(&step)) {
            return *failure;
        } else {
            return {};
        }
        if (!outcome) return outcome;
    }
}

}  // namespace parley::tools

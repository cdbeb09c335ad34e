// The handshake of docs/wire.md by hand, with SHA-256 and OpenSSL's HMAC: the same messages in the
// same order as parley, and nothing that guards against anybody.
#pragma once

#include "workload.hpp"

#include <array>
#include <string_view>

namespace bench {

/// A challenge: `{sha256}` and 40 random bytes, after `#CHALLENGE#`.
using Challenge = std::array<std::byte, 59>;
/// An answer: `{sha256}` and the MAC.
using Answer = std::array<std::byte, 40>;

inline constexpr std::string_view welcome = "#WELCOME#";

[[nodiscard]] Challenge make_challenge();
/// The answer to a whole challenge message.
[[nodiscard]] Answer answer_to(Payload challenge);
[[nodiscard]] bool is_right(Payload answer, const Challenge& challenge);

[[noreturn]] void end_of_handshake();

template <typename Channel>
void deliver_challenge(Channel& channel) {
    const Challenge challenge = make_challenge();
    channel.send(challenge);
    if (!channel.receive() || !is_right(channel.received(), challenge)) end_of_handshake();
    channel.send(std::as_bytes(std::span(welcome)));
}

template <typename Channel>
void answer_challenge(Channel& channel) {
    if (!channel.receive()) end_of_handshake();
    channel.send(answer_to(channel.received()));
    if (!channel.receive() || channel.received().size() != welcome.size()) end_of_handshake();
}

template <typename Channel>
void prove_as_listener(Channel& channel) {
    deliver_challenge(channel);
    answer_challenge(channel);
}

template <typename Channel>
void prove_as_client(Channel& channel) {
    answer_challenge(channel);
    deliver_challenge(channel);
}

}  // namespace bench

// One side of a handshake without a socket: what it wants to send piles up, what it is given may
// come in pieces of any size.
#pragma once

#include "support/bytes.hpp"

#include <parley/frame.hpp>
#include <parley/handshake.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace support {

/// 40 bytes that count up from `first`.
inline parley::Nonce counting_nonce(int first = 0) {
    parley::Nonce nonce{};
    for (std::byte& byte : nonce)
        byte = static_cast<std::byte>(first++);
    return nonce;
}

/// The payload with its length before it.
inline std::string frame(std::string_view payload) {
    return as_text(parley::FrameHeader(payload.size()).bytes()) + std::string(payload);
}

class HandshakeSide {
public:
    HandshakeSide(parley::Role role, std::string_view key, parley::HandshakeOptions options = {},
                  parley::Nonce nonce = counting_nonce())
        : handshake_(role, parley::Authkey(key), nonce, options, reader_) {
        pump();
    }

    /// What it has sent so far and nobody has taken.
    std::string take_sent() { return std::exchange(sent_, {}); }

    /// Gives it bytes in pieces; what comes after it is through stays in `unheard`.
    void hear(std::string_view bytes, std::size_t piece = 1 << 20) {
        for (; !bytes.empty() && !over(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
            std::string scratch(bytes.substr(0, piece));
            handshake_.received(as_bytes(scratch));
            std::fill(scratch.begin(), scratch.end(), '\xee');
            pump();
        }
        unheard_ += bytes;
    }

    /// The peer closes.
    void hear_end() {
        if (over()) return;
        handshake_.received({});
        pump();
    }

    bool done() const { return std::holds_alternative<parley::Done>(step_); }
    bool failed() const { return std::holds_alternative<parley::Failure>(step_); }
    bool over() const { return done() || failed(); }
    /// Whether the last Send was announced as a parting word.
    bool said_farewell() const { return farewell_; }
    bool inside_message() const { return std::get<parley::Receive>(step_).inside_message; }
    const parley::Failure& failure() const { return std::get<parley::Failure>(step_); }
    parley::FrameReader& reader() { return reader_; }
    const std::string& unheard() const { return unheard_; }

private:
    // Short writes: each Send goes out in two parts where it has more than one byte.
    void pump() {
        for (step_ = handshake_.step(); std::holds_alternative<parley::Send>(step_);
             step_ = handshake_.step()) {
            const auto& send = std::get<parley::Send>(step_);
            const parley::ConstBytes part = send.parts.front();
            const std::size_t count = (part.size() + 1) / 2;
            farewell_ = send.farewell;
            sent_ += as_text(part.first(count));
            handshake_.sent(count);
        }
    }

    parley::FrameReader reader_;
    parley::Handshake handshake_;
    parley::Step step_;
    std::string sent_;
    std::string unheard_;
    bool farewell_ = false;
};

/// Lets two sides talk until neither has more to say.
inline void converse(HandshakeSide& a, HandshakeSide& b, std::size_t piece = 1 << 20) {
    for (;;) {
        const std::string from_a = a.take_sent();
        const std::string from_b = b.take_sent();
        if (from_a.empty() && from_b.empty()) return;
        b.hear(from_a, piece);
        a.hear(from_b, piece);
    }
}

}  // namespace support

// The mutual challenge of multiprocessing.connection: each side proves that it has the key. Knows
// messages and no socket, no clock and no random source: the nonce is an argument. Specified in
// docs/wire.md, after deliver_challenge and answer_challenge of CPython.
#pragma once

#include <parley/authkey.hpp>
#include <parley/frame.hpp>
#include <parley/step.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

namespace parley {

/// Which digests a handshake accepts.
enum class Digests {
    compatible,  ///< What CPython accepts, bare HMAC-MD5 of Python <= 3.11 included.
    strict,  ///< SHA-2 and SHA-3 only, negotiated by name: both sides are Python >= 3.12 or ours.
};

/// Which side of the connection runs the handshake.
enum class Role {
    listener,  ///< Challenges first, then answers.
    client,    ///< Answers first, then challenges.
};

/// How a handshake is run.
struct HandshakeOptions {
    Digests digests = Digests::compatible;
    /// For a client only: the listener is a Red Hat Python older than 3.12, which wants bare
    /// HMAC-SHA256 answers to its 20-byte challenges.
    bool bare_sha256 = false;
};

/// Random bytes for one challenge; the caller's, since `proto/` has no random source. A client puts
/// a mark of its own in place of the last 16: see "Reflection" in docs/wire.md.
using Nonce = std::array<std::byte, 40>;

/// The whole handshake of one side over a byte stream, as an algorithm for the engine.
///
/// Reads through the connection's own FrameReader, so that a first message that arrives on the
/// heels of the peer's `#WELCOME#` is not lost. Messages are limited to 256 bytes until it is Done,
/// and the reader's limit is the caller's to set again after that. Keeps its own copy of the key
/// and wipes it. After a wrong answer it sends `#FAILURE#` before it fails, as CPython does. Not
/// thread-safe.
///
/// Failures: of the authentication family digest_mismatch, rejected_by_peer, no_challenge,
/// no_answer, challenge_too_short, unsupported_digest, digest_not_allowed and reflected_challenge;
/// of the peer's bad_frame_length, message_too_long, truncated_message, end_of_file,
/// unexpected_handshake and not_multiprocessing; and digest_unavailable.
class Handshake final : public Algorithm {
public:
    Handshake(Role role, const Authkey& authkey, const Nonce& nonce, HandshakeOptions options,
              FrameReader& reader);
    ~Handshake() override;

    Step step() override;
    void sent(std::size_t size) override;
    void received(ConstBytes bytes) override;

    /// Whether the peer has said anything.
    [[nodiscard]] bool has_heard() const noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

/// Whether a first message is a challenge: what a side without a key says "challenged_without_key"
/// to.
[[nodiscard]] bool looks_like_challenge(ConstBytes message) noexcept;

}  // namespace parley

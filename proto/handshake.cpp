// Two halves, one after the other: deliver_challenge and answer_challenge. A listener runs them in
// this order and a client in the other; apart from that the halves do not know whose they are.
//
//     deliver   send the challenge  ->  await the answer     ->  send the verdict
//     answer    await the challenge ->  send the answer      ->  await the verdict
#include "answer_challenge.hpp"
#include "deliver_challenge.hpp"
#include "digest.hpp"
#include "handshake_message.hpp"
#include "quote.hpp"

#include <parley/handshake.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace parley {
namespace {

enum class Phase {
    send_challenge,
    await_answer,
    send_verdict,
    await_challenge,
    send_answer,
    await_verdict,
    done,
    failed,
};

const char* due_in(Phase phase) {
    switch (phase) {
        case Phase::await_challenge:
            return "its challenge was due";
        case Phase::await_answer:
            return "its answer was due; it may have no authkey";
        default:
            return "#WELCOME# or #FAILURE# was due";
    }
}

Failure with_more(Failure failure, std::string_view more) {
    if (!failure.detail.empty()) failure.detail += "; ";
    failure.detail += more;
    return failure;
}

// A length whose first byte is neither 0 nor negative is text, or a TLS record: never a first
// message of the handshake, nor a first message that somebody without a key is likely to send.
bool is_foreign(ConstBytes header) {
    const auto first = header.empty() ? 0 : std::to_integer<unsigned>(header.front());
    return first > 0 && first < 0x80;
}

}  // namespace

class Handshake::State {
public:
    State(Role role, const Authkey& authkey, const Nonce& nonce, HandshakeOptions options,
          FrameReader& reader)
        : role_(role), hmac_(authkey), nonce_(nonce), options_(options), reader_(reader) {
        reader_.limit(handshake_limit);
        role == Role::listener ? send_challenge() : await(Phase::await_challenge);
    }

    Step step() {
        if (phase_ == Phase::failed) return failure_;
        if (phase_ == Phase::done) return Done{};
        if (is_awaiting()) return Receive{reader_.room(), reader_.inside_frame()};
        return Send{{&unsent_, 1}, phase_ == Phase::send_verdict && failure_.code.failed()};
    }

    void sent(std::size_t size) {
        unsent_ = unsent_.subspan(std::min(size, unsent_.size()));
        if (unsent_.empty()) after_sending();
    }

    void received(ConstBytes bytes) {
        if (!is_awaiting()) return;
        if (bytes.empty()) {
            fail(with_more(reader_.end_of_stream(), due_in(phase_)));
            return;
        }
        reader_.commit(bytes);
        advance();
        reader_.keep();
    }

    bool has_heard() const noexcept { return !first_ || reader_.has_bytes(); }

private:
    bool is_awaiting() const {
        return phase_ == Phase::await_answer || phase_ == Phase::await_challenge ||
               phase_ == Phase::await_verdict;
    }

    void await(Phase phase) {
        phase_ = phase;
        advance();
    }

    void send(Phase phase, const HandshakeMessage& message) {
        phase_ = phase;
        outgoing_ = message;
        unsent_ = outgoing_.frame();
    }

    void fail(Failure failure) {
        phase_ = Phase::failed;
        failure_ = std::move(failure);
    }

    // Takes the message that is awaited, if it is there already.
    void advance() {
        const auto ready = reader_.ready();
        if (!ready) return fail(header_failure(ready.error()));
        if (!*ready) return;
        const Phase awaited = phase_;
        on_message(awaited, reader_.payload());
        reader_.consume();
        first_ = false;
    }

    void on_message(Phase awaited, ConstBytes message) {
        if (awaited == Phase::await_challenge) return answer(message);
        if (awaited == Phase::await_answer) return pass_verdict(message);
        const auto verdict = check_verdict(message);
        if (!verdict) return fail(verdict.error());
        end_of_answer_half();
    }

    // deliver_challenge: CHALLENGE + message
    void send_challenge() {
        auto challenge = Challenge::make(role_, hmac_, nonce_);
        if (!challenge) return fail(std::move(challenge).error());
        challenge_ = *challenge;
        send(Phase::send_challenge, {wire(CHALLENGE), challenge_.bytes()});
    }

    // deliver_challenge: WELCOME, or FAILURE to a peer that is still listening
    void pass_verdict(ConstBytes message) {
        const auto verdict = challenge_.verify(hmac_, message, options_.digests);
        if (verdict) {
            // Red Hat's Pythons before 3.12 expect what they send.
            if (message.size() == mac_size(Digest::sha256)) options_.bare_sha256 = true;
            return send(Phase::send_verdict, {wire(WELCOME)});
        }
        if (verdict.error().code == Errc::rejected_by_peer) return fail(verdict.error());
        failure_ = verdict.error();
        send(Phase::send_verdict, {wire(FAILURE)});
    }

    // answer_challenge: the digest
    void answer(ConstBytes message) {
        auto reflected = is_reflected(message);
        if (!reflected) return fail(std::move(reflected).error());
        if (*reflected) return fail(Errc::reflected_challenge);
        const auto reply = answer_challenge(hmac_, message, options_);
        if (!reply) return fail(reply.error());
        send(Phase::send_answer, *reply);
    }

    // A listener knows its own challenge; a client, which answers before it challenges, knows those
    // of every client with its key.
    Result<bool> is_reflected(ConstBytes message) {
        if (!looks_like_challenge(message)) return false;
        const ConstBytes challenge = message.subspan(CHALLENGE.size());
        if (role_ == Role::client) return is_clients_own(hmac_, challenge);
        return text(challenge).ends_with(text(nonce_));
    }

    void after_sending() {
        switch (phase_) {
            case Phase::send_challenge:
                return await(Phase::await_answer);
            case Phase::send_answer:
                return await(Phase::await_verdict);
            case Phase::send_verdict:
                if (failure_.code.failed()) return fail(std::move(failure_));
                return role_ == Role::listener ? await(Phase::await_challenge) : end();
            default:
                return;
        }
    }

    void end_of_answer_half() { role_ == Role::client ? send_challenge() : end(); }

    void end() { phase_ = Phase::done; }

    Failure header_failure(const Failure& failure) const {
        const ConstBytes bytes = reader_.unread();
        if (!first_ || failure.code != Errc::message_too_long)
            return with_more(failure, due_in(phase_));
        if (is_foreign(bytes))
            return {Errc::not_multiprocessing, "its first bytes are " + quote(bytes)};
        const Errc code = phase_ == Phase::await_challenge ? Errc::no_challenge : Errc::no_answer;
        return {code, failure.detail + "; " + due_in(phase_)};
    }

    Role role_;
    Hmac hmac_;
    Nonce nonce_;
    HandshakeOptions options_;
    FrameReader& reader_;
    Phase phase_ = Phase::failed;
    bool first_ = true;  // no message has come yet
    Challenge challenge_;
    HandshakeMessage outgoing_;
    ConstBytes unsent_;  // of outgoing_
    Failure failure_;
};

Handshake::Handshake(Role role, const Authkey& authkey, const Nonce& nonce,
                     HandshakeOptions options, FrameReader& reader)
    : state_(std::make_unique<State>(role, authkey, nonce, options, reader)) {}

Handshake::~Handshake() = default;

Step Handshake::step() {
    return state_->step();
}

void Handshake::sent(std::size_t size) {
    state_->sent(size);
}

void Handshake::received(ConstBytes bytes) {
    state_->received(bytes);
}

bool Handshake::has_heard() const noexcept {
    return state_->has_heard();
}

bool looks_like_challenge(ConstBytes message) noexcept {
    return text(message).starts_with(CHALLENGE);
}

}  // namespace parley

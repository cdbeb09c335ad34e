#include "support/handshake.hpp"

#include "proto/digest.hpp"
#include "support/bytes.hpp"
#include "support/catch.hpp"

#include <parley/handshake.hpp>

#include <string>
#include <vector>

using parley::Digest;
using parley::Digests;
using parley::Errc;
using parley::HandshakeOptions;
using parley::Role;
using support::as_bytes;
using support::as_text;
using support::converse;
using support::counting_nonce;
using support::frame;
using support::from_hex;
using support::HandshakeSide;

namespace {

constexpr std::string_view key = "Hello World!";
constexpr HandshakeOptions strict{Digests::strict};
const std::string welcome = frame("#WELCOME#");
const std::string failure = frame("#FAILURE#");

std::string mac(Digest digest, std::string_view message, std::string_view with = key) {
    return as_text(
        parley::Hmac(parley::Authkey(with)).sign(digest, as_bytes(message)).value().view());
}

std::string named(Digest digest, std::string_view message, std::string_view with = key) {
    return "{" + std::string(digest_name(digest)) + "}" + mac(digest, message, with);
}

// What a listener of ours asks to have signed.
const std::string our_challenge = "{sha256}" + as_text(counting_nonce());

std::string challenge(std::string_view message) {
    return frame("#CHALLENGE#" + std::string(message));
}

// What came of it, in words: "done", or the error's.
std::string outcome(const HandshakeSide& side) {
    if (side.done()) return "done";
    return side.failed() ? side.failure().code.message() : "waiting";
}

std::string words(Errc code) {
    return make_error_code(code).message();
}

// The error that our side ends with when its peer says this; waits for all of it to be heard.
struct Heard {
    std::string sent;
    std::string outcome;
    std::string detail;
    bool farewell;
};

Heard hear(Role role, const std::string& script, HandshakeOptions options = {},
           bool then_end = false) {
    HandshakeSide side(role, key, options);
    if (role == Role::listener) REQUIRE(side.take_sent() == challenge(our_challenge));
    side.hear(script);
    if (then_end) side.hear_end();
    return {side.take_sent(), outcome(side), side.failed() ? side.failure().detail : "",
            side.said_farewell()};
}

Heard listener_hears(const std::string& script, HandshakeOptions options = {}) {
    return hear(Role::listener, script, options);
}

Heard client_hears(const std::string& script, HandshakeOptions options = {}) {
    return hear(Role::client, script, options);
}

bool says(const Heard& heard, std::string_view words_of_detail) {
    INFO(heard.detail);
    return heard.detail.find(words_of_detail) != std::string::npos;
}

}  // namespace

TEST_CASE("handshake: two sides with one key are done, however the bytes are cut", "[handshake]") {
    const std::string nuls("a\0b\0", 4);
    for (const std::string& shared :
         {std::string(key), std::string(), nuls, std::string(1024, 'k')})
        for (const std::size_t piece : {1U, 2U, 7U, 4096U})
            for (const HandshakeOptions options : {HandshakeOptions{}, strict}) {
                HandshakeSide listener(Role::listener, shared, options, counting_nonce(1));
                HandshakeSide client(Role::client, shared, options, counting_nonce(100));
                converse(listener, client, piece);
                CHECK(outcome(listener) == "done");
                CHECK(outcome(client) == "done");
                CHECK_FALSE(listener.reader().has_bytes());
                CHECK_FALSE(client.reader().has_bytes());
            }
}

TEST_CASE("handshake: different keys fail on both sides, in words that blame the key",
          "[handshake]") {
    const std::vector<std::pair<std::string, std::string>> pairs = {
        {"a", "b"},  {"", "b"},        {"a", ""},
        {"a", "aa"}, {"key", "key\n"}, {"a", std::string(300, 'a')}};
    for (const auto& [one, other] : pairs) {
        HandshakeSide listener(Role::listener, one);
        HandshakeSide client(Role::client, other);
        converse(listener, client, 3);
        CHECK(outcome(listener) == words(Errc::digest_mismatch));
        CHECK(listener.said_farewell());
        CHECK(outcome(client) == words(Errc::rejected_by_peer));
    }
}

TEST_CASE("handshake: a first message on the heels of the welcome is kept", "[handshake]") {
    for (const std::size_t piece : {1U, 13U, 4096U}) {
        HandshakeSide listener(Role::listener, key);
        HandshakeSide client(Role::client, key);
        client.hear(listener.take_sent());
        listener.hear(client.take_sent());
        client.hear(listener.take_sent());
        listener.hear(client.take_sent());
        client.hear(listener.take_sent());
        REQUIRE(client.done());
        const std::string first = std::string(1000, 'x');
        const std::string stream = client.take_sent() + frame(first);
        listener.hear(stream, piece);
        REQUIRE(listener.done());
        listener.reader().limit(std::nullopt);
        listener.reader().commit(as_bytes(listener.unheard()));
        REQUIRE(listener.reader().ready().value());
        CHECK(as_text(listener.reader().payload()) == first);
    }
}

TEST_CASE("handshake: a peer that says everything at once is understood", "[handshake]") {
    const std::string nonce = "{sha384}" + std::string(40, 'n');
    HandshakeSide listener(Role::listener, key);
    listener.hear(frame(named(Digest::sha256, our_challenge)) + challenge(nonce) + welcome);
    CHECK(outcome(listener) == "done");
    CHECK(listener.take_sent() ==
          challenge(our_challenge) + welcome + frame(named(Digest::sha384, nonce)));
}

TEST_CASE("handshake: part of a message is acknowledged without delay", "[handshake]") {
    HandshakeSide listener(Role::listener, key);
    CHECK_FALSE(listener.inside_message());
    listener.hear(frame("12345").substr(0, 6));
    CHECK(listener.inside_message());
}

TEST_CASE("handshake: an answer by any known digest is accepted", "[handshake]") {
    for (const Digest digest :
         {Digest::md5, Digest::sha256, Digest::sha384, Digest::sha3_256, Digest::sha3_384})
        CHECK(listener_hears(frame(named(digest, our_challenge))).sent == welcome);
    CHECK(listener_hears(frame(mac(Digest::md5, our_challenge))).sent == welcome);
    CHECK(listener_hears(frame(mac(Digest::sha256, our_challenge))).sent == welcome);
}

TEST_CASE("handshake: the strict policy wants SHA-2 or SHA-3 by name", "[handshake]") {
    for (const Digest digest : {Digest::sha256, Digest::sha384, Digest::sha3_256, Digest::sha3_384})
        CHECK(listener_hears(frame(named(digest, our_challenge)), strict).sent == welcome);
    for (const std::string& answer :
         {named(Digest::md5, our_challenge), mac(Digest::md5, our_challenge),
          mac(Digest::sha256, our_challenge)}) {
        const Heard heard = listener_hears(frame(answer), strict);
        CHECK(heard.sent == failure);
        CHECK(heard.farewell);
        CHECK(heard.outcome == words(Errc::digest_not_allowed));
    }
    for (const std::string& asked : {std::string(20, 'n'), "{md5}" + std::string(40, 'n')}) {
        const Heard heard = client_hears(challenge(asked), strict);
        CHECK(heard.sent.empty());
        CHECK(heard.outcome == words(Errc::digest_not_allowed));
    }
}

TEST_CASE("handshake: a challenge is answered by the digest that it names", "[handshake]") {
    for (const Digest digest :
         {Digest::md5, Digest::sha256, Digest::sha384, Digest::sha3_256, Digest::sha3_384}) {
        const std::string asked =
            "{" + std::string(digest_name(digest)) + "}" + std::string(40, 'n');
        CHECK(client_hears(challenge(asked)).sent == frame(named(digest, asked)));
    }
}

TEST_CASE("handshake: a challenge of 20 bytes is answered with the bare MAC", "[handshake]") {
    const std::string legacy = "{sha256}123456789012";
    CHECK(client_hears(challenge(legacy)).sent == frame(mac(Digest::md5, legacy)));
    const HandshakeOptions red_hat{Digests::compatible, true};
    CHECK(client_hears(challenge(legacy), red_hat).sent == frame(mac(Digest::sha256, legacy)));
    const std::string modern = "{sha256}" + std::string(40, 'n');
    CHECK(client_hears(challenge(modern), red_hat).sent == frame(named(Digest::sha256, modern)));
}

TEST_CASE("handshake: whoever answers with bare SHA-256 is answered with it", "[handshake]") {
    const std::string nonce(20, 'n');
    HandshakeSide listener(Role::listener, key);
    listener.take_sent();
    listener.hear(frame(mac(Digest::sha256, our_challenge)));
    REQUIRE(listener.take_sent() == welcome);
    listener.hear(challenge(nonce));
    CHECK(listener.take_sent() == frame(mac(Digest::sha256, nonce)));
}

TEST_CASE("handshake: an answer to a relabelled challenge is a downgrade, and wrong",
          "[handshake]") {
    const std::string relabelled = "{md5}" + as_text(counting_nonce());
    const Heard heard = listener_hears(frame(named(Digest::md5, relabelled)));
    CHECK(heard.outcome == words(Errc::digest_mismatch));
    CHECK(listener_hears(frame("{sha384}" + mac(Digest::sha3_384, our_challenge))).outcome ==
          words(Errc::digest_mismatch));
}

TEST_CASE("handshake: a wrong answer gets #FAILURE# before we fail", "[handshake]") {
    std::string flipped = named(Digest::sha256, our_challenge);
    flipped.back() = static_cast<char>(flipped.back() ^ 1);
    const std::vector<std::pair<std::string, Errc>> answers = {
        {flipped, Errc::digest_mismatch},
        {named(Digest::sha256, our_challenge, "another key"), Errc::digest_mismatch},
        {named(Digest::sha256, our_challenge) + "x", Errc::digest_mismatch},
        {named(Digest::sha256, our_challenge).substr(0, 38), Errc::digest_mismatch},
        {"{sha256}", Errc::digest_mismatch},
        {"{md5}", Errc::digest_mismatch},
        {std::string(16, 'x'), Errc::digest_mismatch},
        {std::string(32, 'x'), Errc::digest_mismatch},
        {"{sha1}" + std::string(20, 'x'), Errc::unsupported_digest},
        {"{}" + std::string(40, 'x'), Errc::unsupported_digest},
        {"{SHA256}" + std::string(32, 'x'), Errc::unsupported_digest},
        {"", Errc::no_answer},
        {"{sha256", Errc::no_answer},
        {std::string(20, 'x'), Errc::no_answer},
        {std::string(256, 'x'), Errc::no_answer},
        {"\x80\x04\x95 a pickle", Errc::no_answer},
        {"#WELCOME#", Errc::unexpected_handshake},
        {"#CHALLENGE#" + our_challenge, Errc::unexpected_handshake},
    };
    for (const auto& [answer, code] : answers) {
        CAPTURE(answer);
        const Heard heard = listener_hears(frame(answer));
        CHECK(heard.sent == failure);
        CHECK(heard.farewell);
        CHECK(heard.outcome == words(code));
    }
    CHECK(says(listener_hears(frame("{sha256}12345")), "sha256, expected 32 bytes, got 5"));
    CHECK(says(listener_hears(frame("{sha1}123456")), "'sha1', expected md5, sha256"));
    CHECK(says(listener_hears(frame("\x80\x02K\x01.")),
               "a pickle of 5 bytes; it may have no authkey"));
    CHECK(says(listener_hears(frame("\x80\x04\x95 thirteen, 1.")),
               "md5, or a pickle of 16 bytes: it may have no authkey"));
}

TEST_CASE("handshake: a challenge that cannot be answered ends it without a word", "[handshake]") {
    const std::vector<std::pair<std::string, Errc>> challenges = {
        {"", Errc::challenge_too_short},
        {std::string(19, 'n'), Errc::challenge_too_short},
        {"{sha256}12345678901", Errc::challenge_too_short},
        {std::string(21, 'n'), Errc::challenge_too_short},
        {std::string(40, 'n'), Errc::challenge_too_short},
        {"{sha512}" + std::string(40, 'n'), Errc::unsupported_digest},
        {"{sha1}" + std::string(40, 'n'), Errc::unsupported_digest},
    };
    for (const auto& [asked, code] : challenges) {
        CAPTURE(asked);
        const Heard heard = client_hears(challenge(asked));
        CHECK(heard.sent.empty());
        CHECK(heard.outcome == words(code));
    }
}

TEST_CASE("handshake: a peer without a key says something else first", "[handshake]") {
    const std::string pickle = "\x80\x04\x95 something";
    const Heard heard = client_hears(frame(pickle));
    CHECK(heard.outcome == words(Errc::no_challenge));
    CHECK(says(heard, "a pickle of 13 bytes"));
    CHECK(says(heard, "before 3.13"));
    CHECK(client_hears(frame(std::string(10000, 'x'))).outcome == words(Errc::no_challenge));
    CHECK(listener_hears(frame(std::string(10000, 'x'))).outcome == words(Errc::no_answer));
    CHECK(listener_hears(frame(std::string(10000, 'x'))).sent.empty());
}

TEST_CASE("handshake: another protocol is named for what it is", "[handshake]") {
    const Heard http = listener_hears("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(http.outcome == words(Errc::not_multiprocessing));
    CHECK(says(http, "'GET / HTTP/1.1\\r\\n"));
    CHECK(http.sent.empty());
    CHECK(says(listener_hears(from_hex("1603010200010001fc0303")), "'\\x16\\x03\\x01"));
    CHECK(client_hears("SSH-2.0-OpenSSH_9.2\r\n").outcome == words(Errc::not_multiprocessing));
    CHECK(client_hears("HTTP/1.1 400 Bad Request\r\n").outcome == words(Errc::not_multiprocessing));
}

TEST_CASE("handshake: a malformed or over-long frame ends it at any step", "[handshake]") {
    const std::string answer = frame(named(Digest::sha256, our_challenge));
    for (const std::string& before : {std::string(), answer}) {
        CHECK(listener_hears(before + from_hex("fffffffe")).outcome ==
              words(Errc::bad_frame_length));
        CHECK(listener_hears(before + from_hex("ffffffff ffffffffffffffff")).outcome ==
              words(Errc::bad_frame_length));
    }
    CHECK(listener_hears(answer + from_hex("00000101")).outcome == words(Errc::message_too_long));
    CHECK(listener_hears(answer + "GET ").outcome == words(Errc::message_too_long));
    CHECK(
        listener_hears(from_hex("ffffffff 0000000000000028") + named(Digest::sha256, our_challenge))
            .sent == welcome);
}

TEST_CASE("handshake: #FAILURE# at any step means that the peer refused us", "[handshake]") {
    const std::string answer = frame(named(Digest::sha256, our_challenge));
    const std::string asked = challenge("{sha256}" + std::string(40, 'n'));
    for (const std::string& script : {std::string(), answer, answer + asked}) {
        const Heard heard = listener_hears(script + failure);
        CHECK(heard.outcome == words(Errc::rejected_by_peer));
        CHECK_FALSE(heard.farewell);
    }
    for (const std::string& script : {std::string(), asked, asked + welcome})
        CHECK(client_hears(script + failure).outcome == words(Errc::rejected_by_peer));
}

TEST_CASE("handshake: messages out of their order are refused", "[handshake]") {
    const std::string answer = frame(named(Digest::sha256, our_challenge));
    const std::string asked = challenge("{sha256}" + std::string(40, 'n'));
    CHECK(client_hears(welcome).outcome == words(Errc::unexpected_handshake));
    CHECK(client_hears(asked + asked).outcome == words(Errc::unexpected_handshake));
    CHECK(client_hears(asked + welcome + asked).outcome == words(Errc::unexpected_handshake));
    CHECK(client_hears(asked + frame("#WELCOME")).outcome == words(Errc::unexpected_handshake));
    CHECK(client_hears(asked + frame("")).outcome == words(Errc::unexpected_handshake));
    CHECK(listener_hears(answer + welcome).outcome == words(Errc::unexpected_handshake));
    CHECK(listener_hears(answer + asked + asked).outcome == words(Errc::unexpected_handshake));
    CHECK(listener_hears(answer + answer).outcome == words(Errc::no_challenge));
}

TEST_CASE("handshake: our own challenge is not answered", "[handshake]") {
    const std::string answer = frame(named(Digest::sha256, our_challenge));
    for (const char* label : {"{sha256}", "{md5}", ""}) {
        const Heard heard = listener_hears(answer + challenge(label + as_text(counting_nonce())));
        CHECK(heard.outcome == words(Errc::reflected_challenge));
        CHECK(heard.sent == welcome);
    }
}

TEST_CASE("handshake: a client does not answer the challenge of another client", "[handshake]") {
    const std::string asked = "{sha256}" + std::string(40, 'n');
    HandshakeSide first(Role::client, key, {}, counting_nonce(1));
    first.hear(challenge(asked) + welcome);
    const std::string sent = first.take_sent();
    const std::string clients = sent.substr(frame(named(Digest::sha256, asked)).size());
    REQUIRE(clients.substr(4, 11) == "#CHALLENGE#");

    HandshakeSide second(Role::client, key, {}, counting_nonce(99));
    second.hear(clients);
    CHECK(outcome(second) == words(Errc::reflected_challenge));
    CHECK(second.take_sent().empty());

    HandshakeSide other_key(Role::client, "another key");
    other_key.hear(clients);
    CHECK(outcome(other_key) == "waiting");
    HandshakeSide listener(Role::listener, key);
    listener.hear(frame(named(Digest::sha256, our_challenge)) + clients);
    CHECK(outcome(listener) == "waiting");
}

TEST_CASE("handshake: the end of the stream at every byte is told from a whole one",
          "[handshake]") {
    HandshakeSide listener(Role::listener, key);
    HandshakeSide client(Role::client, key, {}, counting_nonce(100));
    std::string to_client;
    std::string to_listener;
    for (int i = 0; i < 3; ++i) {
        std::string part = listener.take_sent();
        client.hear(part);
        to_client += part;
        part = client.take_sent();
        listener.hear(part);
        to_listener += part;
    }
    REQUIRE(listener.done());
    REQUIRE(client.done());
    for (const Role role : {Role::listener, Role::client}) {
        const std::string& script = role == Role::listener ? to_listener : to_client;
        const Role mine = role;
        for (std::size_t cut = 0; cut < script.size(); ++cut) {
            CAPTURE(cut);
            HandshakeSide side(mine, key, {}, counting_nonce(mine == Role::client ? 100 : 0));
            side.hear(script.substr(0, cut));
            REQUIRE_FALSE(side.over());
            const bool inside = side.inside_message();
            side.hear_end();
            CHECK(outcome(side) == words(inside ? Errc::truncated_message : Errc::end_of_file));
        }
    }
    CHECK(says(hear(Role::client, "", {}, true), "its challenge was due"));
    CHECK(says(hear(Role::listener, "", {}, true), "its answer was due; it may have no authkey"));
    CHECK(says(hear(Role::client, challenge(std::string(20, 'n')), {}, true),
               "#WELCOME# or #FAILURE#"));
}

TEST_CASE("handshake: asking for the step twice changes nothing", "[handshake]") {
    parley::FrameReader reader;
    parley::Handshake handshake(Role::listener, parley::Authkey(key), counting_nonce(), {}, reader);
    const auto first = std::get<parley::Send>(handshake.step());
    const auto again = std::get<parley::Send>(handshake.step());
    CHECK(as_text(first.parts.front()) == as_text(again.parts.front()));
    CHECK_FALSE(first.farewell);
    handshake.received(as_bytes("out of turn"));
    handshake.sent(first.parts.front().size());
    CHECK(std::holds_alternative<parley::Receive>(handshake.step()));
    CHECK(std::holds_alternative<parley::Receive>(handshake.step()));
}

TEST_CASE("handshake: a challenge is known by its first word", "[handshake]") {
    CHECK(parley::looks_like_challenge(as_bytes("#CHALLENGE#12345678901234567890")));
    CHECK(parley::looks_like_challenge(as_bytes("#CHALLENGE#")));
    CHECK_FALSE(parley::looks_like_challenge(as_bytes("#CHALLENGE")));
    CHECK_FALSE(parley::looks_like_challenge({}));
}

// Handshakes that are written down: the examples of docs/wire.md, and what real CPythons said.
#include "support/bytes.hpp"
#include "support/catch.hpp"
#include "support/handshake.hpp"

#include <parley/handshake.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using parley::Role;
using support::counting_nonce;
using support::from_hex;
using support::HandshakeSide;

namespace {

constexpr std::size_t whole = 4096;

// One fenced block of the page: all that each side sends, as a stream.
struct Example {
    std::string listener;
    std::string client;
};

std::vector<Example> examples_of(const std::string& page) {
    std::ifstream file(page);
    REQUIRE(file);
    std::vector<Example> examples;
    std::string* speaker = nullptr;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) {
            inside = !inside;
            if (inside) examples.emplace_back();
        } else if (inside) {
            if (line.starts_with("listener")) speaker = &examples.back().listener;
            if (line.starts_with("client")) speaker = &examples.back().client;
            *speaker += from_hex(line.substr(10));
        }
    }
    return examples;
}

// Whether our side says just this to a peer that says that.
void check(Role role, const std::string& peer_says, const std::string& we_say, std::string_view key,
           const parley::Nonce& nonce) {
    for (const std::size_t piece : {std::size_t{1}, whole}) {
        HandshakeSide ours(role, key, {}, nonce);
        ours.hear(peer_says, piece);
        CHECK(ours.over());
        CHECK(ours.take_sent() == we_say);
    }
}

}  // namespace

TEST_CASE("handshake: the examples of the specification are what goes over the wire",
          "[handshake]") {
    const std::vector<Example> examples = examples_of(PARLEY_SOURCE_DIR "/docs/wire.md");
    REQUIRE(examples.size() == 4);
    const std::string key = "Hello World!";
    const Example& modern = examples[0];
    check(Role::listener, modern.client, modern.listener, key, counting_nonce());
    check(Role::client, modern.listener, modern.client, key, counting_nonce(0x40));
    const Example& legacy_client = examples[1];
    check(Role::listener, legacy_client.client, legacy_client.listener, key, counting_nonce());
    const Example& legacy_listener = examples[2];
    check(Role::client, legacy_listener.listener, legacy_listener.client, key,
          counting_nonce(0x40));
    const Example& wrong_key = examples[3];
    check(Role::listener, wrong_key.client, wrong_key.listener, key, counting_nonce());
    check(Role::client, wrong_key.listener, wrong_key.client, "Hello World?", counting_nonce(0x40));
}

TEST_CASE("handshake: real CPythons of either dialect are understood to the byte", "[handshake]") {
    std::ifstream golden(PARLEY_SOURCE_DIR "/tests/golden/handshake.txt");
    int transcripts = 0;
    for (std::string line; std::getline(golden, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        std::string version;
        std::string role;
        std::string key;
        std::string from_cpython;
        std::string from_parley;
        fields >> version >> role >> key >> from_cpython >> from_parley;
        CAPTURE(version, role, key);
        check(role == "client" ? Role::listener : Role::client, from_hex(from_cpython),
              from_hex(from_parley), key == "-" ? "" : from_hex(key), counting_nonce());
        ++transcripts;
    }
    CHECK(transcripts >= 40);
}

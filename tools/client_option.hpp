// What the verbs that connect have in common: where to, with which key, and how patiently.
#pragma once

#include "authkey_option.hpp"
#include "exit_status.hpp"

#include <parley/address.hpp>
#include <parley/authkey.hpp>
#include <parley/client.hpp>
#include <parley/time_limit.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace parley::tools {

class ClientOption {
public:
    /// Adds ADDRESS and its options.
    void add_to(CLI::App& verb);

    /// Throws Trouble: usage for the address or the key file, otherwise why nobody was reached.
    [[nodiscard]] Client connect() const;
    /// Why an attempt to connect has failed.
    [[nodiscard]] Trouble unreached(const Error& error) const;

    [[nodiscard]] Address address() const;
    [[nodiscard]] std::optional<Authkey> authkey() const { return authkey_.load(); }
    /// For the connection, for the handshake and for each reply.
    [[nodiscard]] TimeLimit timeout() const;
    /// The same as the library takes it, without the key.
    [[nodiscard]] ClientOptions options() const;

private:
    std::string address_;
    AuthkeyOption authkey_;
    int protocol_ = 4;
    std::optional<double> timeout_;
    std::optional<double> retry_;
    bool strict_ = false;
    bool bare_sha256_ = false;
};

}  // namespace parley::tools

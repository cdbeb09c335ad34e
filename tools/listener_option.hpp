// What the verbs that listen have in common: where, for which key, and what they log.
#pragma once

#include "authkey_option.hpp"

#include <parley/listener.hpp>

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace parley::tools {

class ListenerOption {
public:
    /// Adds ADDRESS and its options.
    void add_to(CLI::App& verb);

    /// Opens the log, and listens; each client that fails its handshake is logged, and
    /// `on_rejected` is called. Throws Trouble.
    [[nodiscard]] Listener listen(std::function<void()> on_rejected = {}) const;

private:
    std::string address_;
    AuthkeyOption authkey_;
    bool strict_ = false;
    bool verbose_ = false;
};

}  // namespace parley::tools

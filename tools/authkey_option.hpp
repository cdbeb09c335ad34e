// The key: from a file or from PARLEY_AUTHKEY, never from the command line, where others can read
// it.
#pragma once

#include <parley/authkey.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace parley::tools {

class AuthkeyOption {
public:
    /// Adds --authkey-file.
    void add_to(CLI::App& verb);

    /// The file's bytes, or PARLEY_AUTHKEY's, or none. Warns of a file that others can read and of
    /// a trailing newline, which is part of the key. Throws Trouble (usage) for a file that cannot
    /// be read.
    [[nodiscard]] std::optional<Authkey> load() const;

private:
    std::optional<std::string> file_;
};

}  // namespace parley::tools

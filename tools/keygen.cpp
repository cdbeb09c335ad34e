// parley keygen: a key that nobody guesses.
#include "exit_status.hpp"
#include "standard_streams.hpp"
#include "verbs.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

namespace parley::tools {
namespace {

/// 256 random bits as letters and digits, `-` and `_`, so that a key is also good for an
/// environment variable.
std::string make_key() {
    std::array<unsigned char, 33> random{};  // base64 takes them by threes
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw Trouble(ExitStatus::system, "the system gives no random bytes");
    std::string key(44 + 1, '\0');
    ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(key.data()), random.data(),
                      static_cast<int>(random.size()));
    key.pop_back();
    std::replace(key.begin(), key.end(), '+', '-');
    std::replace(key.begin(), key.end(), '/', '_');
    return key;
}

void write_key_file(const std::string& name, const std::string& key) {
    const auto fail = [&] {
        throw Trouble(ExitStatus::usage,
                      fmt::format("cannot write the key file {}: {}", name, std::strerror(errno)));
    };
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) fail();
    const bool is_written =
        ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size());
    if (::close(file) != 0 || !is_written) {
        const int error = errno;
        ::unlink(name.c_str());
        errno = error;
        fail();
    }
}

void run(const std::optional<std::string>& file) {
    const std::string key = make_key();
    if (file)
        write_key_file(*file, key);
    else
        write_output(is_terminal(STDOUT_FILENO) ? key + '\n' : key);
}

constexpr const char* keygen_examples = R"(
The file is made for its owner alone (mode 0600) and never overwritten. The key has no newline at
its end: Python reads it with open(FILE, 'rb').read().

Examples:
  parley keygen key
  ssh host 'umask 077; cat > key' < key)";

}  // namespace

void add_keygen(CLI::App& program) {
    CLI::App& verb = *program.add_subcommand("keygen", "Make a strong key.");
    const auto file = std::make_shared<std::optional<std::string>>();
    verb.add_option("FILE", *file, "Where to; standard output without one")->type_name("");
    verb.footer(keygen_examples);
    verb.callback([file] { run(*file); });
}

}  // namespace parley::tools

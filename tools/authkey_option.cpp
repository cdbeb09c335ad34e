#include "authkey_option.hpp"

#include "exit_status.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace parley::tools {
namespace {

// More is no key but a mistake: /dev/zero, say.
constexpr std::size_t longest_key = 1 << 20;

[[noreturn]] void fail(const std::string& file, const char* why) {
    throw Trouble(ExitStatus::usage, fmt::format("cannot read the key file {}: {}", file, why));
}

/// A file open for reading, and memory that is wiped when it goes.
class KeyFile {
public:
    explicit KeyFile(const std::string& name)
        : name_(name), descriptor_(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) fail(name_, std::strerror(errno));
        key_.reserve(longest_key + 1);  // so that no copy is left behind by growing
    }
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;
    ~KeyFile() {
        ::close(descriptor_);
        OPENSSL_cleanse(key_.data(), key_.size());
    }

    void check_mode() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return;
        if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0)
            warn(fmt::format("others can read the key file {}: chmod 600 it", name_));
    }

    const std::string& read() {
        key_.resize(longest_key + 1);
        std::size_t size = 0;
        while (size < key_.size()) {
            const ssize_t count = ::read(descriptor_, key_.data() + size, key_.size() - size);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail(name_, std::strerror(errno));
            if (count == 0) break;
            size += static_cast<std::size_t>(count);
        }
        if (size > longest_key) fail(name_, "it is too long for a key");
        key_.resize(size);
        return key_;
    }

private:
    std::string name_;
    int descriptor_;
    std::string key_;
};

Authkey read_key(const std::string& name) {
    KeyFile file(name);
    file.check_mode();
    const std::string& key = file.read();
    if (key.ends_with('\n'))
        warn(fmt::format("the key in {} ends with a newline, which is part of it", name));
    return Authkey(key);
}

}  // namespace

void AuthkeyOption::add_to(CLI::App& verb) {
    verb.add_option("--authkey-file", file_,
                    "The file with the key, every byte of it; or else PARLEY_AUTHKEY, or no key")
        ->type_name("FILE");
}

std::optional<Authkey> AuthkeyOption::load() const {
    if (file_) return read_key(*file_);
    const char* const variable = std::getenv("PARLEY_AUTHKEY");
    if (variable == nullptr) return std::nullopt;
    return Authkey(std::string_view(variable));
}

}  // namespace parley::tools

#include "support/catch.hpp"
#include "support/scripted_peer.hpp"
#include "support/threads.hpp"

#include <parley/client.hpp>
#include <parley/listener.hpp>

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace support;
using parley::Client;
using parley::Errc;
using parley::Listener;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone at the end of the test.
class Folder {
public:
    Folder() {
        std::string name = fs::temp_directory_path() / "parley-test-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path operator/(const char* name) const { return path_ / name; }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// An environment variable that is as it was at the end of the test.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

private:
    const char* name_;
    std::optional<std::string> before_;
};

parley::Address at(const fs::path& path) {
    return parley::Address::unix_path(path);
}

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

/// A socket file whose listener is gone without a farewell.
void leave_stale(const fs::path& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.c_str(), path.native().size());
    const Raw socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(socket.fileno(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
}

}  // namespace

TEST_CASE("socket file: it is there while it is listened on, for its owner alone", "[listener]") {
    const Folder folder;
    const mode_t umask_before = ::umask(0);
    const auto mode = GENERATE(as<std::optional<mode_t>>(), std::nullopt, 0660);
    parley::ListenerOptions options;
    if (mode) options.mode = *mode;
    Listener listener(at(folder / "socket"), options);
    ::umask(umask_before);
    CHECK(fs::is_socket(folder / "socket"));
    CHECK(mode_of(folder / "socket") == mode.value_or(0600));
    const Client client(listener.address());
    listener.close();
    CHECK_FALSE(fs::exists(folder / "socket"));
}

TEST_CASE("socket file: one that is no longer ours is left alone", "[listener]") {
    const Folder folder;
    const fs::path path = folder / "socket";
    Listener listener(at(path));
    fs::remove(path);
    std::optional<Listener> next(at(path));
    listener.close();
    CHECK(fs::is_socket(path));
    const Client client(at(path));
    fs::remove(path);
    std::ofstream(path) << "somebody's file";
    next.reset();
    CHECK(fs::is_regular_file(path));
}

TEST_CASE("socket file: a stale one is replaced", "[listener]") {
    const Folder folder;
    leave_stale(folder / "socket");
    Listener listener(at(folder / "socket"));
    const Client client(listener.address());
    CHECK(listener.accept(patience).writable());
}

TEST_CASE("socket file: one with a listener behind it is not stale", "[listener]") {
    const Folder folder;
    Listener listener(at(folder / "socket"), {.backlog = 0});
    std::vector<Raw> queue;
    for (int i = 0; i < GENERATE(0, 1); ++i)
        queue.push_back(connect_to(listener.address()));
    CHECK(failure_of([&] { const Listener second(at(folder / "socket")); }) ==
          boost::system::errc::address_in_use);
    CHECK(fs::is_socket(folder / "socket"));
}

TEST_CASE("socket file: any other file is not replaced", "[listener]") {
    const Folder folder;
    std::ofstream(folder / "file") << "precious";
    fs::create_symlink(folder / "file", folder / "link");
    fs::create_directory(folder / "folder");
    for (const char* name : {"file", "link", "folder"}) {
        CHECK(failure_of([&] { const Listener listener(at(folder / name)); }) ==
              boost::system::errc::address_in_use);
        CHECK(fs::exists(folder / name));
    }
}

TEST_CASE("socket file: two listeners that start together never take each other's for stale",
          "[listener]") {
    const Folder folder;
    for (int round = 0; round < 20; ++round) {
        leave_stale(folder / "socket");
        std::optional<Listener> first;
        std::optional<Listener> second;
        Worker worker([&] { second.emplace(at(folder / "socket")); });
        const auto failed = failure_of([&] { first.emplace(at(folder / "socket")); });
        const auto other = worker.failure();
        if (first.has_value() == second.has_value()) FAIL("both, or none");
        CHECK((failed ? failed : other) == boost::system::errc::address_in_use);
    }
}

TEST_CASE("socket file: a lock on the folder that somebody keeps holds nobody up", "[listener]") {
    const Folder folder;
    const Raw lock(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(::flock(lock.fileno(), LOCK_EX) == 0);
    const Listener listener(at(folder / "socket"));
    const Client client(listener.address());
}

TEST_CASE("socket file: a chosen one lies in a private folder that goes with it", "[listener]") {
    const Folder folder;
    const Variable temporary("TMPDIR", folder.path());
    Listener listener("unix:");
    const fs::path path = listener.address().path();
    CHECK(path.parent_path().parent_path() == folder.path());
    CHECK(mode_of(path.parent_path()) == 0700);
    const Client client(listener.address());
    CHECK(Listener("unix:").address() != listener.address());
    listener.close();
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("socket file: a folder for temporary files that is too long a name is passed over",
          "[listener]") {
    const Folder folder;
    const fs::path deep = folder / std::string(100, 'd').c_str();
    fs::create_directory(deep);
    const Variable temporary("TMPDIR", deep);
    const Listener listener("unix:");
    CHECK(listener.address().path().starts_with("/tmp/parley-"));
    CHECK(fs::is_empty(deep));
}

TEST_CASE("socket file: a folder that is not there is told", "[listener]") {
    const Folder folder;
    CHECK(failure_of([&] { const Listener listener(at(folder / "missing/socket")); }) ==
          boost::system::errc::no_such_file_or_directory);
    const Variable temporary("TMPDIR", folder / "missing");
    CHECK(failure_of([&] { const Listener listener("unix:"); }) ==
          boost::system::errc::no_such_file_or_directory);
}

TEST_CASE("socket file: a forked child that closes leaves it to the parent", "[listener]") {
    const Folder folder;
    Listener listener(at(folder / "socket"));
    const pid_t child = ::fork();
    if (child == 0) {
        listener.close();
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    CHECK(fs::is_socket(folder / "socket"));
    const Client client(listener.address());
    CHECK(listener.accept(patience).writable());
}

TEST_CASE("socket file: only allowed users are let in", "[listener]") {
    const Folder folder;
    std::vector<std::string> told;
    parley::ListenerOptions options;
    options.on_rejected = [&](const std::string& peer, const parley::Failure& failure) {
        told.push_back(failure.message());
        CHECK(peer == "process " + std::to_string(::getpid()));
        CHECK(failure.code == Errc::peer_not_allowed);
    };
    options.allowed_users = {::getuid() + 1};
    {
        Listener listener(at(folder / "socket"), options);
        const Client client(listener.address());
        CHECK(failure_of([&] { return listener.accept(moment); }) == Errc::timeout);
        CHECK(told == std::vector{"the peer's user is not allowed: got user " +
                                  std::to_string(::getuid())});
    }
    options.allowed_users->push_back(::getuid());
    Listener listener(at(folder / "socket"), options);
    const Client client(listener.address());
    CHECK(listener.accept(patience).writable());
}

TEST_CASE("socket file: a client whose own name no Address may have is a client like others",
          "[listener]") {
    const Folder folder;
    std::string name = GENERATE(true, false) ? std::string(1, '\0') : (folder / "x").native();
    if (name.size() > 1) name.resize(sizeof sockaddr_un::sun_path, 'x');
    Listener listener(at(folder / "listener"), {.authkey = parley::Authkey("key")});
    Worker client([&] {
        sockaddr_un own{};
        own.sun_family = AF_UNIX;
        std::memcpy(own.sun_path, name.data(), name.size());
        sockaddr_un other{};
        other.sun_family = AF_UNIX;
        const std::string& path = listener.address().path();
        std::memcpy(other.sun_path, path.data(), path.size());
        Raw socket(::socket(AF_UNIX, SOCK_STREAM, 0));
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        if (::bind(socket.fileno(), reinterpret_cast<sockaddr*>(&own), size) != 0 ||
            ::connect(socket.fileno(), reinterpret_cast<sockaddr*>(&other), sizeof other) != 0) {
            throw std::system_error(errno, std::system_category());
        }
        ScriptedPeer(std::move(socket), {.role = parley::Role::client, .then = frame("hello")})
            .play();
    });
    parley::Connection connection = listener.accept(patience);
    CHECK(connection.peer() == "process " + std::to_string(::getpid()));
    CHECK(connection.recv_bytes(patience).view() == "hello");
    CHECK_FALSE(client.failure());
}

// Where a listener listens: text in, text out. Knows no resolver and no socket.
#pragma once

#include <parley/error.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace parley {

/// An address of multiprocessing.connection, in one line of text:
///
/// | text             | meaning                                                            |
/// | ---------------- | ------------------------------------------------------------------ |
/// | `HOST:PORT`      | TCP; a host name or an IPv4 address                                |
/// | `[::1]:PORT`     | TCP; an IPv6 address, with a zone where it needs one               |
/// | `:PORT`          | TCP; every interface when listening, this machine when connecting  |
/// | `unix:/path`     | a Unix socket in the file system                                   |
/// | `unix:@name`     | a Unix socket in Linux's abstract namespace                        |
/// | `unix:`          | a Unix socket with a path that the listener chooses                |
///
/// Port 0 lets the listener choose one. A value: copies, compares, prints as the text it reads.
class Address {
public:
    enum class Family { tcp, unix_path, unix_abstract };

    /// A TCP address; the host without brackets. Throws UsageError where no host name holds such
    /// characters.
    static Address tcp(std::string host, std::uint16_t port);
    /// A Unix socket's path; empty to have one chosen. A path that begins with `@` is kept as
    /// `./@`. Throws UsageError for a path of more than 107 bytes, or with a NUL in it.
    static Address unix_path(std::string path);
    /// A name in Linux's abstract namespace, without the leading NUL; it may hold NULs itself.
    /// Throws UsageError for no name, or one of more than 107 bytes.
    static Address unix_abstract(std::string name);

    /// Reads the table's forms. Fails with bad_address, saying what was expected.
    static Result<Address> parse(std::string_view text);

    /// `parse`, for use as an argument: throws UsageError. Implicit on purpose.
    Address(std::string_view text);    // NOLINT(google-explicit-constructor)
    Address(const char* text);         // NOLINT(google-explicit-constructor)
    Address(const std::string& text);  // NOLINT(google-explicit-constructor)

    [[nodiscard]] Family family() const noexcept { return family_; }
    /// The host as written, without brackets; empty for every interface. TCP only.
    [[nodiscard]] const std::string& host() const noexcept { return name_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// The path, or the abstract name. Unix only.
    [[nodiscard]] const std::string& path() const noexcept { return name_; }

    /// The text form; `parse(to_string())` gives an equal address.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Address&, const Address&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Address& address);

private:
    Address(Family family, std::string name, std::uint16_t port);

    Family family_;
    std::string name_;
    std::uint16_t port_ = 0;
};

}  // namespace parley

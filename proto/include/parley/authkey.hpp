// The shared secret of a Listener and its Clients (multiprocessing's authkey).
#pragma once

#include <parley/step.hpp>

#include <string_view>
#include <vector>

namespace parley {

/// A key of any bytes and any length, also none. Copies are wiped from memory when they go.
class Authkey {
public:
    explicit Authkey(ConstBytes bytes);
    explicit Authkey(std::string_view bytes);
    Authkey(const Authkey&) = default;
    Authkey(Authkey&&) noexcept = default;
    Authkey& operator=(const Authkey& other);
    Authkey& operator=(Authkey&& other) noexcept;
    ~Authkey();

    [[nodiscard]] ConstBytes bytes() const noexcept { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

}  // namespace parley

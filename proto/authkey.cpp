#include "digest.hpp"

#include <parley/authkey.hpp>

#include <utility>

namespace parley {

Authkey::Authkey(ConstBytes bytes) : bytes_(bytes.begin(), bytes.end()) {}

Authkey::Authkey(std::string_view bytes) : Authkey(std::as_bytes(std::span(bytes))) {}

Authkey& Authkey::operator=(const Authkey& other) {
    return *this = Authkey(other);
}

Authkey& Authkey::operator=(Authkey&& other) noexcept {
    Authkey taken(std::move(other));
    bytes_.swap(taken.bytes_);
    return *this;
}

Authkey::~Authkey() {
    wipe(bytes_);
}

}  // namespace parley

#include "nonce.hpp"

#include "system_failure.hpp"

#include <openssl/rand.h>

#include <cerrno>

namespace parley {

Nonce make_nonce() {
    Nonce nonce;
    auto* bytes = reinterpret_cast<unsigned char*>(nonce.data());
    if (RAND_bytes(bytes, static_cast<int>(nonce.size())) != 1) {
        throw_failure(system_failure(EIO, "OpenSSL has no random bytes"));
    }
    return nonce;
}

}  // namespace parley

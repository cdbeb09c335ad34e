#include "nonce.hpp"

#include "system_failure.hpp"

#include <unistd.h>

#include <cerrno>

namespace parley {

Nonce make_nonce() {
    Nonce nonce;
    if (::getentropy(nonce.data(), nonce.size()) != 0) {
        throw_failure(system_failure(errno, "getentropy"));
    }
    return nonce;
}

}  // namespace parley

// A machine whose OpenSSL refuses digests, as under FIPS, for as long as it lives.
#pragma once

#include <openssl/evp.h>

namespace support {

class DigestsRefused {
public:
    DigestsRefused() { EVP_set_default_properties(nullptr, "provider=none-such"); }
    DigestsRefused(const DigestsRefused&) = delete;
    DigestsRefused& operator=(const DigestsRefused&) = delete;
    ~DigestsRefused() { EVP_set_default_properties(nullptr, ""); }
};

}  // namespace support

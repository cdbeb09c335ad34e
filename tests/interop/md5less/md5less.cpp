// An OpenSSL provider that is the default one without MD5: what a FIPS machine does to us.
//
// HMAC looks its digest up again in the library context of its own provider. So the default
// provider lives in a context of ours, whose default properties hide everything but what a second,
// built-in provider offers there: the default one's algorithms, again without MD5.
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <cstring>
#include <deque>
#include <vector>

namespace {

OSSL_LIB_CTX* inside = nullptr;
OSSL_PROVIDER* default_provider = nullptr;
OSSL_PROVIDER* inside_provider = nullptr;

// Tables live as long as the process, as OpenSSL expects.
const OSSL_ALGORITHM* without_md5(int operation, int* no_cache, const char* properties) {
    static std::deque<std::vector<OSSL_ALGORITHM>> tables;
    const auto* all = OSSL_PROVIDER_query_operation(default_provider, operation, no_cache);
    if (all == nullptr) return nullptr;
    std::vector<OSSL_ALGORITHM>& kept = tables.emplace_back();
    for (; all->algorithm_names != nullptr; ++all) {
        if (std::strncmp(all->algorithm_names, "MD5", 3) == 0) continue;
        kept.push_back({all->algorithm_names, properties, all->implementation, nullptr});
    }
    kept.push_back({nullptr, nullptr, nullptr, nullptr});
    return kept.data();
}

const OSSL_ALGORITHM* query_inside(void*, int operation, int* no_cache) {
    return without_md5(operation, no_cache, "provider=inside,fips=yes");
}

const OSSL_ALGORITHM* query_outside(void*, int operation, int* no_cache) {
    return without_md5(operation, no_cache, "provider=md5less");
}

void tear_down(void*) {
    OSSL_PROVIDER_unload(inside_provider);
    OSSL_PROVIDER_unload(default_provider);
    OSSL_LIB_CTX_free(inside);
}

void stay(void*) {}  // the outer one takes it along

template <auto Query, auto TearDown>
int offer(const OSSL_DISPATCH** out, void** context) {
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(Query)},
        {OSSL_FUNC_PROVIDER_TEARDOWN, reinterpret_cast<void (*)()>(TearDown)},
        {0, nullptr}};
    *out = functions;
    *context = OSSL_PROVIDER_get0_provider_ctx(default_provider);
    return 1;
}

int init_inside(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                void** context) {
    return offer<query_inside, stay>(out, context);
}

}  // namespace

extern "C" int OSSL_provider_init(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*,
                                  const OSSL_DISPATCH** out, void** context) {
    inside = OSSL_LIB_CTX_new();
    default_provider = OSSL_PROVIDER_load(inside, "default");
    if (default_provider == nullptr) return 0;
    OSSL_PROVIDER_add_builtin(inside, "inside", init_inside);
    inside_provider = OSSL_PROVIDER_load(inside, "inside");
    if (inside_provider == nullptr) return 0;
    EVP_set_default_properties(inside, "fips=yes");
    return offer<query_outside, tear_down>(out, context);
}

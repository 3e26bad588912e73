#pragma once
// The low-level SHA-256 API is deprecated in OpenSSL 3 but not removed. It is used on purpose: each
// one-shot call of the EVP API fetches the algorithm anew, 300 ns for a 65-byte Merkle node against
// 68 ns here, and its context lives on the heap, while this one is a plain struct.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// The 32 bytes of a SHA-256 digest as four big-endian words: returned in registers, never on the heap.
typedef struct {
    uint64_t a, b, c, d;
} charter_words;

static inline uint64_t charter_load(const unsigned char *from) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return __builtin_bswap64(word);
}

static inline void charter_store(unsigned char *to, uint64_t word) {
    word = __builtin_bswap64(word);
    memcpy(to, &word, sizeof word);
}

static inline void charter_sha256_start(SHA256_CTX *context) {
    SHA256_Init(context);
}

static inline void charter_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}

static inline charter_words charter_sha256_finish(SHA256_CTX *context) {
    unsigned char out[32];
    SHA256_Final(out, context);
    return (charter_words) {
        charter_load(out), charter_load(out + 8), charter_load(out + 16), charter_load(out + 24)
    };
}

/// A Merkle leaf (RFC 6962 §2.1): SHA-256 of the byte 00 and the entry.
static inline charter_words charter_merkle_leaf(const void *bytes, size_t count) {
    static const unsigned char prefix = 0;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, &prefix, 1);
    SHA256_Update(&context, bytes, count);
    return charter_sha256_finish(&context);
}

/// The 32 bytes of a digest.
static inline void charter_store_words(unsigned char *to, charter_words words) {
    charter_store(to, words.a);
    charter_store(to + 8, words.b);
    charter_store(to + 16, words.c);
    charter_store(to + 24, words.d);
}

/// A Merkle node (RFC 6962 §2.1): SHA-256 of the byte 01 and both children, in one update.
static inline charter_words charter_merkle_node(charter_words left, charter_words right) {
    unsigned char bytes[65];
    SHA256_CTX context;
    bytes[0] = 1;
    charter_store_words(bytes + 1, left);
    charter_store_words(bytes + 33, right);
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, sizeof bytes);
    return charter_sha256_finish(&context);
}

/// Fills in the nodes above a row of hashes, which is a power of two of them: each row stands behind
/// the one that it is hashed from, so the children of a node lie side by side.
static inline void charter_merkle_fill(unsigned char *nodes, size_t leaves) {
    unsigned char bytes[65];
    SHA256_CTX context;
    bytes[0] = 1;
    for (size_t node = 0; node + 1 < leaves; node++) {
        memcpy(bytes + 1, nodes + 64 * node, 64);
        SHA256_Init(&context);
        SHA256_Update(&context, bytes, sizeof bytes);
        SHA256_Final(nodes + 32 * (leaves + node), &context);
    }
}

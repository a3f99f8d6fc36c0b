#ifndef EVIDENCE_DIGEST_H
#define EVIDENCE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Digests by OpenSSL's EVP: the only module that includes <openssl/evp.h> for
 * hashing.  The algorithms are fixed here and never chosen by a file.
 */
#define DIGEST_SHA256_LEN 32
#define DIGEST_SHA256_HEX (2 * DIGEST_SHA256_LEN + 1) /* With the NUL. */
#define DIGEST_MD5_LEN 16
#define DIGEST_MAX_LEN 64

enum digest_kind {
	DIGEST_SHA256,
	DIGEST_SHA512,
	DIGEST_MD5,  /* Only to compare with the service's Content-MD5, */
	DIGEST_SHA1, /* and these only to read bags of others. */
	DIGEST_SHA224,
	DIGEST_SHA384
};

struct digest; /* A digest being computed. */

/**
 * digest_len(kind):
 * Return the bytes of a digest of ${kind}, at most DIGEST_MAX_LEN.
 */
size_t digest_len(enum digest_kind kind);

/**
 * digest_new(kind, e):
 * Return a started digest that the caller frees with digest_free, or NULL with
 * ${e} set.
 */
struct digest * digest_new(enum digest_kind kind, struct err * e);

/**
 * digest_free(d):
 * Release ${d}; NULL is fine.
 */
void digest_free(struct digest * d);

/**
 * digest_restart(d):
 * Forget what ${d} has seen.  It aborts the program if libcrypto fails, since
 * nothing computed after that could be trusted.
 */
void digest_restart(struct digest * d);

/**
 * digest_update(d, bytes, len):
 * Feed ${len} ${bytes}.  Aborts as digest_restart does.
 */
void digest_update(struct digest * d, const void * bytes, size_t len);

/**
 * digest_peek(d, out):
 * Write the digest of what ${d} has seen so far to ${out} (digest_len bytes);
 * ${d} can go on.  Aborts as digest_restart does.
 */
void digest_peek(const struct digest * d, uint8_t * out);

/**
 * digest_copy(to, from):
 * Make ${to}, of the same kind, go on from where ${from} is.  Aborts as
 * digest_restart does.
 */
void digest_copy(struct digest * to, const struct digest * from);

/**
 * digest_finish(d, out):
 * Write the digest to ${out} and restart ${d}.  Aborts as digest_restart does.
 */
void digest_finish(struct digest * d, uint8_t * out);

/**
 * digest_sha256(bytes, len, out):
 * Write the SHA-256 of ${len} ${bytes} to ${out} in one call.  Aborts as
 * digest_restart does.
 */
void digest_sha256(
    const void * bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN]);

/**
 * digest_hmac_sha256(key, key_len, bytes, len, out):
 * Write the HMAC-SHA256 (RFC 2104) of ${bytes} under ${key} to ${out}.  Aborts
 * as digest_restart does.
 */
void digest_hmac_sha256(const uint8_t * key, size_t key_len, const void * bytes,
    size_t len, uint8_t out[DIGEST_SHA256_LEN]);

#endif

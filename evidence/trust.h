#ifndef EVIDENCE_TRUST_H
#define EVIDENCE_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/ed25519_verify.h"
#include "evidence/err.h"

/*
 * What the examiner trusts: public keys brought from outside, never taken out
 * of the package.
 */
#define TRUST_MAX_KEYS 64

struct trust;

struct trust_key {
	char * name; /* The path it was loaded from. */
	struct ed25519_public key;
	uint8_t sha256[DIGEST_SHA256_LEN]; /* ed25519_digest_public. */
};

/**
 * trust_new(e):
 * Return an empty set, which the caller frees with trust_free, or NULL with
 * ${e} set.
 */
struct trust * trust_new(struct err * e);

/**
 * trust_add_file(trust, path, e):
 * Load the minisign public key file ${path} and add it; a key that is there
 * already is added once.  Return 0, or -1 with ${e} set and ${trust} untouched
 * (ERR_LIMIT over TRUST_MAX_KEYS).
 */
int trust_add_file(struct trust * trust, const char * path, struct err * e);

/**
 * trust_count(trust):
 * Return how many keys ${trust} holds; 0 for NULL.
 */
size_t trust_count(const struct trust * trust);

/**
 * trust_get(trust, i):
 * Return key ${i}, counted from 0, borrowed until trust_free.
 */
const struct trust_key * trust_get(const struct trust * trust, size_t i);

/**
 * trust_find(trust, sha256):
 * Return the key whose identity is ${sha256}, borrowed until trust_free, or
 * NULL if it is not trusted.
 */
const struct trust_key * trust_find(
    const struct trust * trust, const uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * trust_free(trust):
 * Release ${trust}; NULL is fine.
 */
void trust_free(struct trust * trust);

#endif

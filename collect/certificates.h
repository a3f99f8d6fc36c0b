#ifndef COLLECT_CERTIFICATES_H
#define COLLECT_CERTIFICATES_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"

/*
 * The peer certificates of a run, each kept once: in memory, and as the file
 * SHA256.der in the work folder, so that a resumed run still has those of the
 * runs before it.
 */
#define CERTIFICATES_MAX 256
#define CERTIFICATES_BYTES_MAX ((size_t)65536) /* Of one in DER. */

struct certificates_one {
	uint8_t sha256[DIGEST_SHA256_LEN];
	uint8_t * bytes;
	size_t len;
};

struct certificates; /* All of them. */

/**
 * certificates_open(dir, e):
 * Read the certificates that the work folder ${dir} (borrowed until
 * certificates_free) holds.  Return them, or NULL with ${e} set.
 */
struct certificates * certificates_open(int dir, struct err * e);

/**
 * certificates_add(c, der, len, sha256, e):
 * Keep the certificate ${der} of ${len} bytes if it is not there yet and write
 * its digest to ${sha256}.  Return 0, or -1 with ${e} set.
 */
int certificates_add(struct certificates * c, const uint8_t * der, size_t len,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e);

/**
 * certificates_count(c):
 * Return how many ${c} holds.
 */
size_t certificates_count(const struct certificates * c);

/**
 * certificates_get(c, i):
 * Return certificate ${i}, counted from 0, borrowed until certificates_free.
 */
const struct certificates_one * certificates_get(
    const struct certificates * c, size_t i);

/**
 * certificates_free(c):
 * Release ${c}; NULL is fine.
 */
void certificates_free(struct certificates * c);

#endif

#ifndef EVIDENCE_DERIVATION_H
#define EVIDENCE_DERIVATION_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/custody.h"
#include "evidence/derived.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/signer.h"

/*
 * derivation.json: who signs a bag of derived evidence, and from which seals it
 * was derived (FORMAT.md, "Derived evidence").  It names the digest of the
 * bag's tag manifest, in which all else is named, and stands beside that.
 */
#define DERIVATION_NAME "derivation.json"
#define DERIVATION_MAX ((size_t)256 << 10) /* Bytes. */
#define DERIVATION_COMMENT_SIZE 192
#define DERIVATION_STEM "derivation."

struct derivation_package {
	const char * package;
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
};

struct derivation {
	uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN];
	struct derivation_package * packages;
	size_t n_packages; /* At most DERIVED_LIST_MAX. */
	int64_t at;
	const char * clock;
	struct custody_person by;
	const char * purpose;
	const char * authority;
	const char * remarks;
	struct signer signers[SIGNER_MAX];
	size_t n_signers;
	const char * tool;

	struct document doc; /* Owned by a parsed one, with the packages. */
};

/**
 * derivation_format(d, out, e):
 * Append the document of ${d} to ${out}.  Return 0, or -1 with ${e} set.
 */
int derivation_format(
    const struct derivation * d, struct buf * out, struct err * e);

/**
 * derivation_parse(bytes, len, d, e):
 * Parse the document into ${d}.  Return 0, and derivation_free releases it, or
 * -1 with ${e} set and ${d} empty.
 */
int derivation_parse(
    const void * bytes, size_t len, struct derivation * d, struct err * e);

/**
 * derivation_comment(tagmanifest_sha256, role, comment):
 * Write the trusted comment of its signatures, "azcustody/derivation/1 HEX
 * ROLE", to ${comment}.
 */
void derivation_comment(const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN],
    const char * role, char comment[DERIVATION_COMMENT_SIZE]);

/**
 * derivation_free(d):
 * Release what a parsed ${d} owns and make it zeros.
 */
void derivation_free(struct derivation * d);

#endif

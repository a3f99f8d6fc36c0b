#ifndef EVIDENCE_SEAL_H
#define EVIDENCE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/group.h"
#include "evidence/name.h"
#include "evidence/signer.h"

/*
 * seal/seal.json: what is sealed, and everything that must be there to prove
 * it.  The signatures are over its bytes as stored.
 */
#define SEAL_MAX ((size_t)256 << 10) /* Bytes. */
#define SEAL_MAX_TOKENS 32
#define SEAL_MAX_STAMPS 9                       /* Tokens over one signature. */
#define SEAL_MAX_CERTIFICATES ((size_t)8 << 20) /* Bytes of certs.pem. */
#define SEAL_COMMENT_SIZE 256
#define SEAL_COMMENT_CASE_MAX 120 /* Characters of the case in it. */
#define SEAL_CERTIFICATES "seal/certs.pem"
#define SEAL_STEM "seal/" /* Of the names of signature files. */
#define SEAL_FILE_SIZE (SIGNER_FILE_SIZE + 8) /* With ".N.tsr". */

struct seal_token {
	const char * authority;
	const char * over; /* The signature file it stamps. */
	const char * file;
};

struct seal_tagmanifest {
	const char * file;                 /* "tagmanifest-sha256.txt" */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of its bytes. */
	bool has_sha512;
	uint8_t sha512[DIGEST_MAX_LEN];
};

struct seal {
	const char * package;
	const char * case_number;
	const char * exhibit;
	int64_t sealed_at;
	bool has_skew;
	int64_t skew_lo_ms; /* Our clock minus the service's, last sample. */
	int64_t skew_hi_ms;
	int64_t objects; /* Payload members. */
	int64_t bytes;   /* Of all of them. */
	int64_t listed;  /* listed = taken + all gaps of what GAP_OBJECT */
	int64_t taken;   /* Objects that were listed. */
	int64_t gaps[GAP_REASON_COUNT]; /* Lines of gaps.jsonl by reason. */
	int64_t stream_bytes; /* Of the file before the seal's frame. */
	uint8_t stream_sha256[DIGEST_SHA256_LEN];
	struct seal_tagmanifest tagmanifests[2];
	size_t n_tagmanifests; /* 1, or 2 with SHA-512 */
	uint8_t merkle_root[DIGEST_SHA256_LEN];
	struct signer signers[SIGNER_MAX];
	size_t n_signers;
	struct seal_token tokens[SEAL_MAX_TOKENS];
	size_t n_tokens;
	bool has_certificates; /* seal/certs.pem is there. */
	uint8_t certificates_sha256[DIGEST_SHA256_LEN];
	const char * tool;     /* Program and version. */
	const char * previous; /* Package that is continued, or NULL. */
	uint8_t previous_seal[DIGEST_SHA256_LEN]; /* If there is one. */
	bool has_group; /* It is one of several packages of a collection. */
	struct group group;

	struct document doc; /* Owned by a parsed one. */
};

/**
 * seal_format(seal, out, e):
 * Append the document of ${seal} to ${out}.  Return 0, or -1 with ${e} set.
 */
int seal_format(const struct seal * seal, struct buf * out, struct err * e);

/**
 * seal_parse(bytes, len, seal, e):
 * Parse the document into ${seal} and check what it alone can show: names,
 * roles and files are of the right form and unique, each signer's file is
 * SEAL_STEM, its role and its ending, each token stamps a declared file, the
 * counts are consistent, the group is one that ${seal} can be of, the tag
 * manifests are those of the format.  Return 0, and
 * seal_free releases it, or -1 with ${e} set and ${seal} empty.
 */
int seal_parse(
    const void * bytes, size_t len, struct seal * seal, struct err * e);

/**
 * seal_token_file(over, nth, file):
 * Write the name of token ${nth}, from 0, over the signature file ${over} to
 * ${file}.
 */
void seal_token_file(const char * over, size_t nth, char file[SEAL_FILE_SIZE]);

/**
 * seal_comment(package, role, case_number, comment):
 * Write the trusted comment of a seal's signature, "azcustody/seal/1 PACKAGE
 * ROLE case=CASE", to ${comment}: the case percent-encoded but for letters,
 * digits, and "-._~", and cut to SEAL_COMMENT_CASE_MAX characters.
 */
void seal_comment(const char * package, const char * role,
    const char * case_number, char comment[SEAL_COMMENT_SIZE]);

/**
 * seal_has_file(seal, file):
 * Return whether ${seal} declares ${file} ("seal/...") as a signature or token,
 * or it is "seal/seal.json".
 */
bool seal_has_file(const struct seal * seal, const char * file);

/**
 * seal_may_be_of(seal, started_at, at, accuracy):
 * Return whether a signature of ${seal} can have existed at ${at}, which may be
 * ${accuracy} off, if the collection began at ${started_at} by our clock: how
 * far that was off counts only as far as it was compared.
 */
bool seal_may_be_of(
    const struct seal * seal, int64_t started_at, int64_t at, int64_t accuracy);

/**
 * seal_free(seal):
 * Release what a parsed ${seal} owns and make it zeros.
 */
void seal_free(struct seal * seal);

#endif

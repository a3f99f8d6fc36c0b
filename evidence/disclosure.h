#ifndef EVIDENCE_DISCLOSURE_H
#define EVIDENCE_DISCLOSURE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/custody.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/merkle_path.h"
#include "evidence/signer.h"

/*
 * A disclosure: some objects of a package in a folder, which prove under the
 * package's own seal (FORMAT.md, "Disclosure").  disclosure.json says which
 * package, how much of it, and who discloses it; a line of meta/paths.jsonl is
 * the audit path of one catalogue line.
 */
#define DISCLOSURE_MAX ((size_t)64 << 10) /* Bytes of disclosure.json. */
#define DISCLOSURE_PATH_LINE_MAX ((size_t)8 << 10)
#define DISCLOSURE_COMMENT_SIZE 192
#define DISCLOSURE_STEM "disclosure."

struct disclosure {
	const char * package;
	uint8_t seal_sha256[DIGEST_SHA256_LEN]; /* Of original/seal.json. */
	int64_t objects;                        /* Disclosed. */
	int64_t bytes;
	int64_t withheld_objects;
	int64_t withheld_bytes;
	uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN];
	int64_t at;
	const char * clock;
	struct custody_person by;
	struct custody_person to; /* Name NULL: not said. */
	const char * purpose;
	const char * authority;
	const char * remarks;
	struct signer signers[SIGNER_MAX];
	size_t n_signers;
	const char * tool;

	struct document doc; /* Owned by a parsed one. */
};

/**
 * disclosure_format(d, out, e):
 * Append the document of ${d} to ${out}.  Return 0, or -1 with ${e} set.
 */
int disclosure_format(
    const struct disclosure * d, struct buf * out, struct err * e);

/**
 * disclosure_parse(bytes, len, d, e):
 * Parse the document into ${d}.  Return 0, and disclosure_free releases it, or
 * -1 with ${e} set and ${d} empty.
 */
int disclosure_parse(
    const void * bytes, size_t len, struct disclosure * d, struct err * e);

/**
 * disclosure_comment(package, role, comment):
 * Write the trusted comment of its signatures, "azcustody/disclosure/1 PACKAGE
 * ROLE", to ${comment}.
 */
void disclosure_comment(const char * package, const char * role,
    char comment[DISCLOSURE_COMMENT_SIZE]);

/**
 * disclosure_free(d):
 * Release what a parsed ${d} owns and make it zeros.
 */
void disclosure_free(struct disclosure * d);

/**
 * disclosure_put_path(seq, path, out, e):
 * Append the line, with its LF, that holds the audit ${path} of object ${seq}
 * to ${out}.  Return 0, or -1 with ${e} set.
 */
int disclosure_put_path(int64_t seq, const struct merkle_path * path,
    struct buf * out, struct err * e);

/**
 * disclosure_parse_path(bytes, len, seq, path, unknown, e):
 * Read such a line, without its LF, into ${seq} and ${path}; the names of
 * members that are not known are appended to ${unknown}, unless it is NULL.
 * Return 0, or -1 with ${e} set.
 */
int disclosure_parse_path(const void * bytes, size_t len, int64_t * seq,
    struct merkle_path * path, struct buf * unknown, struct err * e);

#endif

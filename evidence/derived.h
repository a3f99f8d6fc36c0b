#ifndef EVIDENCE_DERIVED_H
#define EVIDENCE_DERIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * derived.json: what a bag of derived evidence was made from and how: the seals
 * of the packages and what they were judged to be, the program, its rules, and
 * its options.  Nothing in it depends on when or where it was made.
 */
#define DERIVED_NAME "derived.json"
#define DERIVED_MAX ((size_t)1 << 20) /* Bytes. */
#define DERIVED_LIST_MAX 512          /* Of packages, rules, or options. */

struct derived_package {
	const char * package;
	bool is_sealed;
	uint8_t seal_sha256[DIGEST_SHA256_LEN]; /* Of seal/seal.json. */
	const char * verdict; /* "intact", "undecided", "altered". */
};

struct derived_rule {
	const char * id;
	const char * file;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

struct derived_option {
	const char * name;
	const char * value; /* NULL: it has none. */
};

struct derived {
	const char * program;
	const char * version;
	const char * commit; /* Of the source, or "unknown". */
	struct derived_package * packages;
	size_t n_packages;
	struct derived_rule * rules;
	size_t n_rules;
	struct derived_option * options; /* Those that bear on the result. */
	size_t n_options;

	struct document doc; /* Owned by a parsed one, with the lists. */
};

/**
 * derived_format(derived, out, e):
 * Append the document of ${derived} to ${out}.  Return 0, or -1 with ${e} set.
 */
int derived_format(
    const struct derived * derived, struct buf * out, struct err * e);

/**
 * derived_parse(bytes, len, derived, e):
 * Parse the document into ${derived}.  Return 0, and derived_free releases it,
 * or -1 with ${e} set and ${derived} empty.
 */
int derived_parse(
    const void * bytes, size_t len, struct derived * derived, struct err * e);

/**
 * derived_free(derived):
 * Release what a parsed ${derived} owns and make it zeros.
 */
void derived_free(struct derived * derived);

#endif

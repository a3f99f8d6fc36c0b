#ifndef EVIDENCE_REVISIT_TABLE_H
#define EVIDENCE_REVISIT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/object.h"
#include "evidence/source.h"

/*
 * The blobs of an earlier package that are looked for in a later one, and where
 * each was found.  First all are added, in the order of their catalogue; then
 * the lines of the later package are offered; then it is asked, in the order of
 * before.  A table of zeros is empty.
 */
#define REVISIT_TABLE_MAX ((size_t)1 << 18) /* Blobs. */
#define REVISIT_TABLE_VERSION 64 /* With the NUL; what is longer is cut. */

struct revisit_entry {
	uint8_t key[DIGEST_SHA256_LEN]; /* By which a blob is known again. */
	int64_t order;                  /* When it was added, from 0. */
	char version[REVISIT_TABLE_VERSION];
	bool is_found;
	bool is_exact; /* In this very version. */
	char later_version[REVISIT_TABLE_VERSION];
	int64_t later_seq;
	int64_t later_offset;
	int64_t later_size;
	uint8_t later_sha256[DIGEST_SHA256_LEN];
	bool has_gap; /* It was listed and not taken, for this */
	enum gap_reason reason;
};

struct revisit_table {
	struct revisit_entry * list;
	size_t n, room;
};

/**
 * revisit_table_add(t, object, source, e):
 * Add the blob of the earlier line ${object} from ${source}.  Return 0, or -1
 * with ${e} set (ERR_LIMIT: there are too many).
 */
int revisit_table_add(struct revisit_table * t, const struct object * object,
    const struct source * source, struct err * e);

/**
 * revisit_table_ready(t):
 * Say that all have been added: lines may be offered.
 */
void revisit_table_ready(struct revisit_table * t);

/**
 * revisit_table_offer(t, object, source):
 * Note the later line ${object} from ${source} wherever ${t} looks for it.
 */
void revisit_table_offer(struct revisit_table * t, const struct object * object,
    const struct source * source);

/**
 * revisit_table_offer_gap(t, gap, source):
 * As revisit_table_offer, for the line ${gap} about a blob.
 */
void revisit_table_offer_gap(struct revisit_table * t, const struct gap * gap,
    const struct source * source);

/**
 * revisit_table_done(t):
 * Say that all have been offered: the list is in the order of before again.
 */
void revisit_table_done(struct revisit_table * t);

/**
 * revisit_table_free(t):
 * Release what ${t} owns.
 */
void revisit_table_free(struct revisit_table * t);

#endif

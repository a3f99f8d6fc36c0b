#ifndef EVIDENCE_REVISIT_H
#define EVIDENCE_REVISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/object.h"
#include "evidence/package_read.h"
#include "evidence/source.h"

/*
 * Two packages of one source: the blobs that the earlier one took while their
 * hour was open, and what became of each in the later one.  Everything is
 * recomputed from the bytes that were sealed; nobody's word is taken for it.
 *
 * A blob is known again by account, container, name and snapshot; of several
 * versions of it the same one counts, else the latest.
 */

enum revisit_state {
	REVISIT_SAME,      /* Nothing came, nothing changed. */
	REVISIT_PREFIX,    /* More came; all that was taken still stands. */
	REVISIT_REWRITTEN, /* What was taken does not stand any more. */
	REVISIT_SHORTER,   /* As REWRITTEN, and there is less of it. */
	REVISIT_VANISHED,  /* Looked for, and not there any more. */
	REVISIT_UNREAD     /* Not taken again: nothing is proved. */
};
#define REVISIT_STATES 6

/* A package that package_check found intact; all borrowed. */
struct revisit_package {
	int fd;
	const struct package_index * index;
};

/* What became of one blob; borrowed for the call. */
struct revisit_line {
	const struct object * earlier; /* Its catalogue line. */
	const struct source * source;
	enum revisit_state state;
	const char * why; /* VANISHED, UNREAD: a word; else NULL. */
	/* Unless VANISHED or UNREAD: */
	int64_t later_seq; /* Its number in the later package. */
	int64_t later_size;
	uint8_t later_sha256[DIGEST_SHA256_LEN];
	int64_t needed;   /* Bytes of the earlier state that must stay, */
	int64_t compared; /* bytes at the front that are the same, */
	uint8_t front_sha256[DIGEST_SHA256_LEN]; /* and their digest. */
};

/**
 * revisit_take(context, line, e):
 * Take what became of one blob.  Return 0, or -1 with ${e} set.
 */
typedef int revisit_take(
    void * context, const struct revisit_line * line, struct err * e);

/**
 * revisit_compare(earlier, later, take, context, counts, e):
 * Hand what became of each blob of ${earlier} whose hour was open to ${take}, in
 * the order of its catalogue, and count them by state in ${counts}.  Return 0,
 * or -1 with ${e} set (ERR_FORGED: a package is not what was proved).
 */
int revisit_compare(const struct revisit_package * earlier,
    const struct revisit_package * later, revisit_take * take, void * context,
    int64_t counts[REVISIT_STATES], struct err * e);

/**
 * revisit_state_text(state):
 * Return the word for ${state} ("rewritten").
 */
const char * revisit_state_text(enum revisit_state state);

#endif

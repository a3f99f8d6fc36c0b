#ifndef COLLECT_SEEN_H
#define COLLECT_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * A set of texts that only grows, kept as 8 bytes of SHA-256 each: what was
 * asked for in one listing, so that it cannot go round.
 */
#define SEEN_MAX ((size_t)1 << 20) /* Texts. */

/* All zeros is the empty set. */
struct seen {
	uint64_t * slots; /* 0: free. */
	size_t room;      /* A power of two. */
	size_t count;
};

/**
 * seen_add(s, bytes, len, e):
 * Add the text ${bytes} of ${len} bytes to ${s}.  Return 1 if it is new, 0 if it
 * was there, or -1 with ${e} set (ERR_LIMIT over SEEN_MAX texts).
 */
int seen_add(struct seen * s, const void * bytes, size_t len, struct err * e);

/**
 * seen_free(s):
 * Release what ${s} owns and make it empty.
 */
void seen_free(struct seen * s);

#endif

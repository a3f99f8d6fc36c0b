#ifndef COLLECT_PARTS_H
#define COLLECT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Which package of a group each entry of the plan goes into: the plan in its
 * order, cut before each entry that the package at hand has no room for.  It
 * follows from the plan alone, so that it is known before the first blob is
 * read, and the same in every run.
 *
 * Room is counted uncompressed, header and padding and lines about it included,
 * so that the file is never larger, however badly it compresses.  An entry that
 * is larger than a package has one of its own.
 */
#define PARTS_BASE (INT64_C(1) << 20) /* Documents that each package has. */
#define PARTS_LISTED 1536 /* A blob's place in both listings, and its gap. */
#define PARTS_TAKEN 4096  /* Lines about a blob that is taken. */
#define PARTS_SIZE_MIN (INT64_C(4) << 20) /* Of --max-package-size. */

struct parts {
	int64_t room; /* For payload, in each. */
	int64_t used; /* Of the package at hand. */
	int64_t part; /* Its number, from 1. */
};

/**
 * parts_start(s, max, entries, e):
 * Begin to cut a plan of ${entries} into packages of ${max} bytes (0: one
 * package, of any size).  Return 0, or -1 with ${e} set if more than half of
 * each would be lines about what is in the others.
 */
int parts_start(struct parts * s, int64_t max, int64_t entries, struct err * e);

/**
 * parts_is_alone(s, size):
 * Return whether an entry of ${size} bytes is larger than a package, so that it
 * has one of its own.
 */
bool parts_is_alone(const struct parts * s, int64_t size);

/**
 * parts_next(s, size):
 * Return the number of the package for the next entry of the plan, which has
 * ${size} bytes (-1: unknown).
 */
int64_t parts_next(struct parts * s, int64_t size);

#endif

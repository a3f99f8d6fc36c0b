#ifndef TIMELINE_MEMBERS_H
#define TIMELINE_MEMBERS_H

#include <stdint.h>

#include "evidence/err.h"
#include "timeline/feed.h"
#include "timeline/load.h"
#include "timeline/reader.h"

/*
 * The members of packages on their way into the store: small ones are read side
 * by side, as crew.h has it, and loaded in the order of the archive; a larger
 * one, and all of a package that is not proved, pass alone and are never whole
 * in memory.
 */
#define MEMBERS_SMALL ((int64_t)512 << 10) /* Bytes of a small member. */

struct members;

/**
 * members_new(l, workers, e):
 * Return what reads members into ${l}, which is borrowed, with ${workers}; the
 * caller frees it with members_free.  Return NULL with ${e} set on failure.
 */
struct members * members_new(struct load * l, int workers, struct err * e);

/**
 * members_read(m, f, member, e):
 * Read ${member}, which feed_next of ${f} gave, whose head stays until
 * members_drain.  Return 0, or -1 with ${e} set; what went before it is then
 * loaded.
 */
int members_read(struct members * m, struct feed * f,
    const struct feed_member * member, struct err * e);

/**
 * members_drain(m, e):
 * Wait until all that was read is loaded; until then nothing else may use the
 * store.  Return 0, or -1 with ${e} set.
 */
int members_drain(struct members * m, struct err * e);

/**
 * members_counts(m, counts):
 * Put into ${counts} what was read, once it is loaded.
 */
void members_counts(const struct members * m, struct reader_counts * counts);

/**
 * members_free(m):
 * Release ${m}; NULL is fine.
 */
void members_free(struct members * m);

#endif

#ifndef EVIDENCE_PACKAGE_WALK_H
#define EVIDENCE_PACKAGE_WALK_H

#include <stdint.h>

#include "evidence/err.h"
#include "evidence/object.h"
#include "evidence/package_read.h"

/*
 * Payload member by member as manifest and catalogue name them, wherever the
 * damage is: each is read where the catalogue says it stands, found by the seek
 * table, and compared with both lists.  What is between them is never looked
 * at.
 */
struct package_walk;

/**
 * package_walk_open(fd, index, e):
 * Start walking the package in ${fd} (borrowed) by the manifest and catalogue
 * whose places ${index} knows; its other places are not used.  Return the walk,
 * which the caller closes with package_walk_close, or NULL with ${e} set.
 */
struct package_walk * package_walk_open(
    int fd, const struct package_index * index, struct err * e);

/**
 * package_walk_next(w, object, why, e):
 * Read the next member that the lists name and put its catalogue line,
 * borrowed until the next call, into ${object}.  ${why} is empty afterwards if
 * the member is intact, else it says what is wrong with it.  Return 1; 0 at the
 * end of the lists; or -1 with ${e} set if they cannot be read further.
 */
int package_walk_next(struct package_walk * w, const struct object ** object,
    struct err * why, struct err * e);

/**
 * package_walk_open_member(w, object, e):
 * Return a reader whose first member is that of ${object}, which the caller
 * closes, or NULL with ${e} set.
 */
struct package_read * package_walk_open_member(
    struct package_walk * w, const struct object * object, struct err * e);

/**
 * package_walk_close(w):
 * Release ${w}; NULL is fine.
 */
void package_walk_close(struct package_walk * w);

#endif

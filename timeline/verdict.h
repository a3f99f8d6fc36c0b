#ifndef TIMELINE_VERDICT_H
#define TIMELINE_VERDICT_H

#include "evidence/buf.h"
#include "evidence/err.h"
#include "timeline/feed.h"

/*
 * What was found about a package, in the words that every output says: whether
 * it is intact, and whether its files were acquired or only received.
 *
 *	verdict = ("intact" / "undecided" / "altered or damaged")
 *	          [ "; received, not acquired" ]
 */

/**
 * verdict_word(head):
 * Return the verdict on the package of ${head}, as above.
 */
const char * verdict_word(const struct feed_head * head);

/**
 * verdict_warn(head, out, e):
 * Append to ${out}, after a space if it holds something, what must be said about
 * the package of ${head} to who reads one output alone; nothing if it was
 * acquired and is intact.  Return 0, or -1 with ${e} set.
 */
int verdict_warn(
    const struct feed_head * head, struct buf * out, struct err * e);

#endif
